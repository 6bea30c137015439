"""Staff, departments and roles in the REST API, for those who keep them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, TypedDict

from flask import Response, jsonify
from sqlalchemy.orm import selectinload

from app.kernel.access.current import current_actor
from app.kernel.api.base import KepanApi, endpoint, expose, named
from app.kernel.api.schemas import Named
from app.kernel.errors import NotFound
from app.org import forms, rolekeeping, staffing, tree
from app.org.models import SCOPE_KIND, STAFF_STATUS, Department, RoleScope, Staff
from app.org.queries import (
    get_department,
    get_role,
    get_visible_staff,
    permissions_of_roles,
    visible_roles,
)
from app.org.role_views import RoleView
from app.org.roles import role_label

if TYPE_CHECKING:
    from app.kernel.access.actor import Actor


class StaffRecord(TypedDict):
    """A member of staff as those see it who keep them (ACC-2)."""

    id: int
    employee_no: str
    name: str
    phone: str
    username: str
    roles: list[str]
    department: Named | None
    districts: list[Named | None]
    status: Annotated[str, STAFF_STATUS]


class DepartmentRecord(TypedDict):
    """A department as those see it who keep them (ACC-1)."""

    id: int
    name: str
    company: Named | None
    parent: Named | None
    manager: Named | None
    districts: list[Named | None]


class RoleRecord(TypedDict):
    """A role with its scope and what it may do, such as ``Customer.read`` (ACC-4)."""

    id: int
    name: str
    label: str
    built_in: bool
    scope: Annotated[str, SCOPE_KIND]
    departments: list[Named | None]
    permissions: list[str]


class StaffApi(KepanApi):
    """``/staff``: hiring, the ordinary edit, organising."""

    route_base = "/api/v1/staff"
    class_permission_name = "Staff"
    record_type = StaffRecord

    @staticmethod
    def get_record(pk: int, actor: Actor) -> Staff:
        """The member of staff, in scope."""
        return get_visible_staff(pk, actor=actor)

    @staticmethod
    def record(staff: Staff) -> StaffRecord:
        """The answer to every operation."""
        return {
            "id": staff.id,
            "employee_no": staff.employee_no,
            "name": staff.name,
            "phone": staff.phone,
            "username": staff.account.username,
            "roles": sorted(role.name for role in staff.account.roles),
            "department": named(staff.department),
            "districts": [named(district) for district in staff.districts],
            "status": staff.status,
        }

    @expose("", methods=["POST"])
    @endpoint("create", takes=forms.StaffForm, returns=StaffRecord, status=201)
    def create(self) -> tuple[Response, int]:
        """A new member of staff with a login account."""
        values = self.body(forms.StaffForm).values()
        return self.create_answer(lambda: self.record(staffing.hire_staff(**values, actor=current_actor())))

    @expose("/<int:pk>", methods=["PATCH"])
    @endpoint("update", takes=forms.StaffEditForm, partial=True, returns=StaffRecord)
    def update(self, pk: int) -> Response:
        """Phone and password."""
        actor = current_actor()
        get_visible_staff(pk, actor=actor)
        values = self.body(forms.StaffEditForm, partial=True).values()
        return jsonify(self.record(staffing.edit_staff(pk, **values, actor=actor)))


class DepartmentApi(KepanApi):
    """``/departments``: creating, editing, moving, deleting."""

    route_base = "/api/v1/departments"
    class_permission_name = "Department"
    record_type = DepartmentRecord

    @staticmethod
    def get_record(pk: int, actor: Actor) -> Department:
        """The department.

        :raises NotFound: when it is out of reach.
        """
        found = get_department(pk, actor=actor)
        if found is None:
            raise NotFound
        return found

    @staticmethod
    def record(department: Department) -> DepartmentRecord:
        """The answer to every operation."""
        return {
            "id": department.id,
            "name": department.name,
            "company": named(department.company),
            "parent": named(department.parent),
            "manager": named(department.manager),
            "districts": [named(district) for district in department.districts],
        }

    @expose("", methods=["POST"])
    @endpoint("create", takes=forms.DepartmentForm, returns=DepartmentRecord, status=201)
    def create(self) -> tuple[Response, int]:
        """A new department."""
        values = self.body(forms.DepartmentForm).values()
        return self.create_answer(lambda: self.record(tree.add_department(**values, actor=current_actor())))

    @expose("/<int:pk>", methods=["PUT"])
    @endpoint("update", takes=forms.DepartmentEditForm, returns=DepartmentRecord)
    def update(self, pk: int) -> Response:
        """Name, manager and responsible districts."""
        actor = current_actor()
        self.get_record(pk, actor)
        values = self.body(forms.DepartmentEditForm).values()
        return jsonify(self.record(tree.edit_department(pk, **values, actor=actor)))


class RoleApi(KepanApi):
    """``/roles``: what there is, own ones, back to how they were delivered."""

    route_base = "/api/v1/roles"
    class_permission_name = "Role"
    record_type = RoleRecord

    @staticmethod
    def get_record(pk: int, actor: Actor) -> RoleScope:
        """The role."""
        return get_role(pk, actor=actor)

    @staticmethod
    def record(role: RoleScope) -> RoleRecord:
        """The answer to every operation."""
        return _records([role])[0]

    @expose("", methods=["GET"])
    @endpoint("read", lists=RoleView.spec, returns=RoleRecord)
    def roles(self) -> Response:
        """All roles."""
        actor = current_actor()
        return self.list_answer(
            visible_roles(actor),
            RoleView.spec,
            lambda rows: _records([*rows]),
            selectinload(RoleScope.departments),
        )

    @expose("/<int:pk>", methods=["GET"])
    @endpoint("read", returns=RoleRecord)
    def one(self, pk: int) -> Response:
        """One role."""
        return jsonify(self.record(self.get_record(pk, current_actor())))

    @expose("", methods=["POST"])
    @endpoint("create", takes=forms.RoleForm, returns=RoleRecord, status=201)
    def create(self) -> tuple[Response, int]:
        """A role of the administrator's own."""
        values = self.body(forms.RoleForm).values()
        return self.create_answer(
            lambda: self.record(rolekeeping.create_role(**values, actor=current_actor()))
        )


def _records(rows: list[RoleScope]) -> list[RoleRecord]:
    held = permissions_of_roles(row.role_id for row in rows)
    return [
        {
            "id": row.role_id,
            "name": row.name,
            "label": role_label(row.name),
            "built_in": row.built_in,
            "scope": row.kind,
            "departments": [named(department) for department in row.departments],
            "permissions": sorted(
                f"{resource}.{name.removeprefix('can_')}" for name, resource in held[row.role_id]
            ),
        }
        for row in rows
    ]
