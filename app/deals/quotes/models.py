"""The tables of quotes and their lines (CUST-16)."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal

from sqlalchemy import CheckConstraint, Date, ForeignKey, Index, Integer, Numeric, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.deals.quotes.choices import ACCEPTED, DRAFT, OPEN_STATUSES, REFUSED, SENT, STATUS
from app.deals.shared.currencies import CODE_LENGTH, DEFAULT
from app.deals.shared.models import BusinessRecord, record_indexes
from app.deals.shared.money import Amounts, amounts_of_line
from app.kernel.database.columns import BigId, UtcDateTime, code_type, one_of
from app.kernel.database.session import Model

ITEM_LENGTH = 200


class Quote(BusinessRecord):
    """An offer to a customer. With lines its amounts are theirs; without, one sum that somebody typed.

    ``net`` and ``tax`` together are the ``amount``, each with two decimals in the currency. Only a draft is
    edited; ``answer`` is what the customer said.
    """

    __tablename__ = "quote"
    __audit__ = "quote"
    __table_args__ = (
        one_of("status", STATUS.codes),
        CheckConstraint("net >= 0 AND tax >= 0", name="amount"),
        CheckConstraint("(status IN ('accepted', 'refused')) = (answered_at IS NOT NULL)", name="answered"),
        *record_indexes("quote", ("amount",), ("valid_until",), ("currency", "created_at")),
        Index("uq_quote_code", "code", unique=True),
        {"info": {"guarded": True}},
    )

    code: Mapped[str] = mapped_column(String(32), nullable=False)
    currency: Mapped[str] = mapped_column(String(CODE_LENGTH), nullable=False, default=DEFAULT)
    net: Mapped[Decimal] = mapped_column(Numeric(15, 2), nullable=False)
    tax: Mapped[Decimal] = mapped_column(Numeric(15, 2), nullable=False)
    amount: Mapped[Decimal] = mapped_column(Numeric(15, 2), nullable=False)
    status: Mapped[str] = mapped_column(code_type(), nullable=False, default=DRAFT)
    valid_until: Mapped[date | None] = mapped_column(Date)
    remark: Mapped[str | None] = mapped_column(Text)
    sent_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    answered_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    answer: Mapped[str | None] = mapped_column(String(200))

    lines: Mapped[list[QuoteLine]] = relationship(
        cascade="all, delete-orphan", order_by="QuoteLine.place", passive_deletes=True
    )

    @property
    def is_open(self) -> bool:
        """Tell whether the customer has not answered yet."""
        return self.status in OPEN_STATUSES

    @property
    def is_draft(self) -> bool:
        """Tell whether it may still be edited."""
        return self.status == DRAFT

    def set_amounts(self, amounts: Amounts) -> None:
        """Take over amounts of lines, or a sum without lines."""
        self.net, self.tax, self.amount = amounts.net, amounts.tax, amounts.total

    def send(self, moment: datetime) -> None:
        """Mark a draft as sent to the customer."""
        self.status, self.sent_at = SENT, moment

    def accept(self, answer: str | None, moment: datetime) -> None:
        """Mark it as accepted by the customer."""
        self.status, self.answer, self.answered_at = ACCEPTED, answer, moment

    def refuse(self, answer: str | None, moment: datetime) -> None:
        """Mark it as refused by the customer."""
        self.status, self.answer, self.answered_at = REFUSED, answer, moment

    def reopen(self) -> None:
        """Make it a draft again."""
        self.status, self.sent_at, self.answered_at, self.answer = DRAFT, None, None, None


class QuoteLine(Model):
    """A line of a quote: a ``quantity`` at a ``price`` each, ``discount`` and ``tax`` in per cent."""

    __tablename__ = "quote_line"
    __table_args__ = (
        CheckConstraint("quantity > 0", name="quantity"),
        CheckConstraint("price >= 0", name="price"),
        CheckConstraint("discount BETWEEN 0 AND 100", name="discount"),
        CheckConstraint("tax BETWEEN 0 AND 100", name="tax"),
        Index("uq_quote_line_place", "quote_id", "place", unique=True),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    quote_id: Mapped[int] = mapped_column(ForeignKey("quote.id", ondelete="CASCADE"), nullable=False)
    place: Mapped[int] = mapped_column(Integer, nullable=False)
    item: Mapped[str] = mapped_column(String(ITEM_LENGTH), nullable=False)
    quantity: Mapped[Decimal] = mapped_column(Numeric(15, 4), nullable=False)
    price: Mapped[Decimal] = mapped_column(Numeric(17, 4), nullable=False)
    discount: Mapped[Decimal] = mapped_column(Numeric(5, 2), nullable=False)
    tax: Mapped[Decimal] = mapped_column(Numeric(5, 2), nullable=False)

    @property
    def amounts(self) -> Amounts:
        """Return what the line comes to."""
        return amounts_of_line(self)
