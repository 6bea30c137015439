"""Companies and departments in the REST API (ACC-1)."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypedDict

from flask import Response, jsonify

from app.kernel.access.current import current_actor
from app.kernel.api.base import KepanApi, endpoint, expose, named
from app.kernel.api.schemas import Named
from app.org.departments import forms
from app.org.departments import services as tree
from app.org.departments.queries import get_department
from app.org.shared.permissions import DepartmentPermission

if TYPE_CHECKING:
    from app.kernel.access.actor import Actor
    from app.org.shared.models import Department


class DepartmentRecord(TypedDict):
    """A department, as whoever may edit it sees it (ACC-1)."""

    id: int
    name: str
    company: Named | None
    parent: Named | None
    manager: Named | None
    districts: list[Named | None]


class DepartmentApi(KepanApi):
    """``/api/v1/departments``: creates, edits, moves and deletes departments."""

    route_base = "/api/v1/departments"
    class_permission_name = "Department"
    record_type = DepartmentRecord

    @staticmethod
    def get_record(pk: int, actor: Actor) -> Department:
        """Return a department that the caller may name."""
        return get_department(pk, actor=actor)

    @staticmethod
    def record(department: Department) -> DepartmentRecord:
        """Return the response of every operation."""
        return {
            "id": department.id,
            "name": department.name,
            "company": named(department.company),
            "parent": named(department.parent),
            "manager": named(department.manager),
            "districts": [named(district) for district in department.districts],
        }

    @expose("", methods=["POST"])
    @endpoint(DepartmentPermission.CREATE, takes=forms.DepartmentForm, returns=DepartmentRecord, status=201)
    def create(self) -> tuple[Response, int]:
        """Creates a department."""
        values = self.body(forms.DepartmentForm).values()
        return self.create_answer(lambda: self.record(tree.add_department(**values, actor=current_actor())))

    @expose("/<int:pk>", methods=["PUT"])
    @endpoint(DepartmentPermission.UPDATE, takes=forms.DepartmentEditForm, returns=DepartmentRecord)
    def update(self, pk: int) -> Response:
        """Changes the name, manager and responsible districts of a department."""
        actor = current_actor()
        self.get_record(pk, actor)
        values = self.body(forms.DepartmentEditForm).values()
        return jsonify(self.record(tree.edit_department(pk, **values, actor=actor)))
