"""The table of contracts (CUST-16)."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal

from sqlalchemy import CheckConstraint, Date, ForeignKey, Index, Integer, Numeric, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.customers.shared.models import Customer
from app.deals.contracts import choices
from app.kernel import clock
from app.kernel.database.columns import BigId, UtcDateTime, code_type, one_of
from app.kernel.database.derived import searched_by
from app.kernel.database.session import Model
from app.org.shared.models import Staff

_SIGNED = text("state = 'signed'")
_OPEN = text("state IN ('draft', 'signed')")
_OWED = text("next_due_on IS NOT NULL AND state IN ('signed', 'ended')")
_PARTLY = text("received > 0 AND received < amount")
_UNREMINDED = text("state = 'signed' AND reminder_id IS NULL AND ends_on IS NOT NULL")


def _partial(name: str, *columns: str, where: object) -> Index:
    return Index(f"ix_contract_{name}", *columns, postgresql_where=where, sqlite_where=where)


class Contract(Model):
    """A contract with a customer (CUST-16); it is *in force* while signed and today is within its dates.

    ``planned``, ``received`` and ``next_due_on`` are kept sums of its instalments: what they come to, what
    came in, and the first due day of those not paid in full.  ``customer_name`` is kept when the customer's
    file is erased (CUST-22).  ``reminder_id`` is the to-do about its end.
    """

    __tablename__ = "contract"
    __audit__ = "contract"
    __guarded__ = True
    __table_args__ = (
        one_of("state", choices.CONTRACT_STATE.codes),
        CheckConstraint("amount >= 0", name="amount"),
        CheckConstraint("planned BETWEEN 0 AND amount", name="planned"),
        CheckConstraint("received BETWEEN 0 AND planned", name="received"),
        CheckConstraint("ends_on IS NULL OR starts_on IS NULL OR starts_on <= ends_on", name="dates"),
        CheckConstraint("state NOT IN ('signed', 'ended') OR signed_at IS NOT NULL", name="signed"),
        CheckConstraint("(state = 'voided') = (voided_at IS NOT NULL)", name="voided"),
        Index("uq_contract_code", "code", unique=True),
        Index("ix_contract_created", "created_at", "id"),
        Index("ix_contract_owner", "owner_id", "created_at", "id"),
        Index("ix_contract_customer", "customer_id", "created_at", "id"),
        Index("ix_contract_state", "state", "created_at", "id"),
        Index("ix_contract_currency", "currency", "created_at", "id"),
        Index("ix_contract_amount", "amount", "id"),
        Index("ix_contract_ends", "ends_on", "id"),
        Index("ix_contract_company_path", "company_path_id", "created_at", "id"),
        Index("ix_contract_quote", "quote_id"),
        _partial("open", "customer_id", where=_OPEN),
        _partial("exposure", "customer_id", "currency", "amount", "received", where=_SIGNED),
        _partial("owed", "next_due_on", "id", where=_OWED),
        _partial("partly", "created_at", "id", where=_PARTLY),
        _partial("unreminded", "ends_on", "id", where=_UNREMINDED),
        {"info": {"guarded": True}},
    )
    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    company_id: Mapped[int] = mapped_column(ForeignKey("company.id"), nullable=False)
    code: Mapped[str] = mapped_column(String(32), nullable=False)
    customer_id: Mapped[int] = mapped_column(ForeignKey("customer.id"), nullable=False)
    customer_name: Mapped[str | None] = mapped_column(String(120))
    owner_id: Mapped[int] = mapped_column(ForeignKey("staff.id"), nullable=False)
    state: Mapped[str] = mapped_column(code_type(), nullable=False, default="draft")
    title: Mapped[str] = mapped_column(String(120), nullable=False)
    title_search: Mapped[str] = searched_by("title")
    amount: Mapped[Decimal] = mapped_column(Numeric(15, 2), nullable=False)
    currency: Mapped[str] = mapped_column(String(3), nullable=False)
    starts_on: Mapped[date | None] = mapped_column(Date)
    ends_on: Mapped[date | None] = mapped_column(Date)
    quote_id: Mapped[int | None] = mapped_column(BigId)
    company_path_id: Mapped[int | None] = mapped_column(BigId)
    planned: Mapped[Decimal] = mapped_column(Numeric(15, 2), nullable=False, default=Decimal(0))
    received: Mapped[Decimal] = mapped_column(Numeric(15, 2), nullable=False, default=Decimal(0))
    next_due_on: Mapped[date | None] = mapped_column(Date)
    reminder_id: Mapped[int | None] = mapped_column(BigId)
    version: Mapped[int] = mapped_column(Integer, nullable=False, default=1)
    signed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    voided_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    reason: Mapped[str] = mapped_column(Text, nullable=False, default="")
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, nullable=False)
    created_by_id: Mapped[int] = mapped_column(ForeignKey("ab_user.id"), nullable=False)

    customer: Mapped[Customer] = relationship()
    owner: Mapped[Staff] = relationship(foreign_keys=[owner_id])

    @property
    def name(self) -> str:
        """Its title and number, as pages name it."""
        return f"{self.title} · {self.code}"

    @property
    def unpaid(self) -> Decimal:
        """What of its amount has not come in."""
        return self.amount - self.received

    @property
    def share_paid(self) -> Decimal:
        """The share that came in, in per cent, rounded down."""
        return Decimal(100) if not self.amount else self.received * 100 // self.amount

    @property
    def exposure(self) -> Decimal:
        """What it adds to the customer's exposure: what is signed and unpaid (CUST-18)."""
        return self.unpaid if self.state == "signed" else Decimal(0)

    @property
    def is_in_force(self) -> bool:
        """True while it is signed and today (Asia/Shanghai) is within its dates."""
        today = clock.today()
        begun = self.starts_on is None or self.starts_on <= today
        return self.state == "signed" and begun and (self.ends_on is None or today <= self.ends_on)

    @property
    def is_partly_paid(self) -> bool:
        """True when something came in, and not all."""
        return 0 < self.received < self.amount

    @property
    def is_overdue(self) -> bool:
        """True from the day after an instalment was due that is not paid in full."""
        owed = self.state in {"signed", "ended"}
        return owed and self.next_due_on is not None and self.next_due_on < clock.today()

    def sign(self, moment: datetime) -> None:
        """``draft → signed``."""
        self.state, self.signed_at = "signed", moment

    def end(self, moment: datetime, reason: str) -> None:
        """``signed → ended``."""
        self.state, self.ended_at, self.reason = "ended", moment, reason

    def reopen(self) -> None:
        """``ended → signed``."""
        self.state, self.ended_at, self.reason = "signed", None, ""

    def void(self, moment: datetime, reason: str) -> None:
        """``draft, signed → voided``: it counts as never made."""
        self.state, self.voided_at, self.reason = "voided", moment, reason

    def note_payments(self, *, planned: Decimal, received: Decimal, next_due_on: date | None) -> None:
        """Keep the sums of its instalments."""
        self.planned, self.received, self.next_due_on = planned, received, next_due_on

    def hand_over(self, owner: Staff) -> None:
        """Give it to another owner (CUST-32)."""
        self.owner, self.owner_id = owner, owner.id

    def bump(self) -> None:
        """Increment the version."""
        self.version += 1
