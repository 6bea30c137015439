"""Who may change the organisation, its people and its roles (access.md).  Pure rules."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from flask_babel import lazy_gettext as _

from app.kernel.access import grants
from app.kernel.errors import ALLOW, Decision, conflict, forbidden

if TYPE_CHECKING:
    from collections.abc import Mapping

    from app.kernel.access.actor import Actor
    from app.org.models import Account, Department, RoleScope, Staff


@dataclass(frozen=True)
class StaffFacts:
    """What the rules must know of a member of staff beyond the profile."""

    roles: frozenset[str] = frozenset()
    has_second_factor: bool = False


@dataclass(frozen=True)
class RoleReach:
    """What a role lets somebody of a certain department do and see; all departments: None."""

    permissions: frozenset[tuple[str, str]]
    departments: frozenset[int] | None


def requires_second_factor(actor: Actor, required_roles: frozenset[str]) -> bool:
    """ACC-12: one of the person's roles is named in the settings."""
    return bool(actor.roles & required_roles)


def can_edit_staff(actor: Actor, staff: Staff, facts: StaffFacts) -> Decision:
    """ACC-2: the ordinary edit, of phone and password."""
    return _open_to(actor, staff, facts)


def can_reset_password(actor: Actor, staff: Staff, facts: StaffFacts) -> Decision:
    """ACC-13: the administrator's; it would give anybody else the powers of the person."""
    if not actor.is_admin:
        return forbidden("staff.administrator_only", _("Only an administrator may reset passwords"))
    return _open_to(actor, staff, facts)


def can_reset_second_factor(actor: Actor, staff: Staff, facts: StaffFacts) -> Decision:
    """ACC-12: for somebody who lost the authenticator; as weighty as a password."""
    allowed = can_reset_password(actor, staff, facts)
    if allowed and not facts.has_second_factor:
        return conflict("second_factor.off", _("The second factor is off"))
    return allowed


def can_reset_account(actor: Actor, account: Account) -> Decision:
    """ACC-13: as for staff; one's own password is changed where the present one is asked for."""
    if not actor.is_admin:
        return forbidden("account.administrator_only", _("Only an administrator may do this to an account"))
    if account.id == actor.id:
        return forbidden("account.yourself", _("Your own account is kept under your name at the top"))
    return ALLOW


def can_reset_account_factor(actor: Actor, account: Account) -> Decision:
    """ACC-12: for somebody who lost the authenticator."""
    allowed = can_reset_account(actor, account)
    if allowed and not account.has_second_factor:
        return conflict("second_factor.off", _("The second factor is off"))
    return allowed


def can_disable_account(actor: Actor, account: Account) -> Decision:
    """ACC-12: an enabled account, not one's own."""
    allowed = can_reset_account(actor, account)
    if allowed and not account.active:
        return conflict("account.disabled", _("The account is disabled already"))
    return allowed


def can_enable_account(actor: Actor, account: Account) -> Decision:
    """ACC-12: a disabled account."""
    allowed = can_reset_account(actor, account)
    if allowed and account.active:
        return conflict("account.enabled", _("The account is enabled already"))
    return allowed


def can_organise(actor: Actor, staff: Staff, facts: StaffFacts) -> Decision:
    """ACC-2: department, roles and districts; not one's own, which only an administrator may change."""
    if staff.id == actor.id and not actor.is_admin:
        return forbidden("staff.yourself", _("Your own place is changed by somebody else"))
    return _open_to(actor, staff, facts)


def _open_to(actor: Actor, staff: Staff, facts: StaffFacts) -> Decision:
    if grants.ADMIN in facts.roles and not actor.is_admin:
        return forbidden(
            "staff.is_administrator", _("An administrator's account is changed by administrators")
        )
    if staff.status == "departed":
        return conflict("staff.departed", _("This person has departed"))
    return ALLOW


def can_give_roles(actor: Actor, changed: Mapping[str, RoleReach]) -> Decision:
    """Nobody hands out or takes away more than they hold, neither functions nor data."""
    if actor.is_admin or all(_is_within(actor, name, reach) for name, reach in changed.items()):
        return ALLOW
    return forbidden("staff.role_beyond_yours", _("This role may do or see more than you may"))


def _is_within(actor: Actor, name: str, reach: RoleReach) -> bool:
    sees = actor.sees_all if reach.departments is None else reach.departments <= actor.departments
    return name != grants.ADMIN and reach.permissions <= actor.permissions and (sees or actor.sees_all)


def can_create_role(actor: Actor) -> Decision:
    """Roles are the administrator's."""
    if not actor.is_admin:
        return forbidden("role.administrator_only", _("Only an administrator may change roles"))
    return ALLOW


def can_change_role(actor: Actor, role: RoleScope) -> Decision:
    """The administrator's own role is fixed, so that nobody is shut out."""
    allowed = can_create_role(actor)
    if not allowed:
        return allowed
    if role.name == grants.ADMIN:
        return conflict("role.fixed", _("The administrator's role always may do everything"))
    return ALLOW


def can_reset_role(actor: Actor, role: RoleScope) -> Decision:
    """Back to how it was delivered: built-in roles only."""
    allowed = can_change_role(actor, role)
    if allowed and not role.built_in:
        return conflict("role.own", _("Only built-in roles can be reset"))
    return allowed


def can_delete_role(actor: Actor, role: RoleScope, people: int) -> Decision:
    """Own roles that nobody has."""
    allowed = can_change_role(actor, role)
    if not allowed:
        return allowed
    if role.built_in:
        return conflict("role.built_in", _("Built-in roles stay"))
    if people:
        return conflict("role.in_use", _("People have this role; give them another one first"))
    return ALLOW


def can_move_department(department: Department, parent: Department | None) -> Decision:
    """ACC-1: within the company, and never below itself."""
    if parent is None:
        return ALLOW
    if parent.company_id != department.company_id:
        return conflict("department.other_company", _("A department stays in its company"), field="parent_id")
    if parent.path.startswith(department.path):
        return conflict("department.cycle", _("A department cannot stand below itself"), field="parent_id")
    return ALLOW
