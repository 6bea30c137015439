"""Staff in the REST API (ACC-2)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, TypedDict

from flask import Response, jsonify

from app.kernel.access.current import current_actor
from app.kernel.api.base import KepanApi, endpoint, expose, named
from app.kernel.api.schemas import Named
from app.org.sessions.web_session import keep_own_session
from app.org.shared.models import STAFF_STATUS, Staff
from app.org.shared.permissions import StaffPermission
from app.org.staff import forms
from app.org.staff import services as staffing
from app.org.staff.queries import get_visible_staff

if TYPE_CHECKING:
    from app.kernel.access.actor import Actor


class StaffRecord(TypedDict):
    """A member of staff, as whoever may edit them sees them (ACC-2)."""

    id: int
    employee_no: str
    name: str
    phone: str
    username: str
    roles: list[str]
    department: Named | None
    districts: list[Named | None]
    status: Annotated[str, STAFF_STATUS]


class StaffApi(KepanApi):
    """``/api/v1/staff``: creates, edits and organises staff."""

    route_base = "/api/v1/staff"
    class_permission_name = "Staff"
    record_type = StaffRecord

    @staticmethod
    def get_record(pk: int, actor: Actor) -> Staff:
        """Return the member of staff, in scope."""
        return get_visible_staff(pk, actor=actor)

    @staticmethod
    def record(staff: Staff) -> StaffRecord:
        """Return the response of every operation."""
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
    @endpoint(StaffPermission.CREATE, takes=forms.StaffForm, returns=StaffRecord, status=201)
    def create(self) -> tuple[Response, int]:
        """Creates a member of staff with a login account."""
        values = self.body(forms.StaffForm).values()
        return self.create_answer(lambda: self.record(staffing.hire_staff(**values, actor=current_actor())))

    @expose("/<int:pk>", methods=["PATCH"])
    @endpoint(StaffPermission.UPDATE, takes=forms.StaffEditForm, partial=True, returns=StaffRecord)
    def update(self, pk: int) -> Response:
        """Changes the phone or the password of a member of staff; the caller's own phone asks for
        ``present_password`` (ACC-18).
        """
        actor = current_actor()
        get_visible_staff(pk, actor=actor)
        values = self.body(forms.StaffEditForm, partial=True).values()
        changed = staffing.edit_staff(pk, **values, actor=actor)
        keep_own_session(pk, actor)
        return jsonify(self.record(changed))
