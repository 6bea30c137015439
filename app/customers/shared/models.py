"""The customer and what decides who sees it: demand districts, team, follow-ups, pushes.

A state changes only through the methods here.
"""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal

from sqlalchemy import (
    Boolean,
    CheckConstraint,
    Date,
    ForeignKey,
    Index,
    Integer,
    Numeric,
    PrimaryKeyConstraint,
    String,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import Mapped, column_property, composite, mapped_column, relationship

from app.customers.labels.models import category_ids_of, tag_ids_of
from app.customers.shared import choices
from app.customers.shared.pool_entries import is_in_pool
from app.kernel.database.columns import BigId, UtcDateTime, code_type, one_of
from app.kernel.database.derived import searched_by
from app.kernel.database.session import Model
from app.kernel.fields.phones import PhoneNumber, phone_columns
from app.org.shared.models import Company, Department, District, Staff

_HAS_TAX_ID = text("tax_id IS NOT NULL")
_LINKED = text("link_code IS NOT NULL")
_PENDING = "handler_id IS NOT NULL"
_PRIVATE = "private_holder_id IS NOT NULL"


def _live_index(name: str, *columns: str, where: str = "", then: tuple[str, ...] = ()) -> Index:
    """Return an index for a list of customers, of live rows only.

    Pages are found and counted without reading the rows; the id makes the order unique. The index also stores
    ``then``, after the id.
    """
    condition = text(" AND ".join(part for part in (where, "deleted_at IS NULL") if part))
    return Index(
        f"ix_customer_{name}", *columns, "id", *then, postgresql_where=condition, sqlite_where=condition,
    )  # fmt: skip


class Customer(Model):
    """A customer, personal or platform, individual or enterprise: facets of one file (CUST-2 … CUST-5).

    Invariants, held by checks: a personal customer has an owner and no private holder; a platform customer
    has no owner; an off-shelf one is not private; a pending one has a handler.
    """

    __tablename__ = "customer"
    __audit__ = "customer"
    __files__ = "customer"
    __guarded__ = True
    __table_args__ = (
        one_of("pool", choices.POOL.codes),
        one_of("kind", choices.KIND.codes),
        one_of("follow_status", choices.FOLLOW_STATUS.codes),
        one_of("deal_status", choices.DEAL_STATUS.codes),
        one_of("stage", choices.STAGE.codes),
        one_of("grade", choices.GRADE.codes),
        CheckConstraint("(pool = 'personal') = (owner_id IS NOT NULL)", name="owner_of_personal"),
        CheckConstraint(
            "private_holder_id IS NULL OR (pool = 'platform' AND follow_status = 'following')",
            name="private_is_following_platform",
        ),
        CheckConstraint(
            "(follow_status = 'pending') = (handler_id IS NOT NULL)", name="handler_of_pending"
        ),
        UniqueConstraint("code"),
        Index(
            "uq_customer_tax_id", "tax_id", unique=True,
            postgresql_where=_HAS_TAX_ID, sqlite_where=_HAS_TAX_ID,
        ),
        _live_index("created", "created_at"),
        _live_index("owner_created", "owner_id", "created_at"),
        _live_index("owner_status", "owner_id", "follow_status", "created_at"),
        _live_index("department_created", "department_id", "created_at"),
        _live_index("platform", "department_id", "created_at", where="pool = 'platform'"),
        _live_index("status_created", "follow_status", "created_at"),
        _live_index("handler", "handler_id", "created_at", where=_PENDING, then=("pool",)),
        _live_index("holder", "private_holder_id", "created_at", where=_PRIVATE),
        _live_index("pending", "created_at", where=_PENDING, then=("handler_id", "pool")),
        _live_index("private", "created_at", where=_PRIVATE, then=("private_holder_id",)),
        _live_index("last4", "phone_last4", "created_at"),
        _live_index("followed", "last_follow_up_at"),
        _live_index("next_contact", "next_contact_at"),
        _live_index("owner_contact", "owner_id", "next_contact_at"),
        _live_index("department_contact", "department_id", "next_contact_at"),
        _live_index("grade", "grade", "created_at"),
        _live_index("cell", "follow_status", "grade"),
        _live_index("owner_cell", "owner_id", "follow_status", "grade", then=("pool",)),
        _live_index("department_cell", "department_id", "follow_status", "grade", then=("pool",)),
        _live_index(
            "figures", "deal_status", "grade", "stage", "level", "source", "industry", "owner_id",
            "department_id", "pool", then=("annual_revenue", "cooperation_years"),
        ),
        Index("ix_customer_phone", "phone_index"),
        Index("ix_customer_link", "link_code", "id", postgresql_where=_LINKED, sqlite_where=_LINKED),
        {"info": {"guarded": True}},
    )  # fmt: skip

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    company_id: Mapped[int] = mapped_column(ForeignKey("company.id"), nullable=False)
    code: Mapped[str] = mapped_column(String(32), nullable=False)
    pool: Mapped[str] = mapped_column(code_type(), nullable=False)
    kind: Mapped[str] = mapped_column(code_type(), nullable=False)
    follow_status: Mapped[str] = mapped_column(code_type(), nullable=False)
    version: Mapped[int] = mapped_column(Integer, nullable=False, default=1)

    name: Mapped[str] = mapped_column(String(120), nullable=False)
    short_name: Mapped[str | None] = mapped_column(String(60))
    name_search: Mapped[str] = searched_by("name", "short_name")
    phone: Mapped[PhoneNumber] = composite(PhoneNumber, *phone_columns())
    email: Mapped[str | None] = mapped_column(String(254))
    website: Mapped[str | None] = mapped_column(String(200))
    country: Mapped[str | None] = mapped_column(String(60))
    district_id: Mapped[int | None] = mapped_column(ForeignKey("district.id"))
    address: Mapped[str | None] = mapped_column(String(200))
    industry: Mapped[str | None] = mapped_column(code_type())
    company_size: Mapped[str | None] = mapped_column(code_type())
    founded_on: Mapped[date | None] = mapped_column(Date)
    source: Mapped[str | None] = mapped_column(code_type())
    remark: Mapped[str | None] = mapped_column(Text)
    enabled: Mapped[bool] = mapped_column(Boolean, nullable=False, default=True)
    tax_id: Mapped[str | None] = mapped_column(String(18))
    link_code: Mapped[str | None] = mapped_column(String(32))

    owner_id: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))
    department_id: Mapped[int] = mapped_column(ForeignKey("department.id"), nullable=False)
    handler_id: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))
    assigned_by_id: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))
    assigned_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    assigned_department_id: Mapped[int | None] = mapped_column(ForeignKey("department.id"))
    private_holder_id: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))
    private_department_id: Mapped[int | None] = mapped_column(ForeignKey("department.id"))
    privatized_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    last_shelved_by_id: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))
    last_shelved_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    last_shelved_department_id: Mapped[int | None] = mapped_column(ForeignKey("department.id"))
    last_unshelved_by_id: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))
    last_unshelved_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    last_unshelved_department_id: Mapped[int | None] = mapped_column(ForeignKey("department.id"))

    deal_status: Mapped[str] = mapped_column(code_type(), nullable=False, default="potential")
    stage: Mapped[str] = mapped_column(code_type(), nullable=False, default="lead")
    level: Mapped[str | None] = mapped_column(code_type())
    annual_revenue: Mapped[Decimal | None] = mapped_column(Numeric(15, 2))
    cooperation_years: Mapped[Decimal | None] = mapped_column(Numeric(5, 2))
    grade: Mapped[str] = mapped_column(code_type(1), nullable=False, default="D")
    last_follow_up_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    next_contact_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    demand_kind: Mapped[str | None] = mapped_column(code_type())
    price_min: Mapped[Decimal | None] = mapped_column(Numeric(15, 2))
    price_max: Mapped[Decimal | None] = mapped_column(Numeric(15, 2))
    area_min: Mapped[Decimal | None] = mapped_column(Numeric(10, 2))
    area_max: Mapped[Decimal | None] = mapped_column(Numeric(10, 2))
    rooms_min: Mapped[int | None] = mapped_column(Integer)
    rooms_max: Mapped[int | None] = mapped_column(Integer)
    needs: Mapped[str | None] = mapped_column(Text)

    created_at: Mapped[datetime] = mapped_column(UtcDateTime, nullable=False)
    created_by_id: Mapped[int] = mapped_column(ForeignKey("ab_user.id"), nullable=False)
    deleted_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    company: Mapped[Company] = relationship()
    owner: Mapped[Staff | None] = relationship(foreign_keys=[owner_id])
    handler: Mapped[Staff | None] = relationship(foreign_keys=[handler_id])
    private_holder: Mapped[Staff | None] = relationship(foreign_keys=[private_holder_id])
    department: Mapped[Department] = relationship(foreign_keys=[department_id])
    district: Mapped[District | None] = relationship()
    demand_districts: Mapped[list[District]] = relationship(
        secondary="customer_district", order_by=District.code
    )

    # Scalars of the same row: read with it where asked for (``queries.WHOLE``), else when first needed.
    _key = id  # noqa: A003 - the column above
    tag_ids: Mapped[str | None] = column_property(tag_ids_of(_key).scalar_subquery(), deferred=True)
    category_ids: Mapped[str | None] = column_property(category_ids_of(_key).scalar_subquery(), deferred=True)
    in_pool: Mapped[bool] = column_property(is_in_pool(_key), deferred=True)
    del _key

    def __repr__(self) -> str:
        return f"<Customer {self.code}>"

    @property
    def is_private(self) -> bool:
        """Tell whether it is a platform customer reserved for one agent."""
        return self.private_holder_id is not None

    def note_follow_up(self, moment: datetime, next_contact_at: datetime | None, *, by_handler: bool) -> None:
        """Record a follow-up; the handler's first one moves ``pending → following`` (POOL-15)."""
        self.last_follow_up_at = moment
        self.next_contact_at = next_contact_at
        if by_handler and self.follow_status == "pending":
            self.follow_status = "following"
            self.clear_assignment()

    def note_remark(self, moment: datetime) -> None:
        """Record a remark of shelving: among the follow-ups, but it starts no work (POOL-11, POOL-15)."""
        self.last_follow_up_at = moment

    def unshelve(
        self,
        *,
        by_id: int | None,
        department_id: int | None,
        moment: datetime,
        next_contact_at: datetime | None,
    ) -> None:
        """Take it off the shelf from any status; a private customer is released in the same step (POOL-8)."""
        self.publicize()
        self.clear_assignment()
        self.follow_status = "off_shelf"
        self.next_contact_at = next_contact_at
        self.last_unshelved_by_id, self.last_unshelved_at = by_id, moment
        self.last_unshelved_department_id = department_id

    def shelve(
        self, *, by_id: int | None, department_id: int | None, moment: datetime, handler: Staff | None
    ) -> None:
        """Put it back on the shelf: ``pending`` with a handler, else ``following`` (POOL-9 … POOL-11)."""
        self.last_shelved_by_id, self.last_shelved_at = by_id, moment
        self.last_shelved_department_id = department_id
        if handler is None:
            self.follow_status = "following"
        else:
            self.follow_status = "pending"
            self.assign_to(handler, by_id=by_id, department_id=department_id, moment=moment)

    def privatize(self, holder: Staff, moment: datetime) -> None:
        """Reserve it for one agent (POOL-12)."""
        self.private_holder, self.private_holder_id = holder, holder.id
        self.private_department_id, self.privatized_at = holder.department_id, moment

    def publicize(self) -> None:
        """Release it to all of its department (POOL-13)."""
        self.private_holder = self.private_holder_id = None
        self.private_department_id = self.privatized_at = None

    def assign_to(
        self, handler: Staff, *, by_id: int | None, department_id: int | None, moment: datetime
    ) -> None:
        """Set another handler of a pending customer, and the person who assigned them (POOL-14)."""
        self.handler, self.handler_id = handler, handler.id
        self.assigned_by_id, self.assigned_at = by_id, moment
        self.assigned_department_id = department_id

    def clear_assignment(self) -> None:
        """Clear handler and assigner when the customer leaves ``pending`` (POOL-15)."""
        self.handler_id = self.assigned_by_id = self.assigned_department_id = None
        self.handler = self.assigned_at = None

    def transfer_to(self, owner: Staff) -> None:
        """Set another owner and their department; the former owner's assignment ends."""
        self.owner, self.owner_id = owner, owner.id
        self.department, self.department_id = owner.department, owner.department_id
        if self.handler_id is not None:
            self.handler, self.handler_id = owner, owner.id

    def bump(self) -> None:
        """Increment the version (CUST-20)."""
        self.version += 1


class CustomerDistrict(Model):
    """A district of the customer's demand."""

    __tablename__ = "customer_district"
    __table_args__ = (
        PrimaryKeyConstraint("customer_id", "district_id"),
        Index("ix_customer_district_district", "district_id", "customer_id"),
    )
    customer_id: Mapped[int] = mapped_column(ForeignKey("customer.id", ondelete="CASCADE"))
    district_id: Mapped[int] = mapped_column(ForeignKey("district.id"))


class CustomerMember(Model):
    """A colleague on the customer's team, to read or to write (CUST-3)."""

    __tablename__ = "customer_member"
    __table_args__ = (
        PrimaryKeyConstraint("customer_id", "staff_id"),
        one_of("access", choices.MEMBER_ACCESS.codes),
        Index("ix_customer_member_staff", "staff_id", "customer_id"),
    )
    customer_id: Mapped[int] = mapped_column(ForeignKey("customer.id", ondelete="CASCADE"))
    staff_id: Mapped[int] = mapped_column(ForeignKey("staff.id"))
    access: Mapped[str] = mapped_column(code_type(), nullable=False)

    staff: Mapped[Staff] = relationship()


class FollowUp(Model):
    """One contact with a customer (POOL-18). ``counts`` is false for a remark of shelving."""

    __tablename__ = "follow_up"
    __audit__ = "follow_up"
    __files__ = "follow_up"
    __table_args__ = (
        one_of("method", choices.METHOD.codes),
        Index("ix_follow_up_customer", "customer_id", "created_at", "id"),
        Index("ix_follow_up_author", "author_id", "created_at", "id", "counts"),
        Index("ix_follow_up_day", "created_at", "author_id", "counts"),
    )
    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    customer_id: Mapped[int] = mapped_column(ForeignKey("customer.id", ondelete="CASCADE"), nullable=False)
    author_id: Mapped[int] = mapped_column(ForeignKey("staff.id"), nullable=False)
    content: Mapped[str] = mapped_column(Text, nullable=False)
    method: Mapped[str] = mapped_column(code_type(), nullable=False)
    next_contact_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    counts: Mapped[bool] = mapped_column(Boolean, nullable=False, default=True)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, nullable=False)

    author: Mapped[Staff] = relationship()


class Push(Model):
    """A customer offered to a colleague (POOL-16, POOL-17); the operations are in ``app/pool``.

    While it is ``accepted`` it makes its receiver a write member of the customer, without a row of the team.
    """

    __tablename__ = "push"
    __audit__ = "push"
    __table_args__ = (
        one_of("state", choices.PUSH_STATE.codes),
        Index(
            "uq_push_open", "customer_id", "receiver_id", unique=True,
            postgresql_where=text("state = 'pending'"), sqlite_where=text("state = 'pending'"),
        ),
        Index("ix_push_receiver", "receiver_id", "state", "customer_id"),
        Index("ix_push_inbox", "receiver_id", "created_at", "id"),
        Index("ix_push_outbox", "sender_id", "created_at", "id"),
        Index("ix_push_customer", "customer_id", "created_at", "id"),
    )  # fmt: skip
    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    customer_id: Mapped[int] = mapped_column(ForeignKey("customer.id", ondelete="CASCADE"), nullable=False)
    sender_id: Mapped[int] = mapped_column(ForeignKey("staff.id"), nullable=False)
    sender_department_id: Mapped[int] = mapped_column(ForeignKey("department.id"), nullable=False)
    receiver_id: Mapped[int] = mapped_column(ForeignKey("staff.id"), nullable=False)
    receiver_department_id: Mapped[int] = mapped_column(ForeignKey("department.id"), nullable=False)
    state: Mapped[str] = mapped_column(code_type(), nullable=False, default="pending")
    remark: Mapped[str | None] = mapped_column(Text)
    answer: Mapped[str | None] = mapped_column(Text)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, nullable=False)
    decided_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    customer: Mapped[Customer] = relationship()
    sender: Mapped[Staff] = relationship(foreign_keys=[sender_id])
    sender_department: Mapped[Department] = relationship(foreign_keys=[sender_department_id])
    receiver: Mapped[Staff] = relationship(foreign_keys=[receiver_id])
    receiver_department: Mapped[Department] = relationship(foreign_keys=[receiver_department_id])

    def decide(self, state: str, moment: datetime, answer: str | None) -> None:
        """Accept or reject as the receiver, or withdraw as the sender (POOL-17)."""
        self.state, self.decided_at, self.answer = state, moment, answer

    def end(self, moment: datetime) -> None:
        """End an accepted push, and with it the receiver's membership; the answer is kept (POOL-17)."""
        self.state, self.ended_at = "ended", moment
