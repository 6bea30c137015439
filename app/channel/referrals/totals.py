"""Totals of the channel ranking, kept in the transaction that changes a referral (CH-26)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import ForeignKey, Index, Integer, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.channel.brokers.models import Broker
from app.channel.companies.models import BrokerCompany
from app.channel.referrals.choices import FUNNEL
from app.kernel.database.columns import BigId
from app.kernel.database.records import upsert
from app.kernel.database.session import Model, db

if TYPE_CHECKING:
    from app.channel.referrals.models import Referral


class BrokerTotals(Model):
    """Counts of a broker's referrals, under one company, that reached each stage: the all-time ranking
    (CH-26).

    Kept in the transaction that changes a referral.
    """

    __tablename__ = "broker_tally"
    __table_args__ = (
        UniqueConstraint("company_id", "broker_id", "broker_company_id", name="uq_broker_tally_broker"),
        Index("ix_broker_tally_broker_company", "broker_company_id", "id"),
        Index("ix_broker_tally_of_broker", "broker_id", "id"),
    )
    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    company_id: Mapped[int] = mapped_column(ForeignKey("company.id"), nullable=False)
    broker_id: Mapped[int] = mapped_column(ForeignKey("broker.id"), nullable=False)
    broker_company_id: Mapped[int] = mapped_column(ForeignKey("broker_company.id"), nullable=False)
    entered: Mapped[int] = mapped_column(Integer, nullable=False, default=0)
    reported: Mapped[int] = mapped_column(Integer, nullable=False, default=0)
    bound: Mapped[int] = mapped_column(Integer, nullable=False, default=0)
    closed: Mapped[int] = mapped_column(Integer, nullable=False, default=0)

    broker: Mapped[Broker] = relationship()
    broker_company: Mapped[BrokerCompany] = relationship()


def update_totals(*moves: tuple[Referral, int]) -> None:
    """Update the totals to each referral's stage; the number is the stage before, 0 for a new one.

    Rows are locked in one order of brokers, last in an operation, so that no deadlock arises.
    """
    for referral, before in sorted(moves, key=lambda move: (move[0].broker_id, move[0].id)):
        changed = _between(before, referral.furthest_stage)
        if changed:
            _add(referral, changed)


def _between(before: int, after: int) -> dict[str, int]:
    """Return 1 for each stage reached now and not before, -1 for each one lost."""
    low, high = sorted((before, after))
    sign = 1 if after > before else -1
    return {state: sign for stage, state in enumerate(FUNNEL, start=1) if low < stage <= high}


def _add(referral: Referral, changed: dict[str, int]) -> None:
    table = BrokerTotals.__table__.c
    values = {
        "company_id": referral.company_id,
        "broker_id": referral.broker_id,
        "broker_company_id": referral.broker_company_id,
        **{state: changed.get(state, 0) for state in FUNNEL},
    }
    changes = {state: table[state] + amount for state, amount in changed.items()}
    unique = ("company_id", "broker_id", "broker_company_id")
    db.session.execute(upsert(BrokerTotals, values, unique=unique, changes=changes))
