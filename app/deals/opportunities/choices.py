"""The codes of opportunities; each stage has a probability, which an administrator sets (CUST-16)."""

from __future__ import annotations

from flask_babel import lazy_gettext as _

from app.kernel.settings.dictionaries import Dictionary

OPEN, WON, LOST = "open", "won", "lost"

STATUS = Dictionary(
    "opportunity_statuses",
    {OPEN: _("Opportunity open"), WON: _("Opportunity won"), LOST: _("Opportunity lost")},
    {OPEN: "blue", WON: "green", LOST: "gray"},
    title=_("States of opportunities"),
)
STAGE = Dictionary(
    "opportunity_stages",
    {
        "contact": _("First contact"),
        "needs": _("Needs known"),
        "proposal": _("Proposal"),
        "negotiation": _("Negotiation"),
        "promised": _("Promised"),
    },
    {"contact": "gray", "needs": "cyan", "proposal": "blue", "negotiation": "gold", "promised": "orange"},
    title=_("Stages of opportunities"),
)
LOST_REASON = Dictionary(
    "lost_reasons",
    {
        "price": _("Price"),
        "competitor": _("Bought from a competitor"),
        "no_budget": _("No budget"),
        "no_need": _("No need any more"),
        "no_answer": _("No answer any more"),
        "other": _("Other"),
    },
    title=_("Reasons of lost opportunities"),
    editable=True,
)
