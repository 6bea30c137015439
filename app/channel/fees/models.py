"""Tables of viewing fees (CH-25)."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal

from sqlalchemy import CheckConstraint, ForeignKey, Index, Numeric, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.channel.brokers.models import Broker
from app.channel.companies.models import BrokerCompany
from app.channel.referrals.models import Referral
from app.kernel.database.columns import BigId, UtcDateTime
from app.kernel.database.session import Model
from app.org.shared.models import Account

_VALID = text("voided_at IS NULL")


class ViewingFee(Model):
    """Money paid to a broker for bringing a customer (CH-25), in yuan; its screenshot is its file.

    Never edited: a wrong one is voided. ``token`` identifies one submission, so that a double click pays
    once. The company is the broker's of that day (CH-5).
    """

    __tablename__ = "viewing_fee"
    __audit__ = "viewing_fee"
    __files__ = "viewing_fee"
    __guarded__ = True
    __table_args__ = (
        CheckConstraint("amount > 0", name="amount"),
        CheckConstraint("(voided_at IS NULL) = (voided_by_id IS NULL)", name="voided_by_somebody"),
        Index("uq_viewing_fee_token", "token", unique=True, postgresql_where=_VALID, sqlite_where=_VALID),
        Index("ix_viewing_fee_created", "company_id", "created_at", "id"),
        Index("ix_viewing_fee_referral", "referral_id", "created_at", "id"),
        Index("ix_viewing_fee_broker", "broker_id", "created_at", "id"),
        Index("ix_viewing_fee_broker_company", "broker_company_id", "created_at", "id"),
        Index("ix_viewing_fee_amount", "company_id", "amount", "id"),
        {"info": {"guarded": True}},
    )
    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    company_id: Mapped[int] = mapped_column(ForeignKey("company.id"), nullable=False)
    project_id: Mapped[int] = mapped_column(ForeignKey("project.id"), nullable=False)
    referral_id: Mapped[int] = mapped_column(ForeignKey("referral.id"), nullable=False)
    broker_id: Mapped[int] = mapped_column(ForeignKey("broker.id"), nullable=False)
    broker_company_id: Mapped[int] = mapped_column(ForeignKey("broker_company.id"), nullable=False)
    amount: Mapped[Decimal] = mapped_column(Numeric(12, 2), nullable=False)
    token: Mapped[str] = mapped_column(String(64), nullable=False)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, nullable=False)
    created_by_id: Mapped[int] = mapped_column(ForeignKey("ab_user.id"), nullable=False)
    voided_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    voided_by_id: Mapped[int | None] = mapped_column(ForeignKey("ab_user.id"))
    void_reason: Mapped[str] = mapped_column(Text, nullable=False, default="")

    referral: Mapped[Referral] = relationship()
    broker: Mapped[Broker] = relationship()
    broker_company: Mapped[BrokerCompany] = relationship()
    created_by: Mapped[Account] = relationship(foreign_keys=[created_by_id])

    @property
    def is_void(self) -> bool:
        """Tell whether the fee is voided and no longer counts."""
        return self.voided_at is not None

    def void(self, reason: str, by_id: int, moment: datetime) -> None:
        """Void the fee; the row stays (CH-29)."""
        self.void_reason, self.voided_by_id, self.voided_at = reason, by_id, moment
