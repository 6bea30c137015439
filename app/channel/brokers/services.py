"""Review of brokers, and changes of their profile (CH-4 … CH-6)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask_babel import lazy_gettext as _
from sqlalchemy import select

from app.audit import services as audit
from app.channel.brokers import policies
from app.channel.brokers.models import Broker, BrokerChange
from app.channel.brokers.queries import get_broker
from app.channel.companies.models import BrokerCompany
from app.channel.shared.notifications import notify_permitted, notify_person
from app.channel.shared.permissions import BrokerPermission
from app.channel.shared.registration import prove_phone, read_mobile, read_nickname, read_picture
from app.kernel import clock
from app.kernel.database.session import db
from app.kernel.database.transactions import transactional
from app.kernel.errors import Invalid, conflict
from app.kernel.files.attachments import keep
from app.kernel.text import clean_line
from app.kernel.translation import N_
from app.org.sessions.credentials import credential_changed
from app.org.sessions.present_factor import require_present_factor
from app.org.shared.models import Account
from app.org.staff.services import KEEP

if TYPE_CHECKING:
    from app.kernel.access.actor import Actor
    from app.kernel.errors import Decision
    from app.kernel.files.attachments import Upload


MAX_REASON = 500


@transactional
def review_broker(pk: int, *, approve: bool, reason: str = "", actor: Actor) -> Broker:
    """Approve or reject a company on-site who waits, and notify them (CH-4).

    :raises Invalid: for a rejection without a reason.
    :raises Denied: 403 by rule; ``broker.no_review``, ``broker.reviewed``.
    """
    broker = get_broker(pk, actor=actor, lock=True)
    text = clean_line(reason)[:MAX_REASON]
    if not approve and not text:
        raise Invalid(reason=_("This field is required"))
    policies.can_review(actor, broker).enforce()
    broker.review(approve=approve, reason=text, by_id=actor.id, moment=clock.now())
    changed = {"review_state": ("pending", broker.review_state)}
    message = N_("Approved") if approve else N_("Rejected: %(reason)s")
    audit.record(actor, "broker.review", broker, message, changed, **({} if approve else {"reason": text}))
    if approve:
        notify_person(pk, N_("Your registration was approved"), actor, about=broker)
    else:
        message = N_("Your registration was rejected: %(reason)s")
        notify_person(pk, message, actor, about=broker, reason=text)
    return broker


def edit_own_broker(
    *,
    phone: str = KEEP,
    company_id: int = KEEP,
    sms_code: str | None = None,
    present_password: str | None = None,
    present_code: str | None = None,
    actor: Actor,
) -> Broker:
    """Change the actor's own phone or company.  A new phone asks for the present factor, then for the code
    that was sent to the new number (CH-5, ACC-18).

    :raises Invalid: for a proof that is missing or wrong, or as :func:`edit_broker`.
    :raises Denied: as :func:`edit_broker`.
    """
    broker = get_broker(actor.id, actor=actor)
    if phone is not KEEP and read_mobile(phone) != broker.phone:
        user = db.session.get_one(Account, actor.id)
        require_present_factor(user, password=present_password, code=present_code, actor=actor)
        prove_phone(phone, sms_code, "change_phone")
    return edit_broker(actor.id, phone=phone, company_id=company_id, actor=actor)


@transactional
def edit_broker(pk: int, *, phone: str = KEEP, company_id: int = KEEP, actor: Actor) -> Broker:
    """Change phone or company, for the broker (who has proved the number) or the office (CH-5, CH-6).

    Every change is kept in the profile-change log. A company on-site who changes company waits for review
    again. Earlier referrals stay with the former company. A new phone ends the broker's sessions, and the
    former number gets a message (ACC-18).

    :raises Invalid: for a number or company that cannot be accepted.
    :raises Denied: 403 by rule; ``broker.phone_taken``.
    """
    broker = get_broker(pk, actor=actor, lock=True)
    number = broker.phone if phone is KEEP else read_mobile(phone)
    company = broker.broker_company
    if company_id is not KEEP and company_id != company.id:
        company = read_company(company_id)
    policies.can_edit_broker(actor, broker).enforce()
    before = (broker.phone, broker.broker_company)
    if (number, company) == before:
        return broker
    if number != broker.phone:
        refuse_taken_phone(number)
    broker.phone = number
    if company != before[1]:
        broker.move(company)
    if number != before[0]:
        credential_changed(db.session.get_one(Account, pk), "phone", number=before[0])
    _note_change(broker, before, actor)
    if broker.review_state == "pending" and company != before[1]:
        notify_reviewers(broker, actor)
    return broker


@transactional
def edit_own_profile(*, nickname: str | None = None, avatar: Upload | None = None, actor: Actor) -> Broker:
    """Change nickname and picture on the personal page (CH-6)."""
    broker = get_broker(actor.id, actor=actor, lock=True)
    if nickname is not None:
        shown = read_nickname(nickname)
        changed = {"nickname": (broker.nickname, shown)}
        broker.nickname = shown
        audit.record(actor, "broker.profile", broker, N_("Profile changed"), changed)
    if avatar is not None:
        take_picture(avatar, broker, actor)
    return broker


def take_picture(avatar: Upload, broker: Broker, actor: Actor) -> None:
    """Keep the broker's picture.

    :raises Invalid: for another file than a picture.
    """
    read_picture(avatar)
    keep(avatar, broker, actor)
    audit.record(actor, "broker.avatar", broker, N_("Picture changed"))


def _note_change(broker: Broker, before: tuple[str, BrokerCompany], actor: Actor) -> None:
    phone, company = before
    db.session.add(
        BrokerChange(
            broker_id=broker.id,
            phone_before=phone,
            phone_after=broker.phone,
            company_before_id=company.id,
            company_after_id=broker.broker_company_id,
            by_id=actor.id,
            by_name=actor.name,
            created_at=clock.now(),
        )
    )
    changed: dict[str, tuple[Any, Any]] = {}
    if phone != broker.phone:
        changed["phone"] = (phone, broker.phone)
    if company.id != broker.broker_company_id:
        changed["company"] = (company.name, broker.broker_company.name)
    audit.record(actor, "broker.edit", broker, N_("Profile changed"), changed)
    notify_person(broker.id, N_("The office changed your profile"), actor, about=broker)


def notify_reviewers(broker: Broker, actor: Actor) -> None:
    """Notify the reviewers of company on-sites."""
    if broker.review_state == "pending":
        message = N_("%(name)s of %(company)s awaits review")
        names = {"name": broker.name, "company": broker.broker_company.name}
        notify_permitted(BrokerPermission.REVIEW, None, message, actor, about=broker, **names)


def read_company(pk: int) -> BrokerCompany:
    """Return the chosen broker company, which has to be in use."""
    statement = select(BrokerCompany).where(BrokerCompany.id == pk, BrokerCompany.active.is_(True))
    found = db.session.scalars(statement).one_or_none()
    if found is None:
        raise Invalid(company_id=_("Not one of the choices"))
    return found


def refuse_taken_phone(number: str) -> None:
    """Refuse a phone that another broker has."""
    if db.session.scalar(select(Broker.id).where(Broker.phone == number)) is not None:
        phone_taken().enforce()


def phone_taken() -> Decision:
    """Refuse a phone that belongs to another account of this kind."""
    return conflict("broker.phone_taken", _("A broker is registered with this number"), field="phone")


def open_broker(pk: int, actor: Actor) -> Broker:
    """Return the broker of a file if the actor can open them."""
    return get_broker(pk, actor=actor)
