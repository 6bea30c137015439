"""Roles in the REST API (ACC-4)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, TypedDict

from flask import Response, jsonify
from sqlalchemy.orm import selectinload

from app.kernel.access.current import current_actor
from app.kernel.api.base import KepanApi, endpoint, expose, named
from app.kernel.api.schemas import Named
from app.org.roles import forms, services
from app.org.roles.models import SCOPE_KIND, RoleScope
from app.org.roles.names import role_label
from app.org.roles.queries import get_role, permissions_of_roles, visible_roles
from app.org.roles.views import RoleView
from app.org.shared.permissions import RolePermission

if TYPE_CHECKING:
    from app.kernel.access.actor import Actor


class RoleRecord(TypedDict):
    """A role with its data scope and its permissions, such as ``Customer.read`` (ACC-4)."""

    id: int
    name: str
    label: str
    built_in: bool
    scope: Annotated[str, SCOPE_KIND]
    departments: list[Named | None]
    permissions: list[str]


class RoleApi(KepanApi):
    """``/roles``: reading, creating, resetting to the default."""

    route_base = "/api/v1/roles"
    class_permission_name = "Role"
    record_type = RoleRecord

    @staticmethod
    def get_record(pk: int, actor: Actor) -> RoleScope:
        """Return the role."""
        return get_role(pk, actor=actor)

    @staticmethod
    def record(role: RoleScope) -> RoleRecord:
        """Return the response of every operation."""
        return _records([role])[0]

    @expose("", methods=["GET"])
    @endpoint(RolePermission.READ, lists=RoleView.spec, returns=RoleRecord)
    def roles(self) -> Response:
        """Lists all roles."""
        actor = current_actor()
        return self.list_answer(
            visible_roles(actor),
            RoleView.spec,
            lambda rows: _records([*rows]),
            selectinload(RoleScope.departments),
        )

    @expose("/<int:pk>", methods=["GET"])
    @endpoint(RolePermission.READ, returns=RoleRecord)
    def one(self, pk: int) -> Response:
        """Returns one role."""
        return jsonify(self.record(self.get_record(pk, current_actor())))

    @expose("", methods=["POST"])
    @endpoint(RolePermission.CREATE, takes=forms.RoleForm, returns=RoleRecord, status=201)
    def create(self) -> tuple[Response, int]:
        """Creates a role."""
        values = self.body(forms.RoleForm).values()
        return self.create_answer(lambda: self.record(services.create_role(**values, actor=current_actor())))


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
