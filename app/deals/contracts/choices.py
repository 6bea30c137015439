"""The states of contracts (CUST-16)."""

from __future__ import annotations

from flask_babel import lazy_gettext as _

from app.kernel.settings.dictionaries import Dictionary

CONTRACT_STATE = Dictionary(
    "contract_states",
    {
        "draft": _("Contract draft"),
        "signed": _("Contract signed"),
        "ended": _("Contract ended"),
        "voided": _("Contract voided"),
    },
    {"draft": "gray", "signed": "green", "ended": "blue", "voided": "red"},
    title=_("States of contracts"),
)
