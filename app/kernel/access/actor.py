"""Who asks: a frozen value, built once a request, taken by every policy and service (ACC-3 … ACC-5)."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import wraps
from typing import TYPE_CHECKING, Any, Protocol, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable

    from app.kernel.access.permissions import Permission


T = TypeVar("T")


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
    intersection (ACC-14).  ``memory`` keeps what was worked out for this person alone, for as long as the
    organisation's version holds (:func:`once_per_actor`).
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
    memory: dict[Any, Any] = field(init=False, default_factory=dict, compare=False, repr=False)

    def with_memory(self, memory: dict[Any, Any]) -> Actor:
        """The same person, going on with what earlier requests worked out; a changed copy begins anew."""
        object.__setattr__(self, "memory", memory)
        return self

    def may(self, permission: Permission) -> bool:
        """The first question of ACC: may one of this person's roles use the function at all?"""
        return self.has_permission(permission, permission.resource)

    def has_permission(self, name: str, resource: str) -> bool:
        """The same by names that are known at run time only, as those of declared operations are."""
        return (f"can_{name}", resource) in self.permissions

    @property
    def departments(self) -> frozenset[int]:
        """Departments over whose staff this person has scope: by role or as a superior."""
        return self.scope | self.managed

    @property
    def staff_id(self) -> int | None:
        """The id as a member of staff; none for an account without a staff profile."""
        return self.id if self.department_id is not None else None

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


def cached_per_actor(build: Callable[[Actor], T]) -> Callable[[Actor], T]:
    """Keep what the function answers for a person: a statement, say, that depends on nothing else."""

    @wraps(build)
    def kept(actor: Actor) -> T:
        if build not in actor.memory:
            actor.memory[build] = build(actor)
        found: T = actor.memory[build]
        return found

    return kept


SYSTEM = Actor(id=0, username="system", name="system", sees_all=True)
