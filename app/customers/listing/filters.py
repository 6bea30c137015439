"""Filters and sort orders of the list of customers, on pages and in the API (CUST-13, POOL-3)."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from flask import url_for
from flask_babel import lazy_gettext as _
from sqlalchemy import and_, or_, select, union_all

from app.customers.contacts.queries import customers_of, with_last4, with_number
from app.customers.listing.models import CustomerGram
from app.customers.listing.name_search import name_contains
from app.customers.numbers.filters import NumberFilter
from app.customers.shared.fields import FIELDS, LABELS
from app.customers.shared.models import Customer, CustomerDistrict, Push
from app.customers.shared.overdue import is_pending_overdue
from app.customers.shared.queries import (
    customers_in_scope,
    known_by_push_only,
    off_shelf_customers,
    offered_customers,
    pending_customers,
    personal_customers,
    platform_customers,
    private_customers,
    visible_customers,
)
from app.kernel import clock
from app.kernel.database.session import db
from app.kernel.lists.filters import (
    AmountRangeFilter,
    ChoiceFilter,
    DateRangeFilter,
    Filter,
    FlagFilter,
    ReferenceFilter,
    TextFilter,
)
from app.kernel.lists.paging import ordered_by_joined_table
from app.kernel.lists.requests import ListSpec
from app.kernel.pages.tabs import ListTab
from app.kernel.text import read_code
from app.org.shared.fields import department_name, district_name, staff_name

if TYPE_CHECKING:
    from sqlalchemy import Select
    from werkzeug.datastructures import MultiDict

    from app.kernel.access.actor import Actor
    from app.kernel.errors import Sentence
    from app.kernel.lists.filters import FilterField

_D = CustomerDistrict.__table__.c
_C, _G = Customer.__table__.c, CustomerGram.__table__.c  # plain columns, as in queries.py
_O, _P = Customer.__table__.alias("holder").c, Push.__table__.c


def _by_code(text: str, _actor: Actor) -> Any:
    return _C.code.startswith(read_code(text), autoescape=True)


def _is_overdue() -> Any:
    return and_(_C.next_contact_at.is_not(None), _C.next_contact_at < clock.now())


class NameFilter(Filter):
    """Filters by a part of the name or short name; a single character finds names that begin with it."""

    def apply(self, statement: Select[Any], value: Any, _actor: Actor) -> Select[Any]:
        found = statement.where(*name_contains(value))
        return ordered_by_joined_table(found, _C.created_at, _G.created_at, _G.customer_id)


class ResponsibleFilter(ReferenceFilter):
    """Filters by the person responsible now: the owner, the private holder or the handler."""

    def apply(self, statement: Select[Any], value: int, _actor: Actor) -> Select[Any]:
        people = (_C.owner_id, _C.private_holder_id, _C.handler_id)
        return statement.where(or_(*(column == value for column in people)))


class PhoneFilter(NumberFilter):
    """Filters by a number of the customer or of one of its contacts: the whole one, counted (ACC-17), or the
    last four digits (CUST-13).
    """

    key = _C.id

    def with_last4(self, statement: Select[Any], last4: str, actor: Actor) -> Select[Any]:
        own, of_contacts = select(_O.id).where(_O.phone_last4 == last4), customers_of(with_last4(last4))
        offered = statement.where(_C.id.in_(of_contacts), _C.id.in_(_offered_to(actor)))
        hidden = known_by_push_only(db.session.scalars(offered), actor)
        found = statement.where(_C.id.in_(union_all(own, of_contacts)))
        return found.where(or_(_C.id.not_in(hidden), _C.phone_last4 == last4)) if hidden else found

    def with_index(self, statement: Select[Any], index: str, actor: Actor) -> Select[Any]:
        own, of_contacts = select(_O.id).where(_O.phone_index == index), customers_of(with_number(index))
        narrowed = statement.where(_C.id.in_(union_all(own, of_contacts)))
        hidden = known_by_push_only(db.session.scalars(narrowed), actor)
        return narrowed.where(_C.id.not_in(hidden)) if hidden else narrowed


def _offered_to(actor: Actor) -> Select[Any]:
    return select(_P.customer_id).where(_P.receiver_id == actor.id, _P.state == "pending")


class DemandDistrictFilter(ReferenceFilter):
    """Filters by a district of the demand (POOL-25)."""

    def apply(self, statement: Select[Any], value: int, _actor: Actor) -> Select[Any]:
        looking = select(_D.customer_id).where(_D.district_id == value)
        return statement.where(_C.id.in_(looking))


class PriceFilter(AmountRangeFilter):
    """Filters customers whose price range meets ``price_min``, ``price_max`` (POOL-25)."""

    @property
    def names(self) -> tuple[str, ...]:
        return "price_min", "price_max"

    def apply(self, statement: Select[Any], value: Any, _actor: Actor) -> Select[Any]:
        low, high = value
        statement = statement.where(or_(_C.price_min.is_not(None), _C.price_max.is_not(None)))
        if low is not None:
            statement = statement.where(or_(_C.price_max.is_(None), _C.price_max >= low))
        if high is not None:
            statement = statement.where(or_(_C.price_min.is_(None), _C.price_min <= high))
        return statement

    def field(self, args: MultiDict[str, str], error: Sentence) -> FilterField:
        low, high = self.names
        return replace(super().field(args, error), name=low, name_to=high)


class RoomsFilter(Filter):
    """Filters customers whose range of rooms includes a number (POOL-25)."""

    wrong = _("A whole number from 0")

    def parse(self, raw: str) -> int:
        if not (raw.isascii() and raw.isdigit() and len(raw) <= 2):  # noqa: PLR2004 - as the form takes them
            raise ValueError(raw)
        return int(raw)

    def arguments(self) -> dict[str, dict[str, Any]]:
        return {self.name: {"type": "integer", "minimum": 0, "maximum": 99}}

    def apply(self, statement: Select[Any], value: int, _actor: Actor) -> Select[Any]:
        return statement.where(
            or_(_C.rooms_min.is_not(None), _C.rooms_max.is_not(None)),
            or_(_C.rooms_min.is_(None), _C.rooms_min <= value),
            or_(_C.rooms_max.is_(None), _C.rooms_max >= value),
        )


TABS = (
    ListTab("all", _("All"), visible_customers),
    ListTab("personal", _("Personal"), personal_customers),
    ListTab("platform", _("Platform"), platform_customers),
    ListTab("private", _("Private"), private_customers),
    ListTab("pending", _("Pending"), pending_customers),
    ListTab("off_shelf", _("Off shelf"), off_shelf_customers),
    ListTab("offered", _("Offered to me"), offered_customers),
    ListTab("scope", _("In my scope"), customers_in_scope, is_offered=False),
)

# The positions of filters by code are those of the fields (``FIELDS``).
_BY_CODE = [
    (one.filter_at, ChoiceFilter(one.name, one.label, _C[one.name], one.codes))
    for one in FIELDS
    if one.filter_at and one.codes is not None
]
_OTHERS: list[tuple[int, Filter]] = [
    (10, NameFilter("name", LABELS["name"], placeholder=_("Name or short name"))),
    (20, PhoneFilter("phone", LABELS["phone"], placeholder=_("Whole number or last four"))),
    (40, TextFilter("code", LABELS["code"], _by_code)),
    (
        50,
        ReferenceFilter(
            "owner_id", LABELS["owner"], _C.owner_id, lambda: url_for("OptionsView.staff"), staff_name
        ),
    ),
    (
        60,
        ResponsibleFilter(
            "responsible_id",
            LABELS["responsible"],
            _C.owner_id,
            lambda: url_for("OptionsView.staff"),
            staff_name,
        ),
    ),
    (
        70,
        ReferenceFilter(
            "department_id",
            LABELS["department"],
            _C.department_id,
            lambda: url_for("OptionsView.departments"),
            department_name,
        ),
    ),
    (140, DateRangeFilter("created", LABELS["created_at"], _C.created_at)),
    (150, DateRangeFilter("last_follow_up", LABELS["last_follow_up_at"], _C.last_follow_up_at)),
    (160, DateRangeFilter("next_contact", LABELS["next_contact_at"], _C.next_contact_at)),
    (170, FlagFilter("overdue", _("Contact overdue"), _is_overdue)),
    (180, FlagFilter("private", _("Held privately"), lambda: _C.private_holder_id.is_not(None))),
    (190, FlagFilter("pending_overdue", _("First follow-up overdue"), is_pending_overdue)),
    (
        220,
        DemandDistrictFilter(
            "district_id",
            _("Demand district"),
            _D.district_id,
            lambda: url_for("OptionsView.districts"),
            district_name,
        ),
    ),
    (230, PriceFilter("price", LABELS["price"], _C.price_min)),
    (240, RoomsFilter("rooms", LABELS["rooms"])),
]

SPEC = ListSpec(
    filters=tuple(one for _at, one in sorted([*_BY_CODE, *_OTHERS], key=lambda placed: placed[0])),
    orders={
        "created_at": _C.created_at,
        "last_follow_up_at": _C.last_follow_up_at,
        "next_contact_at": _C.next_contact_at,
    },
    default_order="-created_at",
)
