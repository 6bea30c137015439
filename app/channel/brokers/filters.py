"""Filters and sort orders of the list of brokers (CH-2 … CH-6)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask_babel import lazy_gettext as _
from sqlalchemy import or_, select

from app.channel.brokers import choices
from app.channel.brokers.models import Broker
from app.channel.companies.fields import company_name
from app.channel.companies.filters import broker_company_filter
from app.channel.shared.filters import reference_filter
from app.kernel.fields.phones import phone_part
from app.kernel.lists.filters import ChoiceFilter, ContainsFilter, TextFilter
from app.kernel.lists.requests import ListSpec
from app.kernel.lists.search import begins, starting
from app.kernel.text import read_code

if TYPE_CHECKING:
    from sqlalchemy import ColumnElement

    from app.kernel.access.actor import Actor

_B = Broker.__table__.c


def is_broker(text: str) -> ColumnElement[bool]:
    """Match brokers whose name begins with the text, or whose number it is."""
    return or_(begins(_B.name, text), _B.number == read_code(text))


def has_phone(text: str) -> ColumnElement[bool]:
    """Match brokers whose phone begins with the digits, however they are grouped."""
    return starting(_B.phone, phone_part(text))


def broker_filter(column: Any) -> TextFilter:
    """Filter by a broker's name, or its beginning."""

    def condition(text: str, _actor: Actor) -> ColumnElement[bool]:
        found: ColumnElement[bool] = column.in_(select(_B.id).where(is_broker(text)))
        return found

    return TextFilter("broker", _("Broker"), condition)


def broker_phone_filter(column: Any) -> TextFilter:
    """Filter by a broker's phone, or its beginning."""

    def condition(text: str, _actor: Actor) -> ColumnElement[bool]:
        found: ColumnElement[bool] = column.in_(select(_B.id).where(has_phone(text)))
        return found

    return TextFilter("broker_phone", _("Broker's phone"), condition)


BROKERS = ListSpec(
    filters=(
        ContainsFilter("name", _("Full name"), _B.name),
        TextFilter("phone", _("Phone"), lambda text, _actor: has_phone(text)),
        ChoiceFilter("kind", _("Type"), _B.kind, choices.BROKER_KIND),
        broker_company_filter(_B.broker_company_id),
        reference_filter(
            "company_id",
            _("This broker company"),
            _B.broker_company_id,
            "companies",
            company_name,
            linked=True,
        ),
        ChoiceFilter("review_state", _("Review"), _B.review_state, choices.REVIEW_STATE, shown=False),
    ),
    orders={"created_at": _B.created_at},
    default_order="-created_at",
)
