"""Who asks: a frozen value, built once a request, taken by every policy and service (ACC-3 … ACC-5)."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Protocol


class StaffLike(Protocol):
    """What a rule needs to know of a colleague."""

    id: int
    department_id: int


@dataclass(frozen=True)
class Actor:
    """The person behind an operation, with everything that rules ask about them.

    Department sets hold every department, not only the tops of subtrees: ``below`` is one's own
    department and those under it, ``scope`` what the roles' data scopes add up to, ``managed`` the
    departments one manages and all below them; ``sees_all`` stands for every department there is, and
    ``reads_all`` for an auditor's scope, which opens everything and acts on nothing.  ``districts`` are
    the responsible districts widened by their parents and children, so that "districts meet" is a plain
    intersection (ACC-14).
    """

    id: int
    username: str
    name: str
    roles: frozenset[str] = frozenset()
    permissions: frozenset[tuple[str, str]] = frozenset()
    company_id: int | None = None
    department_id: int | None = None
    department_name: str = ""
    sees_all: bool = False
    reads_all: bool = False
    scope: frozenset[int] = frozenset()
    managed: frozenset[int] = frozenset()
    below: frozenset[int] = frozenset()
    districts: frozenset[int] = frozenset()
    source: str = field(default="", compare=False)
    request_id: str = field(default="", compare=False)

    def may(self, permission: str, resource: str) -> bool:
        """The first question of ACC: may one of this person's roles use the function at all?"""
        return (f"can_{permission}", resource) in self.permissions

    @property
    def departments(self) -> frozenset[int]:
        """Departments over whose staff this person has scope: by role or as a superior."""
        return self.scope | self.managed

    @property
    def is_admin(self) -> bool:
        """The built-in administrator."""
        return "Admin" in self.roles

    @property
    def opens_all(self) -> bool:
        """Every record may be opened."""
        return self.sees_all or self.reads_all

    def manages(self, staff: StaffLike | None) -> bool:
        """ACC-3: this person is a superior of ``staff`` (and not the same person)."""
        return staff is not None and staff.id != self.id and staff.department_id in self.managed

    def has_scope_over(self, staff: StaffLike | None) -> bool:
        """ACC-5, over a colleague: oneself, their department in scope, or as a superior."""
        if staff is None:
            return False
        return self.sees_all or staff.id == self.id or staff.department_id in self.departments

    def has_scope_over_department(self, department_id: int | None) -> bool:
        """ACC-5, over a department: in scope, or managed."""
        return department_id is not None and (self.sees_all or department_id in self.departments)


SYSTEM = Actor(id=0, username="system", name="system", sees_all=True)
