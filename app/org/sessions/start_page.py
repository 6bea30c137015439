"""What a person chose for the time after signing in: the language and the first page (OFF-10)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import session

from app.kernel.database.session import db
from app.kernel.pages.menu import start_pages
from app.kernel.pages.requests import LANGUAGES
from app.org.sessions.actors import actor_of
from app.org.shared.models import AccountProfile
from app.org.shared.version import org_version

if TYPE_CHECKING:
    from app.org.shared.models import Account


def own_start_page(user: Account) -> str:
    """Take the person's language for this session, and return the address of their first page; empty where
    they chose none, or may not open it any more.
    """
    profile = db.session.get(AccountProfile, user.id)
    if profile is None:
        return ""
    if profile.language in LANGUAGES:
        session["locale"] = profile.language
    if profile.start_page is None:
        return ""
    _label, address = start_pages(actor_of(user, org_version())).get(profile.start_page, ("", ""))
    return address
