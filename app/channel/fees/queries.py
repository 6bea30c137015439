"""Queries of viewing fees: always scoped to the actor, marked for the guard (CH-25)."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from sqlalchemy import Select, select
from sqlalchemy.orm import joinedload

from app.channel.brokers.models import Broker
from app.channel.fees.models import ViewingFee
from app.channel.referrals.timeline import same_customer_ids
from app.channel.shared.permissions import ViewingFeePermission
from app.channel.shared.queries import records_of_company
from app.kernel.access.guard import scoped
from app.kernel.database.records import get_one
from app.kernel.database.session import db
from app.org.shared.models import Account

if TYPE_CHECKING:
    from collections.abc import Sequence

    from app.channel.referrals.models import Referral
    from app.kernel.access.actor import Actor


_F = ViewingFee.__table__.c
FEE_PEOPLE = (
    joinedload(ViewingFee.broker),
    joinedload(ViewingFee.broker_company),
    joinedload(ViewingFee.referral),
)

FEE_NAMES = (
    joinedload(ViewingFee.broker).load_only(Broker.name),
    joinedload(ViewingFee.created_by).load_only(Account.first_name, Account.last_name),
)


def visible_fees(actor: Actor) -> Select[ViewingFee]:
    """CH-25: the fees of the office."""
    statement: Select[ViewingFee] = records_of_company(
        scoped(select(ViewingFee)), _F.company_id, actor, ViewingFeePermission.READ
    )
    return statement


def get_fee(pk: int, *, actor: Actor, lock: bool = False) -> ViewingFee:
    """Return a viewing fee that the actor can open."""
    return get_one(visible_fees(actor).where(ViewingFee.id == pk).options(*FEE_PEOPLE), lock=lock)


def fees_of(referral_ids: Sequence[int]) -> Select[ViewingFee]:
    """Select the viewing fees of referrals, including voided ones."""
    found = select(ViewingFee).where(ViewingFee.referral_id.in_(referral_ids))
    return scoped(found.options(*FEE_PEOPLE, joinedload(ViewingFee.created_by)))


def count_earlier_fees(referral: Referral) -> tuple[int, Decimal]:
    """Count the valid fees already paid for the customer under all codes, and their total (CH-23)."""
    valid = fees_of(same_customer_ids(referral)).where(ViewingFee.voided_at.is_(None))
    amounts = [fee.amount for fee in db.session.scalars(valid)]
    return len(amounts), sum(amounts, Decimal(0))
