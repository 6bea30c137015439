"""Referrals, bindings and the keys that keep them unique (CH-7 … CH-14, CH-17, CH-23, CH-24).

Only the first three and the last four digits of a customer's numbers are known and stored, no full number.
"""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from sqlalchemy import (
    CheckConstraint,
    Date,
    ForeignKey,
    Index,
    Integer,
    Numeric,
    PrimaryKeyConstraint,
    SmallInteger,
    String,
    Text,
    UniqueConstraint,
    and_,
    case,
    delete,
    or_,
    text,
    update,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.channel.brokers.models import Broker
from app.channel.companies.models import BrokerCompany
from app.channel.projects.models import Project
from app.channel.referrals import choices
from app.channel.shared.identity import Fragment
from app.customers.shared.models import Customer
from app.kernel import clock
from app.kernel.database.columns import BigId, UtcDateTime, code_type, one_of, prefixes
from app.kernel.database.session import Model
from app.org.shared.models import Staff

if TYPE_CHECKING:
    from collections.abc import Collection

    from sqlalchemy import ColumnElement, Delete, Update


ENTERED, REPORTED, BOUND, CLOSED = range(1, len(choices.FUNNEL) + 1)
_BY_STATE = {"entered": ENTERED, "reported": REPORTED, "bound": BOUND, "expired": BOUND, "closed": CLOSED}


def _list_index(name: str, *columns: str, where: str = "") -> Index:
    """Return an index for a list of referrals, newest first; the id makes the order unique."""
    condition = text(where) if where else None
    return Index(
        f"ix_referral_{name}", *columns, "created_at", "id",
        postgresql_where=condition, sqlite_where=condition,
        postgresql_ops=prefixes("name_key") if "name_key" in columns else {},
    )  # fmt: skip


class Referral(Model):
    """A broker's claim to have brought a customer to a project (报备客户).

    ``broker_company_id`` is the broker's company on the day of entry (CH-5). ``consultant_id`` is the
    preferred consultant, ``assigned_consultant_id`` the one of the latest scan (CH-13). ``bound_at`` and
    ``expires_at`` are the last protection period. ``furthest_stage`` is 1 for entered … 4 for closed; the
    ranking counts it (CH-26).
    """

    __tablename__ = "referral"
    __audit__ = "referral"
    __guarded__ = True
    __table_args__ = (
        one_of("state", choices.REFERRAL_STATE.codes),
        CheckConstraint("reached BETWEEN 1 AND 4", name="reached"),
        CheckConstraint("(state = 'closed') = (closed_on IS NOT NULL)", name="closed_has_a_day"),
        CheckConstraint("(state = 'closed') = (closed_from IS NOT NULL)", name="closed_knows_whence"),
        CheckConstraint(
            "state <> 'bound' OR (bound_at IS NOT NULL AND expires_at IS NOT NULL)", name="bound_has_a_period"
        ),
        CheckConstraint("(qr_token IS NULL) = (reported_at IS NULL)", name="reported_has_a_code"),
        CheckConstraint("(phone2_prefix IS NULL) = (phone2_tail IS NULL)", name="second_phone_whole"),
        _list_index("created", "company_id"),
        _list_index("state", "company_id", "state"),
        _list_index("reached", "company_id", "reached"),
        _list_index("name", "company_id", "name_key"),
        _list_index("project", "project_id"),
        _list_index("broker", "broker_id"),
        _list_index("broker_state", "broker_id", "state"),
        _list_index("entered_by", "entered_by_id", where="entered_by_id <> broker_id"),
        _list_index("broker_company", "broker_company_id"),
        _list_index("assigned", "assigned_consultant_id", where="assigned_consultant_id IS NOT NULL"),
        _list_index("designated", "consultant_id", where="consultant_id IS NOT NULL"),
        Index(
            "ix_referral_ranking",
            "company_id", "created_at", "broker_id", "broker_company_id", "reached",
        ),
        Index(
            "ix_referral_due", "expires_at", "id",
            postgresql_where=text("state = 'bound'"), sqlite_where=text("state = 'bound'"),
        ),
        Index(
            "ix_referral_customer", "customer_id", "id",
            postgresql_where=text("customer_id IS NOT NULL"), sqlite_where=text("customer_id IS NOT NULL"),
        ),
        {"info": {"guarded": True}},
    )  # fmt: skip

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    company_id: Mapped[int] = mapped_column(ForeignKey("company.id"), nullable=False)
    project_id: Mapped[int] = mapped_column(ForeignKey("project.id"), nullable=False)
    code: Mapped[str] = mapped_column(String(32), nullable=False, unique=True)
    broker_id: Mapped[int] = mapped_column(ForeignKey("broker.id"), nullable=False)
    broker_company_id: Mapped[int] = mapped_column(ForeignKey("broker_company.id"), nullable=False)
    entered_by_id: Mapped[int] = mapped_column(ForeignKey("ab_user.id"), nullable=False)
    family_name: Mapped[str] = mapped_column(String(60), nullable=False)
    given_name: Mapped[str] = mapped_column(String(60), nullable=False)
    name: Mapped[str] = mapped_column(String(121), nullable=False)
    name_key: Mapped[str] = mapped_column(String(240), nullable=False)
    phone1_prefix: Mapped[str] = mapped_column(String(3), nullable=False)
    phone1_tail: Mapped[str] = mapped_column(String(4), nullable=False)
    phone2_prefix: Mapped[str | None] = mapped_column(String(3))
    phone2_tail: Mapped[str | None] = mapped_column(String(4))
    expected_visit_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    shop_category: Mapped[str | None] = mapped_column(code_type())
    customer_type: Mapped[str | None] = mapped_column(code_type())
    needs: Mapped[str | None] = mapped_column(Text)
    consultant_id: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))
    assigned_consultant_id: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))

    state: Mapped[str] = mapped_column(code_type(), nullable=False, default="entered")
    furthest_stage: Mapped[int] = mapped_column("reached", SmallInteger, nullable=False, default=ENTERED)
    qr_token: Mapped[str | None] = mapped_column(String(64), unique=True)
    reported_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    last_reported_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    bound_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    expires_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    closed_on: Mapped[date | None] = mapped_column(Date)
    closed_amount: Mapped[Decimal | None] = mapped_column(Numeric(15, 2))
    closed_unit: Mapped[str | None] = mapped_column(String(120))
    closed_note: Mapped[str | None] = mapped_column(Text)
    closed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    closed_by_id: Mapped[int | None] = mapped_column(ForeignKey("ab_user.id"))
    closed_from: Mapped[str | None] = mapped_column(code_type())
    stage_before_closing: Mapped[int | None] = mapped_column("reached_before_closing", SmallInteger)
    customer_id: Mapped[int | None] = mapped_column(ForeignKey("customer.id"))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, nullable=False)

    project: Mapped[Project] = relationship()
    broker: Mapped[Broker] = relationship(foreign_keys=[broker_id])
    broker_company: Mapped[BrokerCompany] = relationship()
    consultant: Mapped[Staff | None] = relationship(foreign_keys=[consultant_id])
    assigned_consultant: Mapped[Staff | None] = relationship(foreign_keys=[assigned_consultant_id])
    customer: Mapped[Customer | None] = relationship()

    def __repr__(self) -> str:
        return f"<Referral {self.code}>"

    @property
    def fragments(self) -> tuple[Fragment, ...]:
        """Return the one or two numbers, as typed."""
        first = Fragment(self.phone1_prefix, self.phone1_tail)
        if self.phone2_prefix is None or self.phone2_tail is None:
            return (first,)
        return first, Fragment(self.phone2_prefix, self.phone2_tail)

    @property
    def present_state(self) -> str:
        """Return the state now: bound past its protection is expired, whether or not the job ran (CH-17)."""
        return self.state_at(clock.now())

    def state_at(self, moment: datetime) -> str:
        """Return the state at a moment, as :func:`present_state` computes it in SQL."""
        due = self.state == "bound" and self.expires_at is not None and self.expires_at <= moment
        return "expired" if due else self.state

    @property
    def protected_until(self) -> datetime | None:
        """Return the end of the protection that lasts now, or None."""
        return self.expires_at if self.present_state == "bound" else None

    def _reach(self, stage: int) -> None:
        self.furthest_stage = max(self.furthest_stage, stage)

    def report(self, token: str, moment: datetime) -> None:
        """Move ``entered | expired → reported``; other states stay. The first one makes the code (CH-11)."""
        if self.qr_token is None:
            self.qr_token, self.reported_at = token, moment
        self.last_reported_at = moment
        if self.state in {"entered", "expired"}:
            self.state = "reported"
        self._reach(REPORTED)

    def bind(self, binding: Binding) -> None:
        """Move ``reported → bound`` by a scan, or ``entered | expired → bound`` by a rebinding (CH-10)."""
        _check_transition(self.state, {"entered", "reported", "expired"})
        self.state = "bound"
        self.bound_at, self.expires_at = binding.bound_at, binding.expires_at
        self._reach(BOUND)

    def forget_past_visit(self, moment: datetime) -> None:
        """Clear an expected visit in the past when the referral is reported again (CH-12)."""
        if self.expected_visit_at is not None and self.expected_visit_at <= moment:
            self.expected_visit_at = None

    def release_binding(self) -> None:
        """Move ``bound → reported`` and lower the stage: rebound to another broker (CH-23, CH-26)."""
        _check_transition(self.state, {"bound"})
        self.state = "reported"
        self.furthest_stage = REPORTED
        self.bound_at = self.expires_at = None

    def close(
        self, *, on: date, amount: Decimal | None, unit: str | None, note: str | None, by_id: int
    ) -> None:
        """Move ``bound | reported | expired → closed`` (CH-24)."""
        _check_transition(self.state, {"bound", "reported", "expired"})
        self.closed_from, self.stage_before_closing = self.state, self.furthest_stage
        self.state = "closed"
        self.closed_on, self.closed_amount, self.closed_unit, self.closed_note = on, amount, unit, note
        self.closed_at, self.closed_by_id = clock.now(), by_id
        self._reach(CLOSED)

    def reopen(self) -> None:
        """Move ``closed →`` the former state, or ``expired`` where the period has passed (CH-24)."""
        _check_transition(self.state, {"closed"})
        self.state = self.closed_from or "reported"
        self.furthest_stage = self.stage_before_closing or _BY_STATE[self.state]
        self.closed_on = self.closed_amount = self.closed_unit = self.closed_note = None
        self.closed_at = self.closed_by_id = self.closed_from = self.stage_before_closing = None
        self.state = self.present_state


def present_state(moment: datetime) -> ColumnElement[str]:
    """Return SQL for the state at a moment, as :meth:`Referral.state_at` computes it in Python (CH-17)."""
    table = Referral.__table__.c
    due = and_(table.state == "bound", table.expires_at <= moment)
    return case((due, "expired"), else_=table.state)


class ReferralKey(Model):
    """An identity that a broker has entered in a project: one row per number (CH-8).

    The unique key starts with the identity, so that it also finds all brokers' referrals of a customer.
    """

    __tablename__ = "referral_key"
    __table_args__ = (
        UniqueConstraint("project_id", "name_key", "fragment", "broker_id", name="uq_referral_key_identity"),
        Index("ix_referral_key_fragment", "fragment", "referral_id"),
        Index("ix_referral_key_tail", "tail", "referral_id"),
        Index("ix_referral_key_referral", "referral_id"),
    )
    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    company_id: Mapped[int] = mapped_column(ForeignKey("company.id"), nullable=False)
    project_id: Mapped[int] = mapped_column(ForeignKey("project.id"), nullable=False)
    broker_id: Mapped[int] = mapped_column(ForeignKey("broker.id"), nullable=False)
    name_key: Mapped[str] = mapped_column(String(240), nullable=False)
    fragment: Mapped[str] = mapped_column(String(7), nullable=False)
    tail: Mapped[str] = mapped_column(String(4), nullable=False)
    referral_id: Mapped[int] = mapped_column(ForeignKey("referral.id"), nullable=False)


class ReferralReport(Model):
    """One press of *report*, at any state (CH-11)."""

    __tablename__ = "referral_report"
    __table_args__ = (Index("ix_referral_report_referral", "referral_id", "created_at", "id"),)
    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    company_id: Mapped[int] = mapped_column(ForeignKey("company.id"), nullable=False)
    referral_id: Mapped[int] = mapped_column(ForeignKey("referral.id"), nullable=False)
    by_id: Mapped[int] = mapped_column(ForeignKey("ab_user.id"), nullable=False)
    by_name: Mapped[str] = mapped_column(String(128), nullable=False)
    state_before: Mapped[str] = mapped_column(code_type(), nullable=False)
    state_after: Mapped[str] = mapped_column(code_type(), nullable=False)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, nullable=False)


class Binding(Model):
    """A customer reserved for a broker's referral until ``expires_at`` (CH-14, CH-17).

    It is ``live`` until it expires, or ``closed`` by a deal, which does not expire. A deal without a
    protection of its own makes one too, of no length, so that the customer stays reserved; reopening
    *releases* that one. ``warned_at`` is when the broker was last warned of the end, ``warned_days`` the day
    of the setting that this warning was for (CH-27).
    """

    __tablename__ = "binding"
    __audit__ = "binding"
    __table_args__ = (
        one_of("state", choices.BINDING_STATE.codes),
        Index(
            "uq_binding_referral", "referral_id", unique=True,
            postgresql_where=text("state IN ('live', 'closed')"),
            sqlite_where=text("state IN ('live', 'closed')"),
        ),
        Index(
            "ix_binding_due", "expires_at", "id",
            postgresql_where=text("state = 'live'"), sqlite_where=text("state = 'live'"),
        ),
        Index("ix_binding_referral", "referral_id", "id"),
    )  # fmt: skip
    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    company_id: Mapped[int] = mapped_column(ForeignKey("company.id"), nullable=False)
    project_id: Mapped[int] = mapped_column(ForeignKey("project.id"), nullable=False)
    referral_id: Mapped[int] = mapped_column(ForeignKey("referral.id"), nullable=False)
    broker_id: Mapped[int] = mapped_column(ForeignKey("broker.id"), nullable=False)
    broker_company_id: Mapped[int] = mapped_column(ForeignKey("broker_company.id"), nullable=False)
    state: Mapped[str] = mapped_column(code_type(), nullable=False)
    bound_at: Mapped[datetime] = mapped_column(UtcDateTime, nullable=False)
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime, nullable=False)
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    warned_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    warned_days: Mapped[int | None] = mapped_column(Integer)

    referral: Mapped[Referral] = relationship()
    broker: Mapped[Broker] = relationship(foreign_keys=[broker_id])

    def lives_at(self, moment: datetime) -> bool:
        """Tell whether the binding lives at a moment, as :func:`is_live` computes it in SQL."""
        return self.state == "closed" or (self.state == "live" and self.expires_at > moment)

    def move_to(self, referral: Referral, company_id: int) -> None:
        """Move the binding to another broker's referral, its period unchanged (CH-23)."""
        _check_transition(self.state, {"live"})
        self.referral, self.referral_id = referral, referral.id
        self.broker_id, self.broker_company_id = referral.broker_id, company_id
        self.warned_at = self.warned_days = None

    def close(self) -> None:
        """Mark the binding as a deal, so that it no longer expires (CH-14)."""
        self.state, self.ended_at = "closed", None

    def reopen(self, referral_state: str, moment: datetime) -> None:
        """Undo the deal; the status follows the state of the referral (CH-24)."""
        _check_transition(self.state, {"closed"})
        self.state = {"bound": "live", "expired": "expired"}.get(referral_state, "released")
        self.ended_at = None if self.state == "live" else min(self.expires_at, moment)


def is_live(moment: datetime) -> ColumnElement[bool]:
    """Return SQL for whether a binding lives at a moment, as :meth:`Binding.lives_at` does in Python."""
    table = Binding.__table__.c
    return or_(table.state == "closed", and_(table.state == "live", table.expires_at > moment))


def expiring(bindings: Collection[Binding]) -> tuple[Update, Update, Delete]:
    """Return statements for ``live → expired`` and ``bound → expired`` of many at once; keys are deleted
    (CH-17).

    The end of a binding is its expiry time, whenever the state is written.
    """
    pks = [one.id for one in bindings]
    referrals = [one.referral_id for one in bindings]
    return (
        update(Binding)
        .where(Binding.id.in_(pks), Binding.state == "live")
        .values(state="expired", ended_at=Binding.expires_at),
        update(Referral).where(Referral.id.in_(referrals), Referral.state == "bound").values(state="expired"),
        delete(BindingKey).where(BindingKey.binding_id.in_(pks)),
    )


class BindingKey(Model):
    """An identity that is bound now: one row per number, at most one binding per row (CH-14).

    The row is deleted when the binding ends; its unique key decides which of two simultaneous scans binds.
    """

    __tablename__ = "binding_key"
    __table_args__ = (
        PrimaryKeyConstraint("project_id", "name_key", "fragment"),
        Index("ix_binding_key_fragment", "project_id", "fragment"),  # for names that are only similar
    )
    project_id: Mapped[int] = mapped_column(ForeignKey("project.id"))
    name_key: Mapped[str] = mapped_column(String(240))
    fragment: Mapped[str] = mapped_column(String(7))
    company_id: Mapped[int] = mapped_column(ForeignKey("company.id"), nullable=False)
    binding_id: Mapped[int] = mapped_column(ForeignKey("binding.id"), nullable=False, index=True)


def _check_transition(state: Any, allowed: set[str]) -> None:
    """Raise on a forbidden transition: policies refuse it earlier, so this stops a mistake in a service."""
    if state not in allowed:
        message = f"no such change from {state}"
        raise ValueError(message)


def one_customer_or_visitor(table: str) -> CheckConstraint:
    """Return the constraint that a row belongs to either a broker's customer or a visitor."""
    return CheckConstraint("(referral_id IS NULL) <> (visitor_id IS NULL)", name=f"{table}_of_one")
