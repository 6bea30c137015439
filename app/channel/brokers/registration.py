"""Brokers and company on-sites register, and ask for another review (CH-3)."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from flask_babel import lazy_gettext as _

from app.audit import services as audit
from app.channel.brokers import choices, policies
from app.channel.brokers.models import Broker
from app.channel.brokers.queries import get_broker
from app.channel.brokers.services import notify_reviewers, read_company, refuse_taken_phone
from app.channel.shared.registration import read_consent, read_mobile, read_person
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
    wechat: Identity | None = None,
    actor: Actor,
) -> Broker:
    """Register a broker or company on-site whose phone is already proved (CH-3).

    A broker may work at once; a company on-site waits for review, and the directors are notified. ``actor``
    says where the request came from; the log names the new account as the actor. ``wechat`` can sign in to it
    from then on.

    :raises Invalid: for what cannot be accepted.
    :raises Denied: ``broker.registration_closed``, ``broker.phone_taken``.
    """
    number, shown = read_mobile(phone), read_person(name)
    if kind not in choices.BROKER_KIND:
        raise Invalid(kind=_("Not one of the choices"))
    version = read_consent(consent_version)
    company = read_company(company_id)
    if not BROKERS_REGISTER.get():
        conflict("broker.registration_closed", _("Registration is closed at present")).enforce()
    refuse_taken_phone(number)
    code = next_code(CODE_PREFIX)
    user = create_account(username=code, name=shown, password=None, roles=[ROLES[kind]], actor=actor)
    broker = Broker(
        id=user.id,
        number=code,
        name=shown,
        phone=number,
        kind=kind,
        broker_company=company,
        broker_company_id=company.id,
        consent_version=version,
        consent_at=clock.now(),
        created_at=clock.now(),
    )
    broker.ask_review()
    db.session.add(broker)
    db.session.flush()
    _take_in(broker, user, wechat, actor)
    return broker


def _take_in(broker: Broker, user: Account, wechat: Identity | None, actor: Actor) -> None:
    """Write the log in the new account's name, link its WeChat, notify the reviewers."""
    themselves = replace(actor, id=user.id, username=broker.number, name=broker.name)
    company = broker.broker_company.name
    audit.record(themselves, "broker.register", broker, N_("Registered at %(company)s"), company=company)
    if wechat is not None:
        link(user, wechat, source=actor.source)
    notify_reviewers(broker, themselves)


@transactional
def resubmit_broker(*, actor: Actor) -> Broker:
    """Let a rejected company on-site ask for another review (CH-3).

    :raises Denied: ``broker.not_rejected``.
    """
    broker = get_broker(actor.id, actor=actor, lock=True)
    policies.can_resubmit(actor, broker).enforce()
    broker.ask_review()
    audit.record(
        actor, "broker.resubmit", broker, N_("Submitted again"), {"review_state": ("rejected", "pending")}
    )
    notify_reviewers(broker, actor)
    return broker
