"""The codes of handovers (HAND-1 … HAND-3)."""

from __future__ import annotations

from flask_babel import lazy_gettext as _

from app.kernel.settings.dictionaries import Dictionary

PREPARATION, REVIEW, CONFIRMATION = "preparation", "review", "confirmation"
COMPLETED, CANCELLED = "completed", "cancelled"
OPEN_STAGES = (PREPARATION, REVIEW, CONFIRMATION)

STAGE = Dictionary(
    "handover_stages",
    {
        PREPARATION: _("Being prepared"),
        REVIEW: _("In review"),
        CONFIRMATION: _("To be confirmed"),
        COMPLETED: _("Handed over"),
        CANCELLED: _("Handover cancelled"),
    },
    {PREPARATION: "blue", REVIEW: "gold", CONFIRMATION: "orange", COMPLETED: "green", CANCELLED: "gray"},
    title=_("Stages of handovers"),
)
REASON = Dictionary(
    "handover_reasons",
    {"resignation": _("Resignation"), "position_change": _("Change of position")},
    title=_("Reasons of handovers"),
)
ITEM_KIND = Dictionary(
    "handover_item_kinds",
    {
        "basic_info": _("Basic information"),
        "opportunities": _("Opportunities"),
        "contracts": _("Contracts"),
        "service_tickets": _("Service tickets"),
        "payment_issues": _("Open payments"),
    },
    title=_("Kinds of checklist items"),
)
