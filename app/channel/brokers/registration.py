"""Brokers and company on-sites register, and ask for another review (CH-3)."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from flask_babel import lazy_gettext as _

from app.audit import services as audit
from app.channel.brokers import choices, policies
from app.channel.brokers.models import Broker
from app.channel.brokers.queries import get_broker
from app.channel.brokers.services import notify_reviewers, read_company, refuse_taken_phone, take_picture
from app.channel.shared.registration import read_consent, read_mobile, read_nickname, read_person
from app.channel.shared.settings import BROKERS_REGISTER
from app.kernel import clock
from app.kernel.database.numbering import next_code
from app.kernel.database.session import db
from app.kernel.database.transactions import transactional
from app.kernel.errors import Invalid, conflict
from app.kernel.translation import N_
from app.org.accounts.services import create_account
from app.org.roles import names as role_names
from app.org.sessions.wechat import link

if TYPE_CHECKING:
    from app.kernel.access.actor import Actor
    from app.kernel.files.attachments import Upload
    from app.org.sessions.wechat_provider import Identity
    from app.org.shared.models import Account


CODE_PREFIX = "B"
ROLES = {"broker": role_names.BROKER, "company_onsite": role_names.BROKER_ON_SITE}


@transactional
def register_broker(
    *,
    phone: str,
    name: str,
    company_id: int,
    kind: str,
    consent_version: str,
    nickname: str = "",
    avatar: Upload | None = None,
    wechat: Identity | None = None,
    actor: Actor,
) -> Broker:
    """Register a broker or company on-site whose phone is already proved (CH-3).

    A broker may work at once; a company on-site waits for review, and the directors are notified. ``actor``
    holds the source of the request; the log names the new account as the actor. The WeChat identity
    ``wechat`` can sign in to it from then on.

    :raises Invalid: for invalid input.
    :raises Denied: ``broker.registration_closed``, ``broker.phone_taken``.
    """
    details = _read_details(phone, name, kind, consent_version, nickname)
    company = read_company(company_id)
    if not BROKERS_REGISTER.get():
        conflict("broker.registration_closed", _("Registration is closed at present")).enforce()
    refuse_taken_phone(details["phone"])
    code, moment = next_code(CODE_PREFIX), clock.now()
    user = create_account(
        username=None, name=details["name"], password=None, roles=[ROLES[kind]], actor=actor
    )
    broker = Broker(id=user.id, number=code, consent_at=moment, created_at=moment, **details)
    broker.broker_company, broker.broker_company_id = company, company.id
    broker.ask_review()
    db.session.add(broker)
    db.session.flush()
    _take_in(broker, user, avatar, wechat, actor)
    return broker


def _read_details(phone: str, name: str, kind: str, consent_version: str, nickname: str) -> dict[str, str]:
    """Return what the person gave, as the broker's columns keep it.

    :raises Invalid: for the first field that cannot be accepted.
    """
    number, shown = read_mobile(phone), read_person(name)
    if kind not in choices.BROKER_KIND:
        raise Invalid(kind=_("Not one of the choices"))
    version, called = read_consent(consent_version), read_nickname(nickname)
    return {"phone": number, "name": shown, "kind": kind, "consent_version": version, "nickname": called}


def _take_in(
    broker: Broker, user: Account, avatar: Upload | None, wechat: Identity | None, actor: Actor
) -> None:
    """Log the registration in the new account's name, store its picture, link WeChat, and notify the
    reviewers.
    """
    themselves = replace(actor, id=user.id, username=user.username, name=broker.name)
    company = broker.broker_company.name
    audit.record(themselves, "broker.register", broker, N_("Registered at %(company)s"), company=company)
    if avatar is not None:
        take_picture(avatar, broker, themselves)
    if wechat is not None:
        link(user, wechat, source=actor.source)
    notify_reviewers(broker, themselves)


@transactional
def resubmit_broker(pk: int, *, actor: Actor) -> Broker:
    """Let a rejected company on-site ask for another review (CH-3).

    :raises Denied: ``broker.not_you``, ``broker.not_rejected``.
    """
    broker = get_broker(pk, actor=actor, lock=True)
    policies.can_resubmit(actor, broker).enforce()
    broker.ask_review()
    audit.record(
        actor, "broker.resubmit", broker, N_("Submitted again"), {"review_state": ("rejected", "pending")}
    )
    notify_reviewers(broker, actor)
    return broker
