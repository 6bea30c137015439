"""The tables of matching: what became of each pair, and what a customer insists on (LST-3)."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.customers.shared.models import Customer
from app.kernel.database.columns import BigId, Codes, CodeSet, UtcDateTime, code_type, one_of
from app.kernel.database.session import Model
from app.listings.homes.models import Listing
from app.listings.matching.choices import INTEREST, OPEN, REFUSED
from app.org.shared.models import Account

REASON_LENGTH = 200


class ListingInterest(Model):
    """What became of a listing for a customer: the memory of the pair (LST-3).

    A refused one stays out of later matches until that is taken back; the reason is the customer's.
    """

    __tablename__ = "listing_interest"
    __audit__ = "listing_interest"
    __guarded__ = True
    __table_args__ = (
        one_of("state", INTEREST.codes),
        CheckConstraint("reason IS NULL OR state = 'refused'", name="reason_of_refused"),
        Index("uq_listing_interest_pair", "customer_id", "listing_id", unique=True),
        Index("ix_listing_interest_customer", "customer_id", "created_at", "id"),
        Index("ix_listing_interest_listing", "listing_id", "state", "customer_id"),
        {"info": {"guarded": True}},
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    company_id: Mapped[int] = mapped_column(ForeignKey("company.id"), nullable=False)
    customer_id: Mapped[int] = mapped_column(ForeignKey("customer.id"), nullable=False)
    listing_id: Mapped[int] = mapped_column(ForeignKey("listing.id"), nullable=False)
    state: Mapped[str] = mapped_column(code_type(), nullable=False, default=OPEN)
    reason: Mapped[str | None] = mapped_column(String(REASON_LENGTH))
    changed_by_id: Mapped[int] = mapped_column(ForeignKey("ab_user.id"), nullable=False)
    changed_at: Mapped[datetime] = mapped_column(UtcDateTime, nullable=False)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, nullable=False)

    customer: Mapped[Customer] = relationship()
    listing: Mapped[Listing] = relationship()
    changed_by: Mapped[Account] = relationship()

    def judge(self, state: str, reason: str | None, account_id: int, moment: datetime) -> None:
        """Keep what the customer thinks of the listing; a reason belongs to a refusal alone."""
        self.state, self.reason = state, reason if state == REFUSED else None
        self.changed_by_id, self.changed_at = account_id, moment


class MatchPreference(Model):
    """The conditions that a customer insists on; without a row, the usual ones (LST-3)."""

    __tablename__ = "match_preference"
    __audit__ = "match_preference"
    __table_args__ = (Index("uq_match_preference_customer", "customer_id", unique=True),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    customer_id: Mapped[int] = mapped_column(ForeignKey("customer.id"), nullable=False)
    musts: Mapped[Codes | None] = mapped_column(CodeSet(60))
