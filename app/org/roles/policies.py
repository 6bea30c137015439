"""Policies of roles: pure rules, no queries (ACC-4)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from flask_babel import lazy_gettext as _

from app.kernel.errors import ALLOW, Decision, conflict, forbidden
from app.org.roles.names import ADMIN

if TYPE_CHECKING:
    from collections.abc import Mapping

    from app.kernel.access.actor import Actor
    from app.org.roles.models import RoleScope


@dataclass(frozen=True)
class RoleReach:
    """What a role allows a person of a given department to do and see; all departments: None."""

    permissions: frozenset[tuple[str, str]]
    departments: frozenset[int] | None


@dataclass(frozen=True)
class RoleFacts:
    """What the policies read about a role beyond its record: the number of accounts that have it."""

    people: int = 0


def can_give_roles(actor: Actor, changed: Mapping[str, RoleReach]) -> Decision:
    """Actors assign or remove only roles within their own functions and data."""
    if actor.is_admin or all(_is_within(actor, name, reach) for name, reach in changed.items()):
        return ALLOW
    return forbidden("staff.role_beyond_yours", _("This role may do or see more than you may"))


def _is_within(actor: Actor, name: str, reach: RoleReach) -> bool:
    sees = actor.sees_all if reach.departments is None else reach.departments <= actor.departments
    return name != ADMIN and reach.permissions <= actor.permissions and (sees or actor.sees_all)


def can_create_role(actor: Actor) -> Decision:
    """Only the administrator creates roles."""
    if not actor.is_admin:
        return forbidden("role.administrator_only", _("Only an administrator may change roles"))
    return ALLOW


def can_change_role(actor: Actor, role: RoleScope) -> Decision:
    """The administrator's own role is fixed, so that no administrator is locked out."""
    allowed = can_create_role(actor)
    if not allowed:
        return allowed
    if role.name == ADMIN:
        return conflict("role.fixed", _("The administrator's role always may do everything"))
    return ALLOW


def can_reset_role(actor: Actor, role: RoleScope) -> Decision:
    """Only built-in roles can be reset to the default."""
    allowed = can_change_role(actor, role)
    if allowed and not role.built_in:
        return conflict("role.own", _("Only built-in roles can be reset"))
    return allowed


def can_delete_role(actor: Actor, role: RoleScope, facts: RoleFacts) -> Decision:
    """Only own roles that no account has can be deleted."""
    allowed = can_change_role(actor, role)
    if not allowed:
        return allowed
    if role.built_in:
        return conflict("role.built_in", _("Built-in roles stay"))
    if facts.people:
        return conflict("role.in_use", _("People have this role; give them another one first"))
    return ALLOW
