"""Services of one's own page: picture, e-mail, language, first page (OFF-10)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask_babel import lazy_gettext as _

from app.audit import services as audit
from app.kernel import clock
from app.kernel.database.records import upsert
from app.kernel.database.session import db
from app.kernel.database.transactions import transactional
from app.kernel.errors import Invalid, conflict
from app.kernel.files.attachments import files_of, keep
from app.kernel.keys import keys
from app.kernel.pages.menu import start_pages
from app.kernel.pages.requests import LANGUAGES
from app.kernel.translation import N_
from app.notices.choices.services import forget_channel, send_urgent_by_email
from app.org.profile.policies import is_email
from app.org.sessions.present_factor import NO_PASSWORD, require_present_factor
from app.org.sessions.signin import WRONG_CODE
from app.org.sessions.sms_codes import check_email_code, send_email_code
from app.org.shared.models import Account, AccountProfile
from app.org.shared.version import invalidate_actors

if TYPE_CHECKING:
    from app.kernel.access.actor import Actor
    from app.kernel.files.attachments import Upload


def _own_profile(actor: Actor) -> AccountProfile:
    """Return the actor's row, locked; it is made where it is wanted first."""
    db.session.execute(upsert(AccountProfile, {"account_id": actor.id}, unique=("account_id",)))
    return db.session.get_one(AccountProfile, actor.id, with_for_update=True)


@transactional
def choose_preferences(*, language: str | None, start_page: str | None, actor: Actor) -> Account:
    """Store the actor's language and the page that opens after signing in.

    :raises Invalid: for a language that there is not, or a page that the actor may not open.
    """
    if language is not None and language not in LANGUAGES:
        raise Invalid(language=_("Not one of the choices"))
    if start_page is not None and start_page not in start_pages(actor):
        raise Invalid(start_page=_("Not one of the choices"))
    profile, user = _own_profile(actor), db.session.get_one(Account, actor.id)
    before = {"language": profile.language, "start_page": profile.start_page}
    profile.language, profile.start_page = language, start_page
    after = {"language": language, "start_page": start_page}
    changes = {name: (before[name], after[name]) for name in after if before[name] != after[name]}
    if changes:
        audit.record(actor, "account.preferences", user, N_("Own preferences changed"), changes)
    return user


def ask_for_email_code(*, email: str, password: str | None, source: str, actor: Actor) -> str:
    """Send a code to the address that the actor wants to be reached at.  Return the address.

    The present password proves the person first, as for every change of a credential (ACC-18).

    :raises Invalid: for a wrong password, what is no address, or too many codes.
    :raises Denied: for an account without a password.
    """
    user = db.session.get_one(Account, actor.id)
    if not user.password:
        conflict("account.no_factor", NO_PASSWORD).enforce()
    if not is_email(email):
        raise Invalid(email=_("Not an e-mail address"))
    require_present_factor(user, password=password, code=None, actor=actor, field="password")
    if not send_email_code(email, source=source):
        raise Invalid(email=_("Too many codes were sent; try again later"))
    return email


def confirm_email(*, email: str, code: str, source: str, actor: Actor) -> Account:
    """Keep the address that a code proved.

    :raises Invalid: for a wrong code.
    """
    if not check_email_code(email, code, source=source):
        raise Invalid(code=WRONG_CODE)
    return _keep_email(email, actor)


@transactional
def _keep_email(email: str, actor: Actor) -> Account:
    user = db.session.get_one(Account, actor.id)
    _own_profile(actor).take_email(keys().fernet.encrypt(email.encode()).decode(), clock.now())
    send_urgent_by_email(actor.id)
    audit.record(actor, "account.email", user, N_("Own e-mail address confirmed"))
    return user


@transactional
def remove_email(*, actor: Actor) -> Account:
    """Forget the actor's address; nothing is sent there any more."""
    user = db.session.get_one(Account, actor.id)
    _own_profile(actor).take_email(None, None)
    forget_channel(actor.id, "email")
    audit.record(actor, "account.email", user, N_("Own e-mail address removed"))
    return user


@transactional
def change_picture(*, avatar: Upload, actor: Actor) -> Account:
    """Keep a new picture of the actor in place of the former one.

    :raises Invalid: for another file than a picture.
    """
    if avatar.thumbnail is None:
        raise Invalid(avatar=_("Pictures only"))
    profile, user = _own_profile(actor), db.session.get_one(Account, actor.id)
    _remove_pictures(user, actor)
    profile.avatar_id = keep(avatar, user, actor).id
    audit.record(actor, "account.picture", user, N_("Own picture changed"))
    invalidate_actors()
    return user


@transactional
def remove_picture(*, actor: Actor) -> Account:
    """Show the first character of the name again."""
    profile, user = _own_profile(actor), db.session.get_one(Account, actor.id)
    _remove_pictures(user, actor)
    profile.avatar_id = None
    audit.record(actor, "account.picture", user, N_("Own picture removed"))
    invalidate_actors()
    return user


def _remove_pictures(user: Any, actor: Actor) -> None:
    for one in db.session.scalars(files_of(Account.__files__, [user.id])):
        one.remove(actor)
