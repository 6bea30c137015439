"""An administrator's operations on accounts without a staff profile (ACC-2, ACC-13)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask_babel import lazy_gettext as _
from sqlalchemy import select

from app.audit import services as audit
from app.kernel.database.session import db
from app.kernel.database.transactions import lock, transactional
from app.kernel.errors import Invalid, conflict
from app.kernel.translation import N_
from app.org.accounts import policies
from app.org.accounts import services as accounts
from app.org.accounts.queries import active_administrators, get_account_without_staff
from app.org.shared.models import Account
from app.org.shared.version import invalidate_actors

if TYPE_CHECKING:
    from app.kernel.access.actor import Actor


@transactional
def reset_password(pk: int, *, password: str, actor: Actor) -> Account:
    """Set a new first password: it must be changed at the next sign-in, and all sessions end (ACC-13).

    :raises Invalid: for a password that is too easy.
    :raises Denied: when the actor may not.
    """
    user = get_account_without_staff(pk, actor=actor, lock=True)
    policies.can_reset_account(actor, user).enforce()
    return accounts.reset_password(user, password=password, actor=actor)


@transactional
def reset_second_factor(pk: int, *, actor: Actor) -> Account:
    """Remove the second factor of a person who lost the authenticator (ACC-12).  Ends their sessions."""
    user = get_account_without_staff(pk, actor=actor, lock=True)
    policies.can_reset_account_factor(actor, user).enforce()
    accounts.drop_second_factor(user, actor=actor)
    return user


@transactional
def disable_account(pk: int, *, actor: Actor) -> Account:
    """Block sign-in with the account until it is enabled again; all its sessions end (ACC-12).

    :raises Denied: when the actor may not, or when no administrator would be left.
    """
    lock("administrators")
    user = get_account_without_staff(pk, actor=actor, lock=True)
    policies.can_disable_account(actor, user).enforce()
    accounts.close_account(user, actor=actor)
    db.session.flush()
    if not active_administrators():
        conflict("account.last_administrator", _("Somebody has to stay administrator")).enforce()
    return user


@transactional
def enable_account(pk: int, *, actor: Actor) -> Account:
    """Allow sign-in with the account again, with its previous password."""
    user = get_account_without_staff(pk, actor=actor, lock=True)
    policies.can_enable_account(actor, user).enforce()
    user.reopen()
    audit.record(actor, "account.enable", user, N_("Account enabled"))
    invalidate_actors()
    return user


@transactional
def reset_password_by_name(username: str, *, password: str, actor: Actor) -> Account:
    """Reset any account's password from the command line, for the operator (ACC-13).

    :raises Invalid: for an unknown user name, or a password that is too easy.
    """
    found = select(Account).where(Account.username == username).with_for_update()
    user = db.session.scalars(found).one_or_none()
    if user is None:
        raise Invalid(username=_("There is no such account"))
    return accounts.reset_password(user, password=password, actor=actor)
