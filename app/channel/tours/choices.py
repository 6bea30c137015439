"""The codes of tours, with their labels and tones (CH-21)."""

from __future__ import annotations

from flask_babel import lazy_gettext as _

from app.kernel.settings.dictionaries import Dictionary

INTENTION = Dictionary(
    "intentions",
    {grade: grade for grade in "ABCD"},
    {"A": "red", "B": "gold", "C": "blue", "D": "gray"},
    title=_("Intention levels"),
)
