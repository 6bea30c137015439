"""Codes of pairs of customers that are probably one (CUST-9)."""

from __future__ import annotations

from flask_babel import lazy_gettext as _

from app.kernel.settings.dictionaries import Dictionary

PAIR_STATE = Dictionary(
    "duplicate_state",
    {"open": _("To be decided"), "dismissed": _("Not duplicates"), "merged": _("Merged")},
    {"open": "orange", "dismissed": "gray", "merged": "green"},
)
PAIR_REASON = Dictionary(
    "duplicate_reason",
    {
        "same_tax_id": _("Same tax id, written differently"),
        "same_phone": _("Same number"),
        "same_contact": _("Same number among the contacts"),
        "same_name": _("Same name, same district"),
        "similar_name": _("Nearly the same name, same district"),
    },
    {
        "same_tax_id": "red",
        "same_phone": "red",
        "same_contact": "orange",
        "same_name": "orange",
        "similar_name": "blue",
    },
)
