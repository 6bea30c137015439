"""Policies of login accounts: pure rules, no queries (ACC-12, ACC-13)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask_babel import lazy_gettext as _

from app.kernel.errors import ALLOW, Decision, conflict, forbidden

if TYPE_CHECKING:
    from app.kernel.access.actor import Actor
    from app.org.shared.models import Account


def can_reset_account(actor: Actor, account: Account) -> Decision:
    """ACC-13: as for staff; the actor's own password is changed on the page that asks for the present one."""
    if not actor.is_admin:
        return forbidden("account.administrator_only", _("Only an administrator may do this to an account"))
    if account.id == actor.id:
        return forbidden("account.yourself", _("Your own account is kept under your name at the top"))
    return ALLOW


def can_reset_account_factor(actor: Actor, account: Account) -> Decision:
    """ACC-12: for a person who lost the authenticator."""
    allowed = can_reset_account(actor, account)
    if allowed and not account.has_second_factor:
        return conflict("second_factor.off", _("The second factor is off"))
    return allowed


def can_disable_account(actor: Actor, account: Account) -> Decision:
    """ACC-12: an enabled account, not the actor's own."""
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
