"""Queries of one's own page (OFF-10)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import current_app
from sqlalchemy import select

from app.kernel.database.session import db
from app.kernel.errors import NotFound
from app.kernel.keys import keys
from app.notices.choices.forwarding import Recipient
from app.notices.outbox.providers import provider_for
from app.org.profile.policies import may_see_picture
from app.org.sessions.credentials import number_of
from app.org.shared.models import Account, AccountProfile, Staff

if TYPE_CHECKING:
    from app.kernel.access.actor import Actor

DEFAULT_LANGUAGE = "zh"


def profile_of(account_id: int) -> AccountProfile | None:
    """Return what the person chose, if anything."""
    return db.session.get(AccountProfile, account_id)


def email_of(profile: AccountProfile | None) -> str:
    """Return the confirmed e-mail address; empty where there is none."""
    if profile is None or profile.email_cipher is None:
        return ""
    return keys().fernet.decrypt(profile.email_cipher.encode()).decode()


def find_recipient(account_id: int, channel: str) -> Recipient | None:
    """Return where the person is reached by a channel; None without an address, or for a closed account."""
    user, profile = db.session.get(Account, account_id), profile_of(account_id)
    if user is None or not user.active:
        return None
    address = email_of(profile) if channel == "email" else number_of(account_id)
    language = (profile.language if profile else None) or DEFAULT_LANGUAGE
    return Recipient(address, language) if address else None


def reachable_channels(account_id: int) -> list[str]:
    """Return the channels by which the person can be reached: there is an address, and somebody who sends."""
    settings = current_app.config["KEPAN"]
    return [
        channel
        for channel in ("email", "sms")
        if provider_for(channel, settings) is not None and find_recipient(account_id, channel) is not None
    ]


def open_account(pk: int, actor: Actor) -> Account:
    """Return the account whose picture the actor may see.

    :raises NotFound: for all others.
    """
    user = db.session.get(Account, pk)
    company = db.session.scalar(select(Staff.company_id).where(Staff.id == pk))
    if user is None or not may_see_picture(
        actor.company_id, opens_all=actor.opens_all, is_own=pk == actor.id, company=company
    ):
        raise NotFound
    return user
