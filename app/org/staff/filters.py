"""Filters and orders of the list of staff (ACC-2)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask import url_for
from flask_babel import lazy_gettext as _

from app.kernel.fields.phones import phone_part
from app.kernel.lists.filters import ChoiceFilter, ContainsFilter, ReferenceFilter, TextFilter
from app.kernel.lists.requests import ListSpec
from app.org.shared.fields import department_name
from app.org.shared.models import STAFF_STATUS, Staff

if TYPE_CHECKING:
    from app.kernel.access.actor import Actor


def _by_phone(text: str, _actor: Actor) -> Any:
    return Staff.phone.contains(phone_part(text), autoescape=True)


SPEC = ListSpec(
    (
        ContainsFilter("name", _("Full name"), Staff.name),
        TextFilter("phone", _("Phone"), _by_phone),
        ReferenceFilter(
            "department_id",
            _("Department"),
            Staff.department_id,
            lambda: url_for("OptionsView.departments"),
            department_name,
        ),
        ChoiceFilter("status", _("Status"), Staff.status, STAFF_STATUS),
        ContainsFilter("employee_no", _("Employee number"), Staff.employee_no),
    ),
    {"employee_no": Staff.employee_no, "name": Staff.name_sort, "created_at": Staff.created_at},
    "employee_no",
)
