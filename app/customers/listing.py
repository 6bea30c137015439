"""What the list of customers, on pages and in the API, may be filtered and ordered by (CUST-13, POOL-3)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask import url_for
from flask_babel import lazy_gettext as _
from sqlalchemy import and_, or_

from app.customers.fields import CODES, LABELS
from app.customers.models import Customer, CustomerGram
from app.customers.namesearch import name_contains
from app.customers.queries import (
    customers_in_scope,
    off_shelf_customers,
    pending_customers,
    personal_customers,
    platform_customers,
    private_customers,
    visible_customers,
)
from app.kernel import clock
from app.kernel.fields.phones import phone_index
from app.kernel.lists.filters import (
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
from app.org.shared.fields import department_name, staff_name

if TYPE_CHECKING:
    from sqlalchemy import Select

    from app.kernel.access.actor import Actor

_C, _G = Customer.__table__.c, CustomerGram.__table__.c  # plain columns, as in queries.py
_TAIL = 4


def _by_code(text: str, _actor: Actor) -> Any:
    return _C.code.startswith(text.upper(), autoescape=True)


def _is_overdue() -> Any:
    return and_(_C.next_contact_at.is_not(None), _C.next_contact_at < clock.now())


class NameFilter(Filter):
    """A part of the name or the short name; a single character finds names that begin with it."""

    def apply(self, statement: Select[Any], value: Any, _actor: Actor) -> Select[Any]:
        found = statement.where(*name_contains(value))
        return ordered_by_joined_table(found, _C.created_at, _G.created_at, _G.customer_id)


class ResponsibleFilter(ReferenceFilter):
    """Whoever is responsible for the customer now: its owner, its private holder or its handler."""

    def apply(self, statement: Select[Any], value: int, _actor: Actor) -> Select[Any]:
        people = (_C.owner_id, _C.private_holder_id, _C.handler_id)
        return statement.where(or_(*(column == value for column in people)))


class PhoneFilter(Filter):
    """A whole number by its blind index, or its last four digits (CUST-13)."""

    is_kept = False
    wrong = _("The whole number or its last four digits")

    def parse(self, raw: str) -> tuple[str, str]:
        if len(raw) == _TAIL and raw.isascii() and raw.isdigit():
            return "last4", raw
        index = phone_index(raw)
        if index is None:
            raise ValueError
        return "index", index

    def apply(self, statement: Select[Any], value: Any, _actor: Actor) -> Select[Any]:
        kind, text = value
        return statement.where((_C.phone_last4 if kind == "last4" else _C.phone_index) == text)


def _choice(name: str) -> ChoiceFilter:
    return ChoiceFilter(name, LABELS[name], _C[name], CODES[name])


TABS = (
    ListTab("all", _("All"), visible_customers),
    ListTab("personal", _("Personal"), personal_customers),
    ListTab("platform", _("Platform"), platform_customers),
    ListTab("private", _("Private"), private_customers),
    ListTab("pending", _("Pending"), pending_customers),
    ListTab("off_shelf", _("Off shelf"), off_shelf_customers),
    ListTab("scope", _("In my scope"), customers_in_scope, is_offered=False),
)

SPEC = ListSpec(
    filters=(
        NameFilter("name", LABELS["name"], placeholder=_("Name or short name")),
        PhoneFilter("phone", LABELS["phone"], placeholder=_("Whole number or last four")),
        _choice("follow_status"),
        TextFilter("code", LABELS["code"], _by_code),
        ReferenceFilter(
            "owner_id", LABELS["owner"], _C.owner_id, lambda: url_for("OptionsView.staff"), staff_name
        ),
        ResponsibleFilter(
            "responsible_id",
            LABELS["responsible"],
            _C.owner_id,
            lambda: url_for("OptionsView.staff"),
            staff_name,
        ),
        ReferenceFilter(
            "department_id",
            LABELS["department"],
            _C.department_id,
            lambda: url_for("OptionsView.departments"),
            department_name,
        ),
        _choice("pool"),
        _choice("grade"),
        _choice("deal_status"),
        _choice("stage"),
        _choice("level"),
        _choice("industry"),
        DateRangeFilter("created", LABELS["created_at"], _C.created_at),
        DateRangeFilter("last_follow_up", LABELS["last_follow_up_at"], _C.last_follow_up_at),
        DateRangeFilter("next_contact", LABELS["next_contact_at"], _C.next_contact_at),
        FlagFilter("overdue", _("Contact overdue"), _is_overdue),
    ),
    orders={
        "created_at": _C.created_at,
        "last_follow_up_at": _C.last_follow_up_at,
        "next_contact_at": _C.next_contact_at,
    },
    default_order="-created_at",
)
