"""The pages of staff (ACC-2)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask_appbuilder.models.sqla.interface import SQLAInterface
from flask_babel import lazy_gettext as _
from sqlalchemy.orm import joinedload, selectinload

from app.audit.presentation import log_tab
from app.kernel.pages.formatting import code_cell, code_tag, join_html, join_names, tag
from app.kernel.pages.operations import operation_buttons, operation_offers
from app.kernel.pages.views import ScopedModelView
from app.org.roles.names import role_label
from app.org.sessions.web_session import keep_own_session
from app.org.shared.models import STAFF_STATUS, Account, Staff
from app.org.staff import forms, policies
from app.org.staff import services as staffing
from app.org.staff.filters import SPEC
from app.org.staff.queries import staff_facts, visible_staff

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from app.kernel.access.actor import Actor
    from app.kernel.errors import Decision
    from app.kernel.pages.elements import Button
    from app.kernel.pages.row_buttons import RowOffer


def _role_tags(staff: Staff) -> Any:
    return join_html([tag(name, "blue") for name in sorted(role_label(r.name) for r in staff.account.roles)])


class StaffView(ScopedModelView):
    """List, detail, hiring and ordinary edit of staff.  Staff who have left stay in the list; none are
    deleted.
    """

    datamodel = SQLAInterface(Staff)
    route_base = "/staff"
    class_permission_name = "Staff"
    include_route_methods = {"list", "show", "tab", "add", "edit"}
    scope = staticmethod(visible_staff)
    spec = SPEC
    detail_tabs = (log_tab(lambda staff: [("staff", staff.id), ("account", staff.id)]),)
    list_options = (
        joinedload(Staff.department),
        joinedload(Staff.account).selectinload(Account.roles),
        selectinload(Staff.districts),
    )

    list_title = _("Staff")
    add_title = _("New staff")
    edit_title = _("Edit staff")
    empty_text = _("No staff yet; create the first account")
    add_form_class = forms.StaffForm
    edit_form_class = forms.StaffEditForm

    list_columns = ["employee_no", "name", "phone", "roles", "username", "department", "status"]
    wide_columns = frozenset({"districts"})
    label_columns = {
        "employee_no": _("Employee number"),
        "name": _("Full name"),
        "phone": _("Phone"),
        "roles": _("Roles"),
        "username": _("Login name"),
        "department": _("Department"),
        "company": _("Company"),
        "status": _("Status"),
        "districts": _("Responsible districts"),
        "second_factor": _("Second factor"),
        "created_at": _("Created"),
    }
    formatters_columns = {
        "roles": _role_tags,
        "username": lambda staff: staff.account.username,
        "department": lambda staff: staff.department.name,
        "company": lambda staff: staff.department.company.name,
        "status": code_cell(STAFF_STATUS, "status"),
        "districts": lambda staff: join_names(d.name for d in staff.districts),
        "second_factor": lambda staff: staff.account.has_second_factor,
    }
    show_fieldsets = [
        (_("Person"), {"fields": ["employee_no", "name", "phone", "created_at"]}),
        (_("Place"), {"fields": ["company", "department", "roles", "districts"]}),
        (_("Sign-in"), {"fields": ["username", "second_factor"]}),
    ]

    def record_tags(self, record: Staff) -> list[Any]:
        return [code_tag(STAFF_STATUS, record.status)]

    def facts_of(self, records: Sequence[Staff], _actor: Actor) -> Mapping[int, policies.StaffFacts]:
        return staff_facts(records)

    def row_offers(self, actor: Actor) -> list[RowOffer]:
        edit = self.edit_offers(actor, is_main=True)
        return [self.opening_offer(), *edit, *operation_offers(self, actor)]

    def detail_buttons(self, record: Staff, actor: Actor, facts: policies.StaffFacts) -> list[Button]:
        return [
            *operation_buttons(self, actor, record, facts),
            *self.edit_buttons(record, actor, facts, is_main=True),
        ]

    def check_edit(self, record: Staff, actor: Actor, facts: policies.StaffFacts) -> Decision:
        return policies.can_edit_staff(actor, record, facts)

    def form_data(self, record: Staff | None, _actor: Actor) -> dict[str, Any]:
        return {} if record is None else {"phone": record.phone}

    def create(self, values: dict[str, Any], actor: Actor) -> Staff:
        return staffing.hire_staff(**values, actor=actor)

    def edit_form(self, record: Staff, actor: Actor) -> forms.StaffEditForm:
        return forms.staff_edit_form(own=record.id == actor.id, data=self.form_data(record, actor))

    def update(self, pk: int, values: dict[str, Any], actor: Actor) -> Staff:
        changed = staffing.edit_staff(pk, **values, actor=actor)
        keep_own_session(pk, actor)
        return changed
