"""Building the :class:`Actor` of a signed-in person (ACC-3 … ACC-5)."""

from __future__ import annotations

from dataclasses import replace
from threading import Lock
from typing import TYPE_CHECKING, Any

from cachetools import LRUCache, cached
from flask_appbuilder.security.sqla.models import Role, assoc_user_role
from sqlalchemy import select

from app.kernel.access.actor import Actor
from app.kernel.database.cache import OrgVersion, remember_version
from app.kernel.database.session import db
from app.kernel.settings.declarations import without_disabled
from app.org.roles import names as grants
from app.org.roles.models import RoleScope, RoleScopeDepartment
from app.org.roles.queries import permissions_of_roles
from app.org.shared.models import Account, AccountProfile, Department, District, Staff, StaffDistrict
from app.org.shared.version import org_version

if TYPE_CHECKING:
    from collections.abc import Iterable


_Key = tuple[str, int, int, int]
_actors: LRUCache[_Key, Actor] = LRUCache(5000)
_memories: LRUCache[_Key, dict[Any, Any]] = LRUCache(500)  # of about 100 KB each


def _key(user: Account, version: int) -> _Key:
    return str(db.engine.url), user.id, user.session_epoch, version


@cached(_actors, key=_key, lock=Lock())
def _known_actor(user: Account, _version: int) -> Actor:
    return _build(user)


@cached(_memories, key=_key, lock=Lock())
def _memory_of(_user: Account, _version: int) -> dict[Any, Any]:
    return {}


def actor_of(user: Account, version: int, *, source: str = "", request_id: str = "") -> Actor:
    """Return the actor of a loaded account, from the process's memory when nothing has changed."""
    present = replace(_known_actor(user, version), source=source, request_id=request_id)
    return present.with_memory(_memory_of(user, version))


def actor_by_username(username: str) -> Actor:
    """Return the actor of an account, for commands and tests."""
    user = db.session.scalars(select(Account).where(Account.username == username)).one()
    return actor_of(user, org_version(), source="command")


def actor_of_colleague(pk: int) -> Actor:
    """Return the actor of a person who is not signed in here, where a policy asks what they may access."""
    version = select(OrgVersion.value).where(OrgVersion.id == 1).scalar_subquery()
    user, present = db.session.execute(select(Account, version).where(Account.id == pk)).one()
    return actor_of(user, present or 0)


def present_actor(pk: int, *, source: str) -> Actor | None:
    """Return the actor with the rights of this moment, for work that takes long; None when the account was
    closed.
    """
    version = select(OrgVersion.value).where(OrgVersion.id == 1).scalar_subquery()
    asked = select(Account, version).where(Account.id == pk).execution_options(populate_existing=True)
    found = db.session.execute(asked).one_or_none()
    if found is None or not found[0].active:
        return None
    user, present = found
    remember_version(present or 0)
    return actor_of(user, present or 0, source=source)


def _roles_of(user: Account) -> dict[int, str]:
    """Return the names of the account's roles, by their ids."""
    found = (
        select(Role.id, Role.name)
        .join(assoc_user_role, assoc_user_role.c.role_id == Role.id)
        .where(assoc_user_role.c.user_id == user.id)
    )
    return dict(db.session.execute(found).all())


def _build(user: Account) -> Actor:
    session, roles = db.session, _roles_of(user)
    staff = session.get(Staff, user.id)
    base = Actor(
        id=user.id,
        username=user.username,
        name=user.display_name,
        roles=frozenset(roles.values()),
        permissions=_permissions(roles),
        is_admin=grants.ADMIN in roles.values(),
        avatar_id=session.scalar(
            select(AccountProfile.avatar_id).where(AccountProfile.account_id == user.id)
        ),
    )
    scopes = session.execute(
        select(RoleScope.role_id, RoleScope.kind).where(RoleScope.role_id.in_(roles))
    ).all()
    acting_all = any(kind == "all" and roles[role_id] != grants.AUDITOR for role_id, kind in scopes)
    base = replace(base, sees_all=acting_all, reads_all=grants.AUDITOR in base.roles)
    if staff is None:
        return base
    tree = _Tree()
    managed = tree.below(d for d, manager in tree.managers.items() if manager == staff.id)
    return replace(
        base,
        name=staff.name,
        company_id=staff.company_id,
        department_id=staff.department_id,
        department_name=tree.names.get(staff.department_id, ""),
        scope=_scope(scopes, staff, tree),
        managed=managed,
        below=tree.below([staff.department_id]),
        districts=_districts(staff.id),
    )


def _permissions(roles: dict[int, str]) -> frozenset[tuple[str, str]]:
    granted = permissions_of_roles(roles).values()
    return without_disabled(pair for pairs in granted for pair in pairs)


class _Tree:
    """All departments, read once."""

    def __init__(self) -> None:
        rows = db.session.execute(
            select(
                Department.id, Department.path, Department.company_id, Department.manager_id, Department.name
            )
        ).all()
        self.paths = {row.id: row.path for row in rows}
        self.companies = {row.id: row.company_id for row in rows}
        self.managers = {row.id: row.manager_id for row in rows if row.manager_id is not None}
        self.names = {row.id: row.name for row in rows}

    def below(self, tops: Iterable[int]) -> frozenset[int]:
        """Return the departments and everything under them."""
        paths = tuple(self.paths[top] for top in tops if top in self.paths)
        return frozenset(pk for pk, path in self.paths.items() if paths and path.startswith(paths))

    def of_company(self, company_id: int) -> frozenset[int]:
        """Return all departments of a company."""
        return frozenset(pk for pk, company in self.companies.items() if company == company_id)


def _scope(scopes: Iterable[tuple[int, str]], staff: Staff, tree: _Tree) -> frozenset[int]:
    found: set[int] = set()
    for role_id, kind in scopes:
        if kind == "company":
            found |= tree.of_company(staff.company_id)
        elif kind == "department_tree":
            found |= tree.below([staff.department_id])
        elif kind == "department":
            found.add(staff.department_id)
        elif kind == "custom":
            chosen = select(RoleScopeDepartment.department_id).where(RoleScopeDepartment.role_id == role_id)
            found.update(db.session.scalars(chosen))
    return frozenset(found)


def _districts(staff_id: int) -> frozenset[int]:
    """Return the responsible districts, extended by all their parents and children: those that "meet"
    them.
    """
    own = set(db.session.scalars(select(StaffDistrict.district_id).where(StaffDistrict.staff_id == staff_id)))
    if not own:
        return frozenset()
    parents = dict(db.session.execute(select(District.id, District.parent_id)).all())

    def ancestors(pk: int) -> set[int]:
        found: set[int] = set()
        parent = parents.get(pk)
        while parent is not None and parent not in found:
            found.add(parent)
            parent = parents.get(parent)
        return found

    above = {parent for pk in own for parent in ancestors(pk)}
    under = {pk for pk in parents if ancestors(pk) & own}
    return frozenset(own | above | under)
