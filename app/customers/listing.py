"""What the list of customers, on pages and in the API, may be filtered and ordered by (CUST-13, POOL-3)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask import url_for
from flask_babel import lazy_gettext as _
from sqlalchemy import or_

from app.customers import choices
from app.customers.forms import department_name, staff_name
from app.customers.models import Customer
from app.customers.queries import (
    off_shelf_customers,
    pending_customers,
    personal_customers,
    platform_customers,
    private_customers,
    visible_customers,
)
from app.kernel.filters import ChoiceFilter, DateRangeFilter, Filter, ReferenceFilter, TextFilter
from app.kernel.lists import ListSpec
from app.kernel.phones import phone_index
from app.kernel.views import ListTab

if TYPE_CHECKING:
    from sqlalchemy import Select

    from app.kernel.actor import Actor

_TAIL = 4


def _by_name(text: str, _actor: Actor) -> Any:
    return or_(
        Customer.name.contains(text, autoescape=True), Customer.short_name.contains(text, autoescape=True)
    )


def _by_code(text: str, _actor: Actor) -> Any:
    return Customer.code.startswith(text.upper(), autoescape=True)


class PhoneFilter(Filter):
    """A whole number by its blind index, or its last four digits (CUST-13)."""

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
        return statement.where((Customer.phone_last4 if kind == "last4" else Customer.phone_index) == text)


TABS = (
    ListTab("all", _("All"), visible_customers),
    ListTab("personal", _("Personal"), personal_customers),
    ListTab("platform", _("Platform"), platform_customers),
    ListTab("private", _("Private"), private_customers),
    ListTab("pending", _("Pending"), pending_customers),
    ListTab("off_shelf", _("Off shelf"), off_shelf_customers),
)

SPEC = ListSpec(
    filters=(
        TextFilter("name", _("Name"), _by_name, placeholder=_("Name or short name")),
        PhoneFilter("phone", _("Phone"), placeholder=_("Whole number or last four")),
        ChoiceFilter("follow_status", _("Follow status"), Customer.follow_status, choices.FOLLOW_STATUS),
        TextFilter("code", _("Code"), _by_code),
        ReferenceFilter(
            "owner_id", _("Owner"), Customer.owner_id, lambda: url_for("OptionsView.staff"), staff_name
        ),
        ReferenceFilter(
            "department_id",
            _("Department"),
            Customer.department_id,
            lambda: url_for("OptionsView.departments"),
            department_name,
        ),
        ChoiceFilter("pool", _("Pool"), Customer.pool, choices.POOL),
        ChoiceFilter("grade", _("Grade"), Customer.grade, choices.GRADE),
        ChoiceFilter("deal_status", _("Deal status"), Customer.deal_status, choices.DEAL_STATUS),
        ChoiceFilter("stage", _("Stage"), Customer.stage, choices.STAGE),
        ChoiceFilter("level", _("Level"), Customer.level, choices.LEVEL),
        ChoiceFilter("industry", _("Industry"), Customer.industry, choices.INDUSTRY),
        DateRangeFilter("created", _("Created"), Customer.created_at),
        DateRangeFilter("last_follow_up", _("Last follow-up"), Customer.last_follow_up_at),
    ),
    orders={"created_at": Customer.created_at, "last_follow_up_at": Customer.last_follow_up_at},
    default_order="-created_at",
)
