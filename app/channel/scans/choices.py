"""The codes of on-site scans, with their labels and tones (CH-13 … CH-16)."""

from __future__ import annotations

from flask_babel import lazy_gettext as _

from app.kernel.settings.dictionaries import Dictionary

SCAN_RESULT = Dictionary(
    "scan_results",
    {
        "bound": _("Bound"),
        "revisit": _("Revisit"),
        "collision": _("Collision"),
        "walk_in": _("Walk-in"),
    },
    {"bound": "green", "revisit": "blue", "collision": "red", "walk_in": "cyan"},
    title=_("Results of scans"),
)
