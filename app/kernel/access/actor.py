"""The actor: a frozen value, built once per request, taken by every policy and service (ACC-3 … ACC-5)."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import wraps
from typing import TYPE_CHECKING, Any, Protocol, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable

    from app.kernel.access.permissions import Permission


T = TypeVar("T")


class StaffLike(Protocol):
    """The attributes of a colleague that policies read."""

    id: int
    department_id: int


@dataclass(frozen=True)
class Actor:
    """The person who performs an operation, with everything that policies read about them.

    Department sets contain every department, not only the tops of subtrees: ``below`` is the actor's own
    department and those under it, ``scope`` the union of the roles' data scopes, ``managed`` the departments
    that the actor manages and all below them; ``sees_all`` means every department, and ``reads_all`` an
    auditor's scope, which opens everything and acts on nothing.  ``is_admin`` marks who has the built-in role
    that always has every permission.  ``districts`` are the responsible districts extended by their parents
    and children, so that "districts meet" is a plain intersection (ACC-14).  ``avatar_id`` is the file of the
    person's own picture (OFF-10).
    ``memory`` caches results for this actor alone, as long as the organisation's version is valid
    (:func:`cached_per_actor`).
    """

    id: int
    username: str
    name: str
    roles: frozenset[str] = frozenset()
    permissions: frozenset[tuple[str, str]] = frozenset()
    company_id: int | None = None
    department_id: int | None = None
    department_name: str = ""
    is_admin: bool = False
    sees_all: bool = False
    reads_all: bool = False
    scope: frozenset[int] = frozenset()
    managed: frozenset[int] = frozenset()
    below: frozenset[int] = frozenset()
    districts: frozenset[int] = frozenset()
    avatar_id: int | None = field(default=None, compare=False)
    source: str = field(default="", compare=False)
    request_id: str = field(default="", compare=False)
    memory: dict[Any, Any] = field(init=False, default_factory=dict, compare=False, repr=False)

    def with_memory(self, memory: dict[Any, Any]) -> Actor:
        """Return the same actor with the cache of earlier requests; a changed copy starts with an
        empty one.
        """
        object.__setattr__(self, "memory", memory)
        return self

    def may(self, permission: Permission) -> bool:
        """Return True if one of the actor's roles has the permission; every operation checks this first."""
        return self.has_permission(permission, permission.resource)

    def has_permission(self, name: str, resource: str) -> bool:
        """Return the same for names that are known at run time only, such as those of declared operations."""
        return (f"can_{name}", resource) in self.permissions

    @property
    def departments(self) -> frozenset[int]:
        """Departments over whose staff the actor has scope: by role or as a superior."""
        return self.scope | self.managed

    @property
    def staff_id(self) -> int | None:
        """The actor's id as a member of staff; None for an account without a staff profile."""
        return self.id if self.department_id is not None else None

    @property
    def opens_all(self) -> bool:
        """True if the actor may open every record."""
        return self.sees_all or self.reads_all

    def manages(self, staff: StaffLike | None) -> bool:
        """ACC-3: return True if the actor is a superior of ``staff`` (and not the same person)."""
        return staff is not None and staff.id != self.id and staff.department_id in self.managed

    def has_scope_over(self, staff: StaffLike | None) -> bool:
        """ACC-5: return True for the actor, a colleague whose department is in scope, or one that the actor
        manages.
        """
        if staff is None:
            return False
        return self.sees_all or staff.id == self.id or staff.department_id in self.departments

    def has_scope_over_department(self, department_id: int | None) -> bool:
        """ACC-5: return True for a department in scope, or managed by the actor."""
        return department_id is not None and (self.sees_all or department_id in self.departments)


def cached_per_actor(build: Callable[[Actor], T]) -> Callable[[Actor], T]:
    """Cache the function's result for an actor, such as a statement that depends on nothing else."""

    @wraps(build)
    def kept(actor: Actor) -> T:
        if build not in actor.memory:
            actor.memory[build] = build(actor)
        found: T = actor.memory[build]
        return found

    return kept


SYSTEM = Actor(id=0, username="system", name="system", sees_all=True)
