"""Filters and sort orders of the list of probable duplicates (CUST-9)."""

from __future__ import annotations

from flask_babel import lazy_gettext as _

from app.customers.merging.choices import PAIR_REASON, PAIR_STATE
from app.customers.merging.models import DuplicatePair
from app.kernel.lists.filters import ChoiceFilter
from app.kernel.lists.requests import ListSpec

_P = DuplicatePair.__table__.c

PAIRS = ListSpec(
    filters=(
        ChoiceFilter("reason", _("Found by"), _P.reason, PAIR_REASON),
        ChoiceFilter("state", _("State"), _P.state, PAIR_STATE),
    ),
    orders={"found_at": _P.found_at, "score": _P.score},
    default_order="-found_at",
)
