"""The probability of each stage of an opportunity, in per cent (CUST-16)."""

from __future__ import annotations

from flask_babel import lazy_gettext as _

from app.deals.opportunities.choices import STAGE
from app.kernel.settings.declarations import Setting, SettingGroup

OPPORTUNITIES = SettingGroup("opportunities", _("Opportunities"), 250)


def _probability(stage: str, default: int) -> Setting[int]:
    return Setting(
        f"opportunity_probability_{stage}",
        default,
        _("Probability at the stage “%(stage)s”", stage=STAGE.labels[stage]),
        _("Weights the amount of open opportunities on the board and in the list"),
        minimum=0,
        maximum=100,
        group=OPPORTUNITIES,
        unit="%",
    )


CONTACT = _probability("contact", 10)
NEEDS = _probability("needs", 30)
PROPOSAL = _probability("proposal", 50)
NEGOTIATION = _probability("negotiation", 75)
PROMISED = _probability("promised", 90)

PROBABILITIES = {
    "contact": CONTACT,
    "needs": NEEDS,
    "proposal": PROPOSAL,
    "negotiation": NEGOTIATION,
    "promised": PROMISED,
}


def probability_of(stage: str) -> int:
    """Return the probability of a stage, in per cent."""
    return PROBABILITIES[stage].get()
