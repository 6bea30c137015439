"""Login accounts: creation, passwords, second factor, signing out, closing (ACC-2, ACC-12, ACC-13)."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING

from flask_appbuilder.security.sqla.models import Role
from flask_babel import lazy_gettext as _
from sqlalchemy import select

from app.audit import services as audit
from app.kernel import clock
from app.kernel.database.session import db
from app.kernel.database.transactions import transactional
from app.kernel.errors import Decision, Invalid, conflict, forbidden
from app.kernel.translation import N_
from app.org.sessions import second_factor as secondfactor
from app.org.sessions.credentials import credential_changed, number_of
from app.org.sessions.passwords import check_password, hash_password
from app.org.sessions.policies import requires_second_factor
from app.org.sessions.present_factor import NO_PASSWORD, require_present_factor
from app.org.sessions.settings import TOTP_ROLES, parse_roles
from app.org.shared.models import Account, Staff
from app.org.shared.version import invalidate_actors

if TYPE_CHECKING:
    from collections.abc import Iterable

    from app.kernel.access.actor import Actor


_NAME_BYTES = 12  # of an unguessable user name
WRONG_CODE = _("The code is wrong, too old or was used before")


@transactional
def create_account(
    *,
    username: str | None,
    name: str,
    password: str | None,
    roles: Iterable[str],
    phone: str = "",
    must_change_password: bool = False,
    actor: Actor,
) -> Account:
    """Create a login account with roles.  The first character of the name is taken as the family name.

    Without a ``username`` it gets an unguessable one, because people who register sign in with
    their number, and no stranger can lock their password by guessing names in a row (ACC-18).

    An account without a password has no password sign-in: its phone proves the person (CH-3).  ``phone`` must
    not appear in the password.

    :raises Invalid: for a password that is too easy or an unknown role.
    :raises Denied: ``account.name_taken``.
    """
    called = username
    if username is None:
        username, called = f"u{secrets.token_hex(_NAME_BYTES)}", name
    if password is not None:
        check_password(password, username, about=(name, phone))
    user = Account(
        username=username,
        last_name=name[:1],
        first_name=name[1:],
        email=f"{username}@{secrets.token_hex(4)}.invalid",
        active=True,
        password="" if password is None else hash_password(password),
        roles=_roles_named(roles),
        fail_login_count=0,
        login_count=0,
        session_epoch=0,
        must_change_password=must_change_password,
        created_on=clock.now().replace(tzinfo=None),
    )
    db.session.add(user)
    db.session.flush()
    audit.record(actor, "account.create", user, N_("Account %(name)s created"), name=called)
    invalidate_actors()
    return user


def _roles_named(names: Iterable[str]) -> list[Role]:
    wanted = set(names)
    found = list(db.session.scalars(select(Role).where(Role.name.in_(wanted))))
    if len(found) != len(wanted):
        raise Invalid(roles=_("Not one of the choices"))
    return found


def change_own_password(
    *, old_password: str | None = None, present_code: str | None = None, new_password: str, actor: Actor
) -> Account:
    """Change the actor's own password; every other session and token ends (ACC-12, ACC-13).

    People who registered by their number have none yet: they set the first with ``present_code``, a code that
    was sent to their number (ACC-18).

    :raises Invalid: when the present factor is missing or wrong, or the new password too easy or the same.
    """
    user = db.session.get_one(Account, actor.id)
    require_present_factor(user, password=old_password, code=present_code, actor=actor, field="old_password")
    if new_password == old_password:
        raise Invalid(new_password=_("The new password must differ from the present one"))
    check_password(new_password, user.username, about=_name_and_phones(user), field="new_password")
    db.session.commit()  # no lock is held while the password is hashed
    return _store_own_password(hash_password(new_password), actor)


@transactional
def _store_own_password(hashed: str, actor: Actor) -> Account:
    user = db.session.get_one(Account, actor.id, with_for_update=True)
    user.take_password(hashed, must_change=False)
    credential_changed(user, "password")
    audit.record(actor, "account.password", user, N_("Own password changed; signed out everywhere else"))
    return user


@transactional
def reset_password(
    user: Account, *, password: str, field: str = "password", number: str | None = None, actor: Actor
) -> Account:
    """Set another person's password: it must be changed at the next sign-in, and all sessions end
    (ACC-13).  ``number`` is the former one, if the phone changes at the same time (ACC-18).
    """
    check_password(password, user.username, about=_name_and_phones(user), field=field)
    user.take_password(hash_password(password), must_change=True)
    credential_changed(user, "password", number=number)
    audit.record(actor, "account.password_reset", user, N_("Password reset; signed out everywhere"))
    return user


def _name_and_phones(user: Account) -> tuple[str, ...]:
    """Return name and phones of the person, which a password must not contain: a colleague's, which may be a
    landline, and the number that a broker proved.
    """
    phone = db.session.scalar(select(Staff.phone).where(Staff.id == user.id))
    return user.display_name, phone or "", number_of(user.id)


@transactional
def sign_out_everywhere(*, actor: Actor) -> None:
    """End all of the actor's own sessions and tokens, including the present one (ACC-12)."""
    user = db.session.get_one(Account, actor.id, with_for_update=True)
    user.sign_out_everywhere()
    audit.record(actor, "account.sign_out", user, N_("Signed out everywhere"))


@transactional
def close_account(user: Account, *, actor: Actor) -> None:
    """Close the account for good: sign-in is blocked and all its sessions and tokens end (HAND-8, ACC-12)."""
    user.close()
    audit.record(actor, "account.close", user, N_("Account closed; signed out everywhere"))
    invalidate_actors()


def enable_second_factor(*, sealed: str, code: str, password: str, actor: Actor) -> list[str]:
    """Require a code at sign-in; every other session ends (ACC-12, ACC-18).  Return the recovery codes, which
    are shown once.

    :param sealed: the sealed secret of the set-up page; ``code`` proves that the authenticator has it.
    :raises Invalid: for a wrong password or code, or a secret that is expired or of another account.
    :raises Denied: ``second_factor.no_password``: an account without a password has nothing to confirm with.
    """
    user = db.session.get_one(Account, actor.id)
    if not user.password:
        conflict("second_factor.no_password", NO_PASSWORD).enforce()
    _require_password(user, password, actor)
    return _enable_second_factor(sealed, code, actor)


@transactional
def _enable_second_factor(sealed: str, code: str, actor: Actor) -> list[str]:
    user = db.session.get_one(Account, actor.id, with_for_update=True)
    if user.has_second_factor:
        conflict("second_factor.on", _("The second factor is on already")).enforce()
    secret = secondfactor.read_sealed_secret(user, sealed)
    if secret is None:
        raise Invalid(code=_("This set-up has expired; open the page again"))
    step = secondfactor.matching_step(secret, code)
    if step is None:
        raise Invalid(code=WRONG_CODE)
    user.take_second_factor(secondfactor.seal_secret(secret), step, clock.now())
    credential_changed(user, "second_factor")
    codes = secondfactor.make_recovery_codes(user.id)
    audit.record(actor, "account.second_factor", user, N_("Second factor switched on"))
    return codes


def renew_recovery_codes(*, password: str, actor: Actor) -> list[str]:
    """Replace the recovery codes; the earlier ones become invalid.

    :raises Invalid: when the password is wrong.
    """
    user = db.session.get_one(Account, actor.id)
    _require_password(user, password, actor)
    return _renew_codes(user, actor)


@transactional
def _renew_codes(user: Account, actor: Actor) -> list[str]:
    if not user.has_second_factor:
        conflict("second_factor.off", _("The second factor is off")).enforce()
    credential_changed(user, "second_factor")
    audit.record(actor, "account.recovery_codes", user, N_("New recovery codes made"))
    return secondfactor.make_recovery_codes(user.id)


def disable_second_factor(*, password: str, actor: Actor) -> Account:
    """Require only the password at sign-in; refused to those whose role requires the second factor.

    :raises Invalid: when the password is wrong.
    """
    user = db.session.get_one(Account, actor.id)
    _require_password(user, password, actor)
    if requires_second_factor(actor, parse_roles(TOTP_ROLES.get())):
        forbidden("second_factor.required", _("Your role needs a second factor")).enforce()
    return drop_second_factor(user, actor=actor)


@transactional
def drop_second_factor(user: Account, *, actor: Actor) -> Account:
    """Remove an account's second factor and its recovery codes; every session ends (ACC-18)."""
    if not user.has_second_factor:
        conflict("second_factor.off", _("The second factor is off")).enforce()
    user.drop_second_factor()
    secondfactor.forget_recovery_codes(user.id)
    credential_changed(user, "second_factor")
    audit.record(actor, "account.second_factor", user, N_("Second factor switched off"))
    return user


def _require_password(user: Account, password: str, actor: Actor) -> None:
    require_present_factor(user, password=password, code=None, actor=actor, field="password")


def user_name_taken() -> Decision:
    """Refuse a user name that is taken."""
    return conflict("account.name_taken", _("This user name is taken"), field="username")
