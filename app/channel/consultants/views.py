"""Property consultants in the back office (CH-20)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask_appbuilder.models.sqla.interface import SQLAInterface
from flask_babel import lazy_gettext as _
from sqlalchemy import select
from sqlalchemy.orm import joinedload

from app.audit.presentation import OFFICE_LOG_TAB
from app.channel.consultants import forms, policies
from app.channel.consultants import services as consultants
from app.channel.consultants.filters import CONSULTANTS
from app.channel.projects.models import Project
from app.channel.projects.queries import visible_consultants, visible_projects
from app.channel.referrals.queries import count_bound
from app.channel.shared import presentation
from app.channel.shared.permissions import ConsultantPermission, ProjectPermission, ReferralPermission
from app.kernel.database.session import db
from app.kernel.pages.formatting import code_cell, code_tag, join_html
from app.kernel.pages.operations import operation_buttons, operation_offers
from app.kernel.pages.views import ScopedModelView
from app.org.sessions.web_session import keep_own_session
from app.org.shared.models import STAFF_STATUS, Staff
from app.org.staff.forms import StaffEditForm, staff_edit_form

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from app.kernel.access.actor import Actor
    from app.kernel.errors import Decision
    from app.kernel.pages.elements import Button
    from app.kernel.pages.row_buttons import RowOffer


def _projects(staff: Staff) -> Any:
    found = consultants.projects_of(staff.id)
    links = [
        presentation.link(one.name, presentation.address_of("ProjectView", ProjectPermission.READ, one.id))
        for one in found
    ]
    return join_html(links, "、") if links else ""


class ConsultantView(ScopedModelView):
    """Lists the people who receive customers at the projects; the administrator manages their accounts."""

    datamodel = SQLAInterface(Staff)
    route_base = "/consultants"
    class_permission_name = "Consultant"
    include_route_methods = {"list", "show", "tab", "add", "edit"}
    scope = staticmethod(visible_consultants)
    spec = CONSULTANTS
    detail_tabs = (OFFICE_LOG_TAB,)
    list_options = (joinedload(Staff.account), joinedload(Staff.department))
    list_title = _("Property consultants")
    add_title = _("New consultant")
    edit_title = _("Edit consultant")
    empty_text = _("No consultant yet; create one, or assign colleagues to a project")
    add_form_class = forms.ConsultantForm
    edit_form_class = StaffEditForm
    list_columns = ["employee_no", "name", "phone", "bound", "username", "department", "created_at"]
    number_columns = frozenset({"bound"})
    wide_columns = frozenset({"projects"})
    label_columns = {
        "employee_no": _("Employee number"),
        "name": _("Full name"),
        "phone": _("Phone"),
        "bound": _("Bound customers"),
        "username": _("Login name"),
        "department": _("Department"),
        "projects": _("Projects"),
        "status": _("Status"),
        "created_at": _("Created"),
    }
    formatters_columns = {
        "username": lambda staff: staff.account.username,
        "department": lambda staff: staff.department.name,
        "projects": _projects,
        "status": code_cell(STAFF_STATUS, "status"),
    }
    show_fieldsets = [
        (
            "",
            {"fields": ["employee_no", "name", "phone", "bound", "username", "department", "created_at"]},
        ),
        ("", {"fields": ["projects"]}),
    ]

    def record_tags(self, record: Staff) -> list[Any]:
        return [code_tag(STAFF_STATUS, record.status)]

    def facts_of(self, records: Sequence[Staff], actor: Actor) -> Mapping[int, policies.ConsultantFacts]:
        """Return the other duties, for those who may let a consultant depart."""
        if not actor.may(ConsultantPermission.DEPART):
            return {}
        return consultants.consultant_facts([record.id for record in records])

    def cells_of(self, records: Sequence[Staff], _actor: Actor) -> Mapping[int, Mapping[str, Any]]:
        """Return how many customers are bound and assigned to each, as a link to them."""
        counts = count_bound([record.id for record in records])
        return {pk: {"bound": _bound(pk, number)} for pk, number in counts.items()}

    def row_offers(self, actor: Actor) -> list[RowOffer]:
        return [self.opening_offer(), *self.edit_offers(actor), *operation_offers(self, actor)]

    def detail_buttons(self, record: Staff, actor: Actor, facts: policies.ConsultantFacts) -> list[Button]:
        return [*self.edit_buttons(record, actor, facts), *operation_buttons(self, actor, record, facts)]

    def check_edit(self, _record: Staff, actor: Actor, _facts: policies.ConsultantFacts) -> Decision:
        return policies.can_keep_consultants(actor, ConsultantPermission.UPDATE)

    def form_data(self, record: Staff | None, actor: Actor) -> dict[str, Any]:
        if record is not None:
            return {"phone": record.phone}
        here = visible_projects(actor).where(Project.company_id == actor.company_id).exists()
        # A department of a company without projects could not be saved with any of them (ACC-15).
        return {"department_id": actor.department_id} if db.session.scalar(select(here)) else {}

    def create(self, values: dict[str, Any], actor: Actor) -> Staff:
        return consultants.create_consultant(**values, actor=actor)

    def edit_form(self, record: Staff, actor: Actor) -> StaffEditForm:
        return staff_edit_form(own=record.id == actor.id, data=self.form_data(record, actor))

    def update(self, pk: int, values: dict[str, Any], actor: Actor) -> Staff:
        changed = consultants.edit_consultant(pk, **values, actor=actor)
        keep_own_session(pk, actor)
        return changed


def _bound(pk: int, number: int) -> Any:
    """Link to the customers that are bound and assigned to the consultant, with their number."""
    url = (
        presentation.list_of("ReferralView", ReferralPermission.READ, tab="bound", consultant_id=pk)
        if number
        else ""
    )
    return presentation.link(number, url)
