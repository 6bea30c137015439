"""Tables of instalments and their receipts (CUST-16)."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal

from sqlalchemy import CheckConstraint, Date, ForeignKey, Index, Numeric, String, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.customers.shared.models import Customer
from app.deals.contracts.models import Contract
from app.kernel import clock
from app.kernel.database.columns import BigId, UtcDateTime, code_type
from app.kernel.database.session import Model
from app.org.shared.models import Account, Staff

_UNPAID = text("received < amount")
_PARTLY = text("received > 0 AND received < amount")
_UNREMINDED = text("received < amount AND reminder_id IS NULL")
_CORRECTION = text("corrects_id IS NOT NULL")


def _partial(name: str, *columns: str, where: object) -> Index:
    return Index(f"ix_payment_{name}", *columns, postgresql_where=where, sqlite_where=where)


class Payment(Model):
    """An instalment of a contract, in the contract's currency (CUST-16).

    ``received`` is the kept sum of its receipts.  ``reminder_id`` is the to-do about its due day.
    """

    __tablename__ = "payment"
    __audit__ = "payment"
    __guarded__ = True
    __table_args__ = (
        CheckConstraint("amount > 0", name="amount"),
        CheckConstraint("received BETWEEN 0 AND amount", name="received"),
        Index("ix_payment_created", "created_at", "id"),
        Index("ix_payment_due", "due_on", "id"),
        Index("ix_payment_amount", "amount", "id"),
        Index("ix_payment_contract", "contract_id", "due_on", "id"),
        Index("ix_payment_owner", "owner_id", "created_at", "id"),
        Index("ix_payment_customer", "customer_id", "created_at", "id"),
        _partial("unpaid", "due_on", "id", where=_UNPAID),
        _partial("unpaid_owner", "owner_id", "due_on", "id", where=_UNPAID),
        _partial("unpaid_customer", "customer_id", "due_on", where=_UNPAID),
        _partial("partly", "created_at", "id", where=_PARTLY),
        _partial("unreminded", "due_on", "id", where=_UNREMINDED),
        {"info": {"guarded": True}},
    )
    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    company_id: Mapped[int] = mapped_column(ForeignKey("company.id"), nullable=False)
    contract_id: Mapped[int] = mapped_column(ForeignKey("contract.id"), nullable=False)
    customer_id: Mapped[int] = mapped_column(ForeignKey("customer.id"), nullable=False)
    owner_id: Mapped[int] = mapped_column(ForeignKey("staff.id"), nullable=False)
    due_on: Mapped[date] = mapped_column(Date, nullable=False)
    amount: Mapped[Decimal] = mapped_column(Numeric(15, 2), nullable=False)
    received: Mapped[Decimal] = mapped_column(Numeric(15, 2), nullable=False, default=Decimal(0))
    reminder_id: Mapped[int | None] = mapped_column(BigId)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, nullable=False)
    created_by_id: Mapped[int] = mapped_column(ForeignKey("ab_user.id"), nullable=False)

    contract: Mapped[Contract] = relationship()
    customer: Mapped[Customer] = relationship()
    owner: Mapped[Staff] = relationship(foreign_keys=[owner_id])

    @property
    def name(self) -> str:
        """Its contract and due day, as pages name it."""
        return f"{self.contract.code} · {self.due_on.isoformat()}"

    @property
    def unpaid(self) -> Decimal:
        """What of it has not come in."""
        return self.amount - self.received

    @property
    def is_paid(self) -> bool:
        """True when all of it came in."""
        return self.received >= self.amount

    @property
    def is_partly_paid(self) -> bool:
        """True when something came in, and not all."""
        return 0 < self.received < self.amount

    @property
    def is_overdue(self) -> bool:
        """True from the day after its due day (Asia/Shanghai) until it is paid in full."""
        owed = self.contract.state in {"signed", "ended"}
        return owed and not self.is_paid and self.due_on < clock.today()

    @property
    def share_paid(self) -> Decimal:
        """The share that came in, in per cent, rounded down."""
        return self.received * 100 // self.amount

    @property
    def status(self) -> str:
        """What is to be known of it first; an overdue one may be partly paid too."""
        if self.is_paid:
            return "paid"
        if self.is_overdue:
            return "overdue"
        return "partly_paid" if self.received else "open"

    def note_receipts(self, received: Decimal) -> None:
        """Keep the sum of its receipts."""
        self.received = received

    def hand_over(self, owner: Staff) -> None:
        """Give it to another owner (CUST-32)."""
        self.owner, self.owner_id = owner, owner.id


class Receipt(Model):
    """Money that came in for an instalment (CUST-16), never edited nor deleted.

    A wrong one is corrected by a counter-entry, whose ``amount`` is negative and which names it in
    ``corrects_id``; it is corrected once, which the database decides.
    """

    __tablename__ = "receipt"
    __table_args__ = (
        CheckConstraint("amount <> 0", name="amount"),
        CheckConstraint("(amount < 0) = (corrects_id IS NOT NULL)", name="correction"),
        Index(
            "uq_receipt_corrects", "corrects_id", unique=True,
            postgresql_where=_CORRECTION, sqlite_where=_CORRECTION,
        ),
        Index("ix_receipt_payment", "payment_id", "created_at", "id"),
    )  # fmt: skip
    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    payment_id: Mapped[int] = mapped_column(ForeignKey("payment.id"), nullable=False)
    amount: Mapped[Decimal] = mapped_column(Numeric(15, 2), nullable=False)
    received_on: Mapped[date] = mapped_column(Date, nullable=False)
    method: Mapped[str] = mapped_column(code_type(), nullable=False)
    note: Mapped[str] = mapped_column(String(200), nullable=False, default="")
    corrects_id: Mapped[int | None] = mapped_column(ForeignKey("receipt.id"))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, nullable=False)
    created_by_id: Mapped[int] = mapped_column(ForeignKey("ab_user.id"), nullable=False)

    created_by: Mapped[Account] = relationship()
