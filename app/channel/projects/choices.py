"""The codes of projects and plots, with their labels and tones (CH-1)."""

from __future__ import annotations

from flask_babel import lazy_gettext as _

from app.kernel.settings.dictionaries import Dictionary

DUTY = Dictionary(
    "project_duties",
    {"onsite": _("On-site staff"), "consultant": _("Property consultant")},
)
