"""The codes that channel sales' columns hold, with their labels and tones (glossary.md, ui.md, CH-7)."""

from __future__ import annotations

from flask_babel import lazy_gettext as _

from app.kernel.settings.dictionaries import dictionary

DUTY = dictionary(
    "project_duties",
    {"onsite": _("On-site staff"), "consultant": _("Property consultant")},
)
