"""Filters and sort orders of the list of customers, on pages and in the API (CUST-13, POOL-3)."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, replace
from typing import TYPE_CHECKING, Any

from cryptography.fernet import InvalidToken
from flask import url_for
from flask_babel import lazy_gettext as _
from sqlalchemy import and_, false, or_, select

from app.customers.categories.queries import category_name
from app.customers.labels.models import CustomerCategory, CustomerTag
from app.customers.labels.queries import TAGS, below
from app.customers.listing.models import CustomerGram
from app.customers.listing.name_search import name_contains
from app.customers.numbers.lookups import spend_lookup
from app.customers.numbers.policies import can_search_by_number
from app.customers.shared.activity import has_activity
from app.customers.shared.choices import ACTIVITY
from app.customers.shared.fields import FIELDS, LABELS
from app.customers.shared.models import Customer, CustomerDistrict
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
from app.customers.tags.queries import tag_meant
from app.kernel import clock
from app.kernel.database.conditions import id_in
from app.kernel.database.session import db
from app.kernel.fields.phones import PhoneNumber, canonical_phone
from app.kernel.keys import keys
from app.kernel.lists.filters import (
    MAX_TEXT,
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
from app.kernel.text import fold, read_code
from app.org.shared.fields import department_name, district_name, staff_name

if TYPE_CHECKING:
    from sqlalchemy import Select
    from werkzeug.datastructures import MultiDict

    from app.kernel.access.actor import Actor
    from app.kernel.errors import Sentence
    from app.kernel.lists.filters import FilterField

_D = CustomerDistrict.__table__.c
_T, _K = CustomerTag.__table__.c, CustomerCategory.__table__.c
_C, _G = Customer.__table__.c, CustomerGram.__table__.c  # plain columns, as in queries.py
_TAIL = 4
_WORD, _PURPOSE, _WORD_SECONDS = "~", "number-search", 30 * 60


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


@dataclass(frozen=True)
class TypedNumber:
    """A typed whole number, which must be counted before it is searched."""

    text: str
    number: PhoneNumber


@dataclass(frozen=True)
class CountedNumber:
    """A whole number whose search was counted; only ``account_id`` may search by it."""

    index: str
    masked: str
    account_id: int


class PhoneFilter(Filter):
    """Filters by a whole number through its blind index, counted (ACC-17), or by its last four digits
    (CUST-13).

    In a page's address a sealed word replaces a whole number, for half an hour and for the person who typed
    it.
    """

    is_kept = False
    is_posted = True
    wrong = _("The whole number or its last four digits")

    def parse(self, raw: str) -> Any:
        if len(raw) == _TAIL and raw.isascii() and raw.isdigit():
            return raw
        if raw.startswith(_WORD):
            content = _opened(raw)
            return CountedNumber(content["index"], content["masked"], content["account_id"])
        return TypedNumber(raw, PhoneNumber.seal(canonical_phone(raw)))

    def charge(self, statement: Select[Any], value: Any, actor: Actor) -> Any:
        if not isinstance(value, TypedNumber):
            return value
        can_search_by_number(actor).enforce()
        number = value.number
        found = CountedNumber(number.index or "", number.masked or "", actor.id)
        first = self.apply(statement, found, actor).with_only_columns(Customer.id).limit(1)
        spend_lookup(number, "search", actor, hit=db.session.scalar(first) is not None)
        return found

    def is_typed(self, value: Any) -> bool:
        return isinstance(value, TypedNumber)

    def sealed(self, raw: str, word: str, statement: Select[Any], actor: Actor) -> str:
        """Count a whole number and return its sealed word; other input is sealed with its error."""
        if word and raw == _shown(word):
            return word
        try:
            value = self.parse(fold(raw))
        except ValueError:
            return _word({"text": raw[:MAX_TEXT]}) if len(raw) > _TAIL else raw
        found = self.charge(statement, value, actor)
        return _word(asdict(found)) if isinstance(found, CountedNumber) else raw

    def apply(self, statement: Select[Any], value: Any, actor: Actor) -> Select[Any]:
        if isinstance(value, str):
            return statement.where(_C.phone_last4 == value)
        if not isinstance(value, CountedNumber):
            message = "a whole number is counted before it is searched (ACC-17)"
            raise TypeError(message)
        if value.account_id != actor.id:
            return statement.where(false())
        narrowed = statement.where(_C.phone_index == value.index)
        hidden = known_by_push_only(db.session.scalars(narrowed), actor)
        return narrowed.where(_C.id.not_in(hidden)) if hidden else narrowed

    def field(self, args: MultiDict[str, str], error: Sentence) -> FilterField:
        base = super().field(args, error)
        if not base.value.startswith(_WORD):
            return base
        return replace(base, value=_shown(base.value), word=base.value)


def _word(content: dict[str, Any]) -> str:
    return _WORD + keys().fernet.encrypt(json.dumps({"for": _PURPOSE, **content}).encode()).decode()


def _opened(word: str) -> dict[str, Any]:
    """Unseal a word.

    :raises ValueError: for a false or expired word, or one that seals an error.
    """
    try:
        raw = keys().fernet.decrypt(word.removeprefix(_WORD).encode(), ttl=_WORD_SECONDS)
    except InvalidToken as error:
        raise ValueError(word) from error
    content: dict[str, Any] = json.loads(raw)
    if content.get("for") != _PURPOSE or "index" not in content:
        raise ValueError(content.get("text", ""))
    return content


def _shown(word: str) -> str:
    """Return the text of the search field for a word: the masked number, or the wrong input as typed."""
    try:
        return str(_opened(word)["masked"])
    except ValueError as error:
        return "" if str(error).startswith(_WORD) else str(error)


class TagFilter(ReferenceFilter):
    """Filters by a tag, named by its id or its name (CUST-23); a word that is no tag finds nothing."""

    def parse(self, raw: str) -> int:
        if len(raw) > MAX_TEXT:
            raise ValueError(raw)
        return tag_meant(raw)

    def arguments(self) -> dict[str, dict[str, Any]]:
        return {self.name: {"type": "string", "maxLength": MAX_TEXT}}

    def apply(self, statement: Select[Any], value: int, _actor: Actor) -> Select[Any]:
        found = statement.where(_T.customer_id == _C.id, _T.tag_id == value)
        return ordered_by_joined_table(found, _C.created_at, _T.created_at, _T.customer_id)


class CategoryFilter(ReferenceFilter):
    """Filters by a category and all below it (CUST-24)."""

    def apply(self, statement: Select[Any], value: int, _actor: Actor) -> Select[Any]:
        inside = select(_K.customer_id).where(id_in(_K.category_id, below(value)))
        return statement.where(_C.id.in_(inside))


class ActivityFilter(ChoiceFilter):
    """Filters by the activity, which is derived (CUST-30)."""

    def apply(self, statement: Select[Any], value: str, _actor: Actor) -> Select[Any]:
        return statement.where(has_activity(_C, value))


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
    (132, TagFilter("tag", LABELS["tags"], _T.tag_id, lambda: url_for("TagView.options"), TAGS.name)),
    (
        134,
        CategoryFilter(
            "category_id",
            _("Category"),
            _K.category_id,
            lambda: url_for("CategoryView.options"),
            category_name,
        ),
    ),
    (136, ActivityFilter("activity", LABELS["activity"], _C.follow_status, ACTIVITY)),
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
