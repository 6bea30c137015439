"""Policies of staff: pure rules, no queries (ACC-2)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from flask_babel import lazy_gettext as _

from app.kernel.errors import ALLOW, Decision, conflict, forbidden
from app.org.roles.names import ADMIN

if TYPE_CHECKING:
    from app.kernel.access.actor import Actor
    from app.org.shared.models import Staff


@dataclass(frozen=True)
class StaffFacts:
    """What the policies read about a member of staff beyond the profile."""

    roles: frozenset[str] = frozenset()
    has_second_factor: bool = False


def can_edit_staff(actor: Actor, staff: Staff, facts: StaffFacts) -> Decision:
    """ACC-2: the ordinary edit, of phone and password."""
    return _open_to(actor, staff, facts)


def can_rename_staff(actor: Actor, staff: Staff, facts: StaffFacts) -> Decision:
    """ACC-2: a colleague corrects a misspelt name, so that nobody takes another one unnoticed."""
    if staff.id == actor.id and not actor.is_admin:
        return forbidden("staff.yourself", _("Your own name is corrected by somebody else"))
    return _open_to(actor, staff, facts)


def can_reset_password(actor: Actor, staff: Staff, facts: StaffFacts) -> Decision:
    """ACC-13: only the administrator, because it gives access to all the person may do; not the actor's own,
    which ask for the present password first (ACC-18).
    """
    if not actor.is_admin:
        return forbidden("staff.administrator_only", _("Only an administrator may reset passwords"))
    if staff.id == actor.id:
        return forbidden("account.yourself", _("Your own account is kept under your name at the top"))
    return _open_to(actor, staff, facts)


def can_reset_second_factor(actor: Actor, staff: Staff, facts: StaffFacts) -> Decision:
    """ACC-12: for a person who lost the authenticator; as sensitive as a password."""
    allowed = can_reset_password(actor, staff, facts)
    if allowed and not facts.has_second_factor:
        return conflict("second_factor.off", _("The second factor is off"))
    return allowed


def can_organise(actor: Actor, staff: Staff, facts: StaffFacts) -> Decision:
    """ACC-2: department, roles and districts; the actor's own only for an administrator."""
    if staff.id == actor.id and not actor.is_admin:
        return forbidden("staff.yourself", _("Your own place is changed by somebody else"))
    return _open_to(actor, staff, facts)


def _open_to(actor: Actor, staff: Staff, facts: StaffFacts) -> Decision:
    if ADMIN in facts.roles and not actor.is_admin:
        return forbidden(
            "staff.is_administrator", _("An administrator's account is changed by administrators")
        )
    if staff.status == "departed":
        return conflict("staff.departed", _("This person has departed"))
    return ALLOW
