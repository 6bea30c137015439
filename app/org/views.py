"""Choices for the forms' remote search: colleagues, departments, districts (ACC-15)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask import Response, jsonify, request
from flask_appbuilder.baseviews import BaseView, expose
from sqlalchemy import or_

from app.kernel.current import current_actor
from app.kernel.db import db
from app.kernel.grants import EVERYBODY, grant
from app.kernel.text import fold
from app.kernel.views import permitted
from app.org.models import Department, District, Staff
from app.org.queries import all_districts, colleagues, departments_of

if TYPE_CHECKING:
    from sqlalchemy import Select

PAGE = 20
grant("Options", ["read"], EVERYBODY)


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
        """Departments of one's company by name."""
        statement = departments_of(current_actor())
        if _typed():
            statement = statement.where(Department.name.contains(_typed(), autoescape=True))
        return _results(statement, lambda row: row.name)

    @expose("/districts", methods=["GET"])
    @permitted("read")
    def districts(self) -> Response:
        """Districts by name."""
        found = [d for d in all_districts() if not _typed() or _typed() in d.name]
        return jsonify(results=[_option(d) for d in found[:100]], pagination={"more": False})


def _option(district: District) -> dict[str, Any]:
    return {"id": district.id, "text": district.name}
