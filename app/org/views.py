"""Choices for the forms' remote search: colleagues, departments, districts (ACC-15)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask import Response, jsonify, request
from flask_appbuilder.baseviews import BaseView, expose
from flask_appbuilder.security.sqla.models import Role
from flask_babel import lazy_gettext as _
from sqlalchemy import or_, select
from sqlalchemy.orm import joinedload

from app.kernel.current import current_actor
from app.kernel.db import db
from app.kernel.grants import EVERYBODY, grant
from app.kernel.text import fold
from app.kernel.views import permitted
from app.org.models import Company, Department, District, RoleScope, Staff
from app.org.queries import all_districts, colleagues, companies_of, departments_of, visible_staff
from app.org.roles import BUILT_IN, role_label

if TYPE_CHECKING:
    from sqlalchemy import Select

PAGE = 20
grant("Options", ["read"], EVERYBODY, label=_("Choices in forms"))


def _results(statement: Select[Any], text: Any) -> Response:
    page = max(1, min(request.args.get("page", 1, type=int), 1000))
    rows = db.session.execute(statement.limit(PAGE + 1).offset((page - 1) * PAGE)).unique().scalars().all()
    return jsonify(
        results=[{"id": row.id, "text": text(row)} for row in rows[:PAGE]],
        pagination={"more": len(rows) > PAGE},
    )


def _typed() -> str:
    return fold(request.args.get("q", ""))[:60]


class OptionsView(BaseView):
    """``/options/…?q=&page=`` for remote-search fields."""

    route_base = "/options"
    class_permission_name = "Options"
    default_view = "staff"

    @expose("/staff", methods=["GET"])
    @permitted("read")
    def staff(self) -> Response:
        """Active colleagues by name or employee number."""
        statement = colleagues(current_actor()).order_by(Staff.name, Staff.id)
        if _typed():
            matches = Staff.name.contains(_typed(), autoescape=True)
            statement = statement.where(or_(matches, Staff.employee_no == _typed().upper()))
        return _results(statement, lambda row: f"{row.name} · {row.department.name}")

    @expose("/departments", methods=["GET"])
    @permitted("read")
    def departments(self) -> Response:
        """Departments of one's company by name; with the company for those who see several."""
        actor = current_actor()
        statement = departments_of(actor)
        if actor.opens_all:
            statement = statement.options(joinedload(Department.company))
        if _typed():
            statement = statement.where(Department.name.contains(_typed(), autoescape=True))
        return _results(
            statement, lambda row: f"{row.name} · {row.company.name}" if actor.opens_all else row.name
        )

    @expose("/members", methods=["GET"])
    @permitted("read")
    def members(self) -> Response:
        """Active staff that one looks after, of whatever company."""
        statement = visible_staff(current_actor()).where(Staff.status == "active")
        if _typed():
            matches = Staff.name.contains(_typed(), autoescape=True)
            statement = statement.where(or_(matches, Staff.employee_no == _typed().upper()))
        statement = statement.order_by(Staff.name, Staff.id).options(joinedload(Staff.department))
        return _results(statement, lambda row: f"{row.name} · {row.department.name}")

    @expose("/companies", methods=["GET"])
    @permitted("read")
    def companies(self) -> Response:
        """Companies by name."""
        statement = companies_of(current_actor()).order_by(Company.name)
        if _typed():
            statement = statement.where(Company.name.contains(_typed(), autoescape=True))
        return _results(statement, lambda row: row.name)

    @expose("/roles", methods=["GET"])
    @permitted("read")
    def roles(self) -> Response:
        """Roles by name, for those who give them."""
        actor = current_actor()
        if not (actor.may("read", "Role") or actor.may("organise", "Staff")):
            return jsonify(results=[], pagination={"more": False})
        statement = select(Role).join(RoleScope, RoleScope.role_id == Role.id).order_by(Role.id)
        if _typed():
            labelled = [name for name in BUILT_IN if _typed() in role_label(name)]
            matches = Role.name.contains(_typed(), autoescape=True)
            statement = statement.where(or_(matches, Role.name.in_(labelled)))
        return _results(statement, lambda row: role_label(row.name))

    @expose("/districts", methods=["GET"])
    @permitted("read")
    def districts(self) -> Response:
        """Districts by name."""
        found = [d for d in all_districts() if not _typed() or _typed() in d.name]
        return jsonify(results=[_option(d) for d in found[:100]], pagination={"more": False})


def _option(district: District) -> dict[str, Any]:
    return {"id": district.id, "text": district.name}
