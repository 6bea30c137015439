"""Viewing fees: created once per payment, never edited, voided with a reason (CH-25)."""

from __future__ import annotations

import hashlib
from decimal import Decimal
from typing import TYPE_CHECKING

from flask_babel import lazy_gettext as _
from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError

from app.audit import services as audit
from app.channel.fees import policies
from app.channel.fees.models import ViewingFee
from app.channel.fees.queries import get_fee
from app.channel.referrals.queries import get_referral
from app.channel.shared.forms import MAX_REASON
from app.channel.shared.notifications import notify_person
from app.kernel import clock
from app.kernel.access.guard import scoped
from app.kernel.database.session import db
from app.kernel.database.transactions import transactional
from app.kernel.errors import Invalid
from app.kernel.files.attachments import keep
from app.kernel.files.storage import digest_and_size
from app.kernel.text import clean_line
from app.kernel.translation import N_

if TYPE_CHECKING:
    from sqlalchemy import Select

    from app.channel.referrals.models import Referral
    from app.kernel.access.actor import Actor
    from app.kernel.files.attachments import Upload


MAX_AMOUNT = Decimal(10) ** 10


@transactional
def create_fee(
    *, referral_id: int, amount: Decimal, screenshot: Upload | None, token: str = "", actor: Actor
) -> ViewingFee:
    """Pay a broker for bringing a customer (CH-25). ``amount`` in yuan, more than 0, two decimals.

    ``token`` identifies one submission (of the form); without one, the referral, the amount and the picture
    do. A second submission, even at the same instant, returns the first fee. The broker is notified.

    :raises Invalid: for a wrong amount, or no picture.
    :raises Denied: 403 by rule: the secretary only.
    """
    referral = get_referral(referral_id, actor=actor)
    picture = _check_payment(amount, screenshot)
    policies.can_pay_fee(actor, referral).enforce()
    key = submission_key(referral, amount, picture, token)
    first = _find_submitted(key)
    if first is not None:
        return first
    fee = _new_fee(referral, amount, key, actor)
    try:
        with db.session.begin_nested():
            db.session.add(fee)
            db.session.flush()
    except IntegrityError:
        first = _find_submitted(key)
        if first is None:
            raise
        return first
    keep(picture, fee, actor)
    _note(fee, referral, actor)
    return fee


def _check_payment(amount: Decimal, screenshot: Upload | None) -> Upload:
    """Return the picture of a payment whose amount and picture are right."""
    if not (0 < amount < MAX_AMOUNT and amount == round(amount, 2)):
        raise Invalid(amount=_("More than 0, with at most two decimals"))
    if screenshot is None or screenshot.thumbnail is None:
        raise Invalid(screenshot=_("The picture of the payment is required"))
    return screenshot


def _new_fee(referral: Referral, amount: Decimal, key: str, actor: Actor) -> ViewingFee:
    return ViewingFee(
        company_id=referral.company_id,
        project_id=referral.project_id,
        referral_id=referral.id,
        referral=referral,
        broker_id=referral.broker_id,
        broker_company_id=referral.broker.broker_company_id,
        amount=amount,
        token=key,
        created_at=clock.now(),
        created_by_id=actor.id,
    )


def _note(fee: ViewingFee, referral: Referral, actor: Actor) -> None:
    message = N_("Viewing fee of %(amount)s yuan paid to %(broker)s")
    amount, broker = f"{fee.amount:.2f}", referral.broker.name
    audit.record(actor, "viewing_fee.create", fee, message, amount=amount, broker=broker)
    audit.record(actor, "referral.fee", referral, message, amount=amount, broker=broker)
    notify_person(
        fee.broker_id,
        N_("A viewing fee of %(amount)s yuan for %(name)s (%(code)s) was paid"),
        actor,
        about=referral,
        amount=amount,
        name=referral.name,
        code=referral.code,
    )


def submission_key(referral: Referral, amount: Decimal, screenshot: Upload, token: str) -> str:
    """Return the key that identifies a submission: a second fee with the same key is the same fee (CH-25)."""
    parts = (f"form:{token}",) if token else (f"{amount:.2f}", digest_and_size(screenshot.content)[0])
    return hashlib.sha256("|".join((str(referral.id), *parts)).encode()).hexdigest()


def _find_submitted(key: str) -> ViewingFee | None:
    statement = select(ViewingFee).where(ViewingFee.token == key, ViewingFee.voided_at.is_(None))
    return db.session.scalars(scoped(statement)).one_or_none()


@transactional
def void_fee(pk: int, *, reason: str, actor: Actor) -> ViewingFee:
    """Void a wrong fee; it stays visible and no longer counts (CH-25, CH-29).

    :raises Invalid: without a reason.
    :raises Denied: 403 by rule; ``fee.void``.
    """
    fee = get_fee(pk, actor=actor, lock=True)
    text = clean_line(reason)[:MAX_REASON]
    if not text:
        raise Invalid(reason=_("This field is required"))
    policies.can_void_fee(actor, fee).enforce()
    fee.void(text, actor.id, clock.now())
    audit.record(actor, "viewing_fee.void", fee, N_("Voided: %(reason)s"), reason=text)
    audit.record(actor, "referral.fee_void", fee.referral, N_("Viewing fee voided: %(reason)s"), reason=text)
    notify_person(
        fee.broker_id,
        N_("The viewing fee for %(name)s (%(code)s) was voided"),
        actor,
        about=fee.referral,
        name=fee.referral.name,
        code=fee.referral.code,
    )
    return fee


def total_of(statement: Select[ViewingFee]) -> Decimal:
    """Return the total of the fees of a list, without voided ones."""
    amounts = statement.where(ViewingFee.voided_at.is_(None)).with_only_columns(func.sum(ViewingFee.amount))
    return (db.session.scalar(amounts.order_by(None)) or Decimal(0)).quantize(Decimal("0.01"))


def open_fee(pk: int, actor: Actor) -> ViewingFee:
    """Return the fee of a screenshot if the actor can open it."""
    return get_fee(pk, actor=actor)
