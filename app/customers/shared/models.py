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
    column,
    false,
    func,
    select,
    table,
)
from sqlalchemy.orm import Mapped, column_property, composite, mapped_column, relationship

from app.customers.labels.models import category_ids_of, tag_ids_of
from app.customers.shared import choices
from app.customers.shared.indexes import INDEXES
from app.kernel.database.columns import BigId, Codes, CodeSet, UtcDateTime, code_type, one_of
from app.kernel.database.derived import searched_by
from app.kernel.database.session import Model
from app.kernel.fields.birthdays import Birthday, birthday_columns
from app.kernel.fields.phones import PhoneNumber, phone_columns
from app.org.shared.models import Company, Department, District, Staff

CONTACT = table("contact", column("customer_id")).c  # of a subject above this one
_PHONE = frozenset({"phone_cipher", "phone_index", "phone_masked", "phone_last4"})


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
        *INDEXES,
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
    birthday: Mapped[Birthday] = composite(Birthday, *birthday_columns())
    birthday_noted_on: Mapped[date | None] = mapped_column(Date)
    tax_id: Mapped[str | None] = mapped_column(String(18))
    business_types: Mapped[Codes | None] = mapped_column(CodeSet(200))
    transport_mode: Mapped[str | None] = mapped_column(code_type())
    price_terms: Mapped[str | None] = mapped_column(code_type())
    invoice_title: Mapped[str | None] = mapped_column(String(120))
    tax_rate: Mapped[Decimal | None] = mapped_column(Numeric(5, 2))
    payment_terms: Mapped[str | None] = mapped_column(String(200))
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
    idle_since: Mapped[datetime | None] = mapped_column(UtcDateTime)
    pooled_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    demand_kind: Mapped[str | None] = mapped_column(code_type())
    price_min: Mapped[Decimal | None] = mapped_column(Numeric(15, 2))
    price_max: Mapped[Decimal | None] = mapped_column(Numeric(15, 2))
    area_min: Mapped[Decimal | None] = mapped_column(Numeric(10, 2))
    area_max: Mapped[Decimal | None] = mapped_column(Numeric(10, 2))
    rooms_min: Mapped[int | None] = mapped_column(Integer)
    rooms_max: Mapped[int | None] = mapped_column(Integer)
    needs: Mapped[str | None] = mapped_column(Text)
    credit_enabled: Mapped[bool] = mapped_column(
        Boolean, nullable=False, default=False, server_default=false()
    )
    payment_days: Mapped[int | None] = mapped_column(Integer)
    sinosure_insured: Mapped[bool] = mapped_column(
        Boolean, nullable=False, default=False, server_default=false()
    )

    created_at: Mapped[datetime] = mapped_column(UtcDateTime, nullable=False)
    created_by_id: Mapped[int] = mapped_column(ForeignKey("ab_user.id"), nullable=False)
    deleted_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    merged_into_id: Mapped[int | None] = mapped_column(ForeignKey("customer.id"))

    company: Mapped[Company] = relationship()
    owner: Mapped[Staff | None] = relationship(foreign_keys=[owner_id])
    handler: Mapped[Staff | None] = relationship(foreign_keys=[handler_id])
    private_holder: Mapped[Staff | None] = relationship(foreign_keys=[private_holder_id])
    department: Mapped[Department] = relationship(foreign_keys=[department_id])
    district: Mapped[District | None] = relationship()
    demand_districts: Mapped[list[District]] = relationship(
        secondary="customer_district", order_by=District.code
    )
    contact_count: Mapped[int] = column_property(
        select(func.count()).where(CONTACT.customer_id == id).scalar_subquery(),  # noqa: A003 - the column
        deferred=True,
    )

    # Scalars of the same row: read with it where asked for (``queries.WHOLE``), else when first needed.
    _key = id  # noqa: A003 - the column above
    tag_ids: Mapped[str | None] = column_property(
        tag_ids_of(_key).scalar_subquery(), deferred=True, group="labels"
    )
    category_ids: Mapped[str | None] = column_property(
        category_ids_of(_key).scalar_subquery(), deferred=True, group="labels"
    )
    del _key

    def __repr__(self) -> str:
        return f"<Customer {self.code}>"

    @property
    def is_private(self) -> bool:
        """Tell whether it is a platform customer reserved for one agent."""
        return self.private_holder_id is not None

    def note_follow_up(self, moment: datetime, next_contact_at: datetime | None, *, by_handler: bool) -> None:
        """Record a follow-up; the handler's first one moves ``pending → following`` (POOL-15)."""
        self.last_follow_up_at = self.idle_since = moment
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
        self.leave_public_pool()
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
        self.idle_since = moment
        if handler is None:
            self.follow_status = "following"
        else:
            self.follow_status = "pending"
            self.assign_to(handler, by_id=by_id, department_id=department_id, moment=moment)

    def privatize(self, holder: Staff, moment: datetime) -> None:
        """Reserve it for one agent (POOL-12)."""
        self.leave_public_pool()
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

    def transfer_to(self, owner: Staff, moment: datetime) -> None:
        """Set another owner and their department; the former owner's assignment ends."""
        self.owner, self.owner_id = owner, owner.id
        self.department, self.department_id = owner.department, owner.department_id
        self.idle_since = moment
        if self.handler_id is not None:
            self.handler, self.handler_id = owner, owner.id

    def recycle(self, department: Department, moment: datetime) -> None:
        """Move a personal customer into the public pool of a department (POOL-19)."""
        self.pool, self.follow_status = "platform", "following"
        self.owner = self.owner_id = None
        self.department, self.department_id = department, department.id
        self.clear_assignment()
        self.enter_public_pool(moment)

    def enter_public_pool(self, moment: datetime) -> None:
        """Let colleagues claim a platform customer (POOL-2, POOL-19)."""
        self.pooled_at = moment

    def leave_public_pool(self) -> None:
        """End the customer's time in the public pool."""
        self.pooled_at = None

    def claim(self, owner: Staff, moment: datetime) -> None:
        """Make a platform customer the personal one of an owner (POOL-20)."""
        self.leave_public_pool()
        self.pool = "personal"
        self.transfer_to(owner, moment)

    def merge_into(self, survivor: Customer, moment: datetime) -> None:
        """Become part of another file (CUST-9): no list has it any more, its code leads on to the survivor,
        and its tax id is free for it.
        """
        self.merged_into_id, self.deleted_at = survivor.id, moment
        self.tax_id = None
        self.bump()

    def come_back(self, tax_id: str | None) -> None:
        """Be a file of its own again, as before it was merged."""
        self.merged_into_id = self.deleted_at = None
        self.tax_id = tax_id
        self.bump()

    def win(self) -> None:
        """Note that a contract was signed (CUST-16): ``won``; a lead becomes an ordinary customer.

        Until requests exist the stage changes by this rule alone (CUST-19).
        """
        self.deal_status = "won"
        if self.stage == "lead":
            self.stage = "ordinary"

    def move_to_stage(self, stage: str) -> None:
        """Move it to another stage of its life, by an approved request (CUST-19)."""
        self.stage = stage

    def set_credit(self, *, enabled: bool) -> None:
        """Let signings be checked against limits, or not (CUST-18)."""
        self.credit_enabled = enabled

    def take_back(self, moment: datetime) -> None:
        """Take it out of the file as if it had never been entered: the import that made it was undone
        (CUST-26). Its number, tax id and code are free again; the id stays, as the log names it.
        """
        for one in self.__table__.columns:
            if one.nullable and not one.foreign_keys and one.name not in _PHONE:
                setattr(self, one.name, None)
        self.name, self.code, self.phone = "", f"~{self.id}", PhoneNumber(None, None, None, None)
        self.deleted_at = moment

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
