"""What the list of customers, on pages and in the API, may be filtered and ordered by (CUST-13, POOL-3)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask import url_for
from flask_babel import lazy_gettext as _
from sqlalchemy import and_, or_

from app.customers import choices
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
from app.kernel.text import read_code
from app.org.shared.fields import department_name, staff_name

if TYPE_CHECKING:
    from sqlalchemy import Select

    from app.kernel.access.actor import Actor

_C, _G = Customer.__table__.c, CustomerGram.__table__.c  # plain columns, as in queries.py
_TAIL = 4


def _by_code(text: str, _actor: Actor) -> Any:
    return _C.code.startswith(read_code(text), autoescape=True)


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
        NameFilter("name", _("Name"), placeholder=_("Name or short name")),
        PhoneFilter("phone", _("Phone"), placeholder=_("Whole number or last four")),
        ChoiceFilter("follow_status", _("Follow status"), _C.follow_status, choices.FOLLOW_STATUS),
        TextFilter("code", _("Code"), _by_code),
        ReferenceFilter(
            "owner_id", _("Owner"), _C.owner_id, lambda: url_for("OptionsView.staff"), staff_name
        ),
        ResponsibleFilter(
            "responsible_id", _("Responsible"), _C.owner_id, lambda: url_for("OptionsView.staff"), staff_name
        ),
        ReferenceFilter(
            "department_id",
            _("Department"),
            _C.department_id,
            lambda: url_for("OptionsView.departments"),
            department_name,
        ),
        ChoiceFilter("pool", _("Pool"), _C.pool, choices.POOL),
        ChoiceFilter("grade", _("Grade"), _C.grade, choices.GRADE),
        ChoiceFilter("deal_status", _("Deal status"), _C.deal_status, choices.DEAL_STATUS),
        ChoiceFilter("stage", _("Stage"), _C.stage, choices.STAGE),
        ChoiceFilter("level", _("Level"), _C.level, choices.LEVEL),
        ChoiceFilter("industry", _("Industry"), _C.industry, choices.INDUSTRY),
        DateRangeFilter("created", _("Created"), _C.created_at),
        DateRangeFilter("last_follow_up", _("Last follow-up"), _C.last_follow_up_at),
        DateRangeFilter("next_contact", _("Next contact"), _C.next_contact_at),
        FlagFilter("overdue", _("Contact overdue"), _is_overdue),
    ),
    orders={
        "created_at": _C.created_at,
        "last_follow_up_at": _C.last_follow_up_at,
        "next_contact_at": _C.next_contact_at,
    },
    default_order="-created_at",
)
