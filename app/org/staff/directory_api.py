"""Endpoints for the forms of API clients: the caller, colleagues, departments, districts, dictionaries."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NotRequired, TypedDict

from flask import Response, jsonify
from flask_babel import lazy_gettext as _
from sqlalchemy.orm import joinedload

from app.kernel.access.current import current_actor
from app.kernel.api.base import KepanApi, endpoint, expose, named
from app.kernel.api.schemas import Named
from app.kernel.database.session import db
from app.kernel.errors import NotFound
from app.kernel.lists.filters import ContainsFilter, Filter, ReferenceFilter
from app.kernel.lists.requests import ListSpec
from app.kernel.pages.badges import count_badges
from app.kernel.settings.dictionaries import find_dictionary
from app.org.accounts.forms import PasswordForm
from app.org.accounts.services import change_own_password
from app.org.departments.queries import departments_of
from app.org.districts.queries import all_districts
from app.org.roles.names import role_label
from app.org.shared.models import Department, Staff
from app.org.staff.queries import WORK, colleagues, get_colleague

if TYPE_CHECKING:
    from collections.abc import Callable

    from sqlalchemy import Select

    from app.kernel.access.actor import Actor


class WorkFilter(Filter):
    """Colleagues who may be assigned to a kind of work (ACC-15)."""

    def parse(self, raw: str) -> str:
        if raw not in WORK:
            raise ValueError(raw)
        return raw

    def arguments(self) -> dict[str, dict[str, Any]]:
        return {self.name: {"type": "string", "enum": [*WORK, ""]}}

    def apply(self, statement: Select[Any], value: Any, actor: Actor) -> Select[Any]:
        named = colleagues(actor, may=value).with_only_columns(Staff.id)
        return statement.where(Staff.id.in_(named))


_STAFF = ListSpec(
    (
        WorkFilter("may", _("May be named for")),
        ReferenceFilter("company_id", _("Company"), Staff.company_id),
        ContainsFilter("name", _("Name"), Staff.name),
        ReferenceFilter("department_id", _("Department"), Staff.department_id),
    ),
    {"name": Staff.name_sort, "id": Staff.id},
    "name",
)


class OwnBroker(TypedDict):
    """The caller's own profile as a broker (CH-3)."""

    id: int
    kind: str
    company: Named | None
    review_state: str
    review_reason: str


# The counts of ``/me`` (``spec/api.md``).
BADGES = ("collisions", "broker_reviews", "approvals", "pushes", "handovers", "notifications", "todos")


class Caller(TypedDict):
    """The signed-in caller, their permissions, and the counts of what waits for them; ``broker`` is there for
    brokers only.
    """

    id: int
    username: str
    name: str
    roles: list[str]
    role_labels: list[str]
    department: Named | None
    permissions: list[str]
    badges: dict[str, int]
    broker: NotRequired[OwnBroker]


_brokers: list[Callable[[Actor], OwnBroker | None]] = []


def register_broker_profile(find: Callable[[Actor], OwnBroker | None]) -> None:
    """Register the function that returns the caller's profile as a broker."""
    _brokers.append(find)


class PasswordChanged(TypedDict):
    """The account whose password was changed; its owner signs in again."""

    id: int
    username: str


class Colleague(TypedDict):
    """A member of staff, as forms offer them."""

    id: int
    name: str
    department: Named | None


class Choice(TypedDict):
    """An entry of a complete list."""

    id: int
    name: str
    code: NotRequired[str]
    parent_id: NotRequired[int | None]


class Choices(TypedDict):
    """A complete list, without pages."""

    items: list[Choice]


class OrgApi(KepanApi):
    """``/me``, ``/staff``, ``/departments``, ``/districts``, ``/dictionaries/…``: for everybody signed in."""

    route_base = "/api/v1"
    class_permission_name = "Org"

    @expose("/me", methods=["GET"])
    @endpoint(returns=Caller)
    def me(self) -> Response:
        """Returns the caller, their permissions, and the counts of what waits for them."""
        actor = current_actor()
        department = db.session.get(Department, actor.department_id) if actor.department_id else None
        broker = next((found for find in _brokers if (found := find(actor)) is not None), None)
        return jsonify(
            id=actor.id,
            username=actor.username,
            name=actor.name,
            roles=sorted(actor.roles),
            role_labels=[role_label(name) for name in sorted(actor.roles)],
            department=named(department),
            permissions=sorted(
                f"{resource}.{name.removeprefix('can_')}" for name, resource in actor.permissions
            ),
            badges=count_badges(actor),
            **({"broker": broker} if broker else {}),
        )

    @expose("/me/password", methods=["POST"])
    @endpoint(during_duty=True, takes=PasswordForm, returns=PasswordChanged)
    def change_password(self) -> Response:
        """Changes the caller's own password (ACC-13), and ends all their tokens and sessions.

        ``old_password`` proves the caller; an account without a password sends ``present_code`` instead, a
        code by SMS to its number (purpose ``confirm``, ACC-18).
        """
        values = self.body(PasswordForm).values()
        user = change_own_password(**values, actor=current_actor())
        return jsonify(id=user.id, username=user.username)

    @expose("/staff", methods=["GET"])
    @endpoint(lists=_STAFF, returns=Colleague)
    def staff(self) -> Response:
        """Lists active colleagues of the caller's company, all or those with a given permission (ACC-15)."""
        return self.list_answer(
            colleagues(current_actor()),
            _STAFF,
            lambda rows: [_colleague(row) for row in rows],
            joinedload(Staff.department),
        )

    @expose("/staff/<int:pk>", methods=["GET"])
    @endpoint(returns=Colleague)
    def one_staff(self, pk: int) -> Response:
        """Returns one colleague."""
        found = get_colleague(pk, actor=current_actor())
        if found is None:
            raise NotFound
        return jsonify(_colleague(found))

    @expose("/departments", methods=["GET"])
    @endpoint(returns=Choices)
    def departments(self) -> Response:
        """Lists the departments of the caller's company."""
        rows = db.session.scalars(departments_of(current_actor()))
        return jsonify(items=[{"id": row.id, "name": row.name, "parent_id": row.parent_id} for row in rows])

    @expose("/districts", methods=["GET"])
    @endpoint(returns=Choices)
    def districts(self) -> Response:
        """Lists all districts."""
        return jsonify(
            items=[
                {"id": row.id, "name": row.name, "code": row.code, "parent_id": row.parent_id}
                for row in all_districts()
            ]
        )

    @expose("/dictionaries/<string:name>", methods=["GET"])
    @endpoint(returns=Choices)
    def dictionary(self, name: str) -> Response:
        """Lists the codes of a dictionary with their labels."""
        found = find_dictionary(name)
        if found is None:
            raise NotFound
        items = [
            {"id": number, "code": code, "name": label}
            for number, (code, label) in enumerate(found.choices(), start=1)
        ]
        return jsonify(items=items)


def _colleague(row: Staff) -> Colleague:
    return {"id": row.id, "name": row.name, "department": named(row.department)}
