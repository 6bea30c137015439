"""Opportunities in the global search (PLAT-17)."""

from __future__ import annotations

from flask_babel import lazy_gettext as _

from app.deals.opportunities.choices import STATUS
from app.deals.opportunities.models import Opportunity
from app.deals.opportunities.queries import visible_opportunities
from app.deals.shared.finding import kind_of
from app.deals.shared.permissions import OpportunityPermission
from app.kernel.lists.words import WordIndex, keep_words, word_table

OPPORTUNITY_WORDS = keep_words(WordIndex(Opportunity, word_table("opportunity"), ("title",)))
OPPORTUNITIES = kind_of(
    OPPORTUNITY_WORDS,
    _("Opportunities"),
    "fa-bullseye",
    "OpportunityView.show",
    OpportunityPermission.READ,
    visible_opportunities,
    STATUS,
)
