"""Filters and sort orders of the list of collisions (CH-18, CH-19, CH-23)."""

from __future__ import annotations

from typing import Any

from flask_babel import lazy_gettext as _
from sqlalchemy import or_, select

from app.channel.brokers.filters import has_phone, is_broker
from app.channel.brokers.models import Broker
from app.channel.collisions import choices
from app.channel.collisions.models import Collision
from app.channel.referrals.models import Referral
from app.channel.shared.identity import name_key
from app.kernel.access.guard import scoped
from app.kernel.lists.filters import ChoiceFilter, FlagFilter, TextFilter
from app.kernel.lists.requests import ListSpec
from app.kernel.lists.search import starting
from app.kernel.text import read_code

_R = Referral.__table__.c
_C = Collision.__table__.c
_B = Broker.__table__.c


def _of_side(condition: Any) -> Any:
    """Filter collisions by a condition on the referral of either side."""
    found = scoped(select(_R.id).where(condition))
    return or_(_C.bound_referral_id.in_(found), _C.referral_id.in_(found))


def _by_broker(condition: Any) -> Any:
    return _of_side(_R.broker_id.in_(select(_B.id).where(condition)))


COLLISIONS = ListSpec(
    filters=(
        TextFilter("code", _("Customer code"), lambda text, _actor: _of_side(_R.code == read_code(text))),
        TextFilter(
            "name",
            _("Full name"),
            lambda text, _actor: _of_side(starting(_R.name_key, name_key(text))),
        ),
        TextFilter(
            "broker",
            _("Broker"),
            lambda text, _actor: _by_broker(is_broker(text)),
        ),
        TextFilter(
            "broker_phone",
            _("Broker's phone"),
            lambda text, _actor: _by_broker(has_phone(text)),
        ),
        ChoiceFilter("kind", _("Type"), _C.kind, choices.COLLISION_KIND),
        ChoiceFilter("outcome", _("Outcome"), _C.outcome, choices.COLLISION_OUTCOME),
        FlagFilter("open", _("Open"), lambda: _C.handled_at.is_(None), shown=False),
    ),
    orders={"place": _C.place},
    default_order="-place",
)
