"""Choices for the forms' remote search: colleagues, departments, districts (ACC-15)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask import Response, jsonify, request
from flask_appbuilder.baseviews import BaseView, expose
from flask_appbuilder.security.sqla.models import Role
from sqlalchemy import or_, select
from sqlalchemy.orm import joinedload

from app.kernel.access.current import current_actor
from app.kernel.fields.choices import choices_from, empty_choices, search_text
from app.kernel.lists.search import contains, is_found
from app.kernel.pages.routes import permitted
from app.kernel.text import MAX_ID
from app.org.departments.queries import companies_of, departments_of
from app.org.districts.queries import all_districts
from app.org.roles.models import RoleScope
from app.org.roles.names import BUILT_IN, OUTSIDE, role_label
from app.org.shared.models import Company, Department, District, Staff
from app.org.shared.permissions import OptionsPermission, RolePermission, StaffPermission
from app.org.staff.choosing import choices_of_people, person_label
from app.org.staff.queries import WORK, colleagues, visible_staff

if TYPE_CHECKING:
    from sqlalchemy import Select


class OptionsView(BaseView):
    """``/options/…?q=&page=`` for remote-search fields."""

    route_base = "/options"
    class_permission_name = "Options"
    default_view = "staff"

    @expose("/staff", methods=["GET"])
    @permitted(OptionsPermission.READ)
    def staff(self) -> Response:
        """Return active colleagues as people find them (OFF-6); ``may`` excludes those who may not do that
        kind of work (ACC-15).
        """
        actor, may = current_actor(), request.args.get("may", "")
        return _people(colleagues(actor, may=may if may in WORK else ""), with_company=actor.opens_all)

    @expose("/departments", methods=["GET"])
    @permitted(OptionsPermission.READ)
    def departments(self) -> Response:
        """Return departments of the actor's company by name; with the company for those who see several.

        ``company_id`` leaves other companies out, ``scope`` what the actor has no scope over (ACC-15).
        """
        actor = current_actor()
        statement = _of_company(departments_of(actor), Department.company_id)
        if request.args.get("scope", 0, type=int) and not actor.opens_all:
            statement = statement.where(Department.id.in_(actor.departments))
        if actor.opens_all:
            statement = statement.options(joinedload(Department.company))
        if search_text():
            statement = statement.where(contains(Department.name, search_text()))
        return choices_from(
            statement, lambda row: f"{row.name} · {row.company.name}" if actor.opens_all else row.name
        )

    @expose("/members", methods=["GET"])
    @permitted(OptionsPermission.READ)
    def members(self) -> Response:
        """Return active staff in the actor's scope, of every company or of the given one."""
        return _people(visible_staff(current_actor()).where(Staff.status == "active"))

    @expose("/companies", methods=["GET"])
    @permitted(OptionsPermission.READ)
    def companies(self) -> Response:
        """Return companies by name."""
        statement = companies_of(current_actor()).order_by(Company.name)
        if search_text():
            statement = statement.where(contains(Company.name, search_text()))
        return choices_from(statement, lambda row: row.name)

    @expose("/roles", methods=["GET"])
    @permitted(OptionsPermission.READ)
    def roles(self) -> Response:
        """Return roles by name, for those who assign them; ``staff`` leaves out those of outsiders."""
        actor = current_actor()
        if not (actor.may(RolePermission.READ) or actor.may(StaffPermission.ORGANISE)):
            return empty_choices()
        statement = select(Role).join(RoleScope, RoleScope.role_id == Role.id).order_by(Role.id)
        if request.args.get("staff", 0, type=int):
            statement = statement.where(Role.name.not_in(OUTSIDE))
        if search_text():
            labelled = [name for name in BUILT_IN if is_found(role_label(name), search_text())]
            matches = contains(Role.name, search_text())
            statement = statement.where(or_(matches, Role.name.in_(labelled)))
        return choices_from(statement, lambda row: role_label(row.name))

    @expose("/districts", methods=["GET"])
    @permitted(OptionsPermission.READ)
    def districts(self) -> Response:
        """Return districts by name."""
        found = [d for d in all_districts() if not search_text() or is_found(d.name, search_text())]
        return jsonify(results=[_option(d) for d in found[:100]], pagination={"more": False})


def _of_company(statement: Select[Any], column: Any) -> Select[Any]:
    """Narrow the choices to the company that the address names."""
    company = request.args.get("company_id", 0, type=int)
    return statement.where(column == company) if 0 < company <= MAX_ID else statement


def _people(offered: Select[Staff], *, with_company: bool = False) -> Response:
    """Return those of the offered people whom the typed text finds."""
    statement = choices_of_people(current_actor(), _of_company(offered, Staff.company_id))
    department: Any = joinedload(Staff.department)
    statement = statement.options(department.joinedload(Department.company) if with_company else department)
    return choices_from(statement, lambda row: person_label(row, with_company=with_company))


def _option(district: District) -> dict[str, Any]:
    return {"id": district.id, "text": district.name}
