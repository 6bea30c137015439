"""What happens on site and what it leads to: scans, tours, collisions, rebinding (CH-13 … CH-23)."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, Integer, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.channel import choices
from app.channel.models.people import Broker, Visitor
from app.channel.models.places import Project
from app.channel.models.referrals import Binding, Referral
from app.kernel.database.columns import BigId, UtcDateTime, code_type, one_of, prefixes
from app.kernel.database.session import Model
from app.org.shared.models import Account, Staff

_OPEN = "handled_at IS NULL"
_OPEN_FIRST = 10**17  # microseconds: more than any moment has


def _who(table: str) -> CheckConstraint:
    """Either a broker's customer or a visitor."""
    return CheckConstraint("(referral_id IS NULL) <> (visitor_id IS NULL)", name=f"{table}_of_one")


class OnsiteScan(Model):
    """A QR scanned on site, whatever came of it (CH-13 … CH-16).

    ``code``, ``name`` and ``name_key`` are the referral's or visitor's, to be searched by.  ``consultant_id``
    is who received then, and stays; ``given_to_id`` who has the visitor since that one departed (CH-20).
    """

    __tablename__ = "onsite_scan"
    __audit__ = "onsite_scan"
    __guarded__ = True
    __table_args__ = (
        one_of("result", choices.SCAN_RESULT.codes),
        _who("scan"),
        Index("ix_onsite_scan_created", "company_id", "created_at", "id"),
        Index("ix_onsite_scan_staff", "staff_id", "created_at", "id"),
        Index("ix_onsite_scan_staff_referral", "staff_id", "referral_id"),
        Index("ix_onsite_scan_referral", "referral_id", "created_at", "id"),
        Index("ix_onsite_scan_visitor", "visitor_id", "created_at", "id"),
        Index("ix_onsite_scan_broker", "broker_id", "created_at", "id"),
        Index("ix_onsite_scan_consultant", "consultant_id", "created_at", "id"),
        Index(
            "ix_onsite_scan_given", "given_to_id", "created_at", "id",
            postgresql_where=text("given_to_id IS NOT NULL"), sqlite_where=text("given_to_id IS NOT NULL"),
        ),
        Index("ix_onsite_scan_code", "code", "created_at", "id"),
        Index(
            "ix_onsite_scan_name",
            "company_id",
            "name_key",
            "created_at",
            "id",
            postgresql_ops=prefixes("name_key"),
        ),
        {"info": {"guarded": True}},
    )  # fmt: skip
    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    company_id: Mapped[int] = mapped_column(ForeignKey("company.id"), nullable=False)
    project_id: Mapped[int] = mapped_column(ForeignKey("project.id"), nullable=False)
    referral_id: Mapped[int | None] = mapped_column(ForeignKey("referral.id"))
    visitor_id: Mapped[int | None] = mapped_column(ForeignKey("visitor.id"))
    code: Mapped[str] = mapped_column(String(32), nullable=False)
    name: Mapped[str] = mapped_column(String(121), nullable=False)
    name_key: Mapped[str] = mapped_column(String(240), nullable=False)
    phone: Mapped[str] = mapped_column(String(40), nullable=False)  # masked, as it is shown
    broker_id: Mapped[int | None] = mapped_column(ForeignKey("broker.id"))
    staff_id: Mapped[int] = mapped_column(ForeignKey("staff.id"), nullable=False)
    consultant_id: Mapped[int] = mapped_column(ForeignKey("staff.id"), nullable=False)
    given_to_id: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))
    binding_id: Mapped[int | None] = mapped_column(ForeignKey("binding.id"))
    result: Mapped[str] = mapped_column(code_type(), nullable=False)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, nullable=False)

    project: Mapped[Project] = relationship()
    referral: Mapped[Referral | None] = relationship()
    visitor: Mapped[Visitor | None] = relationship()
    broker: Mapped[Broker | None] = relationship()
    staff: Mapped[Staff] = relationship(foreign_keys=[staff_id])
    consultant: Mapped[Staff] = relationship(foreign_keys=[consultant_id])


class Tour(Model):
    """A consultant received the customer and judged the intention (CH-21)."""

    __tablename__ = "tour"
    __audit__ = "tour"
    __guarded__ = True
    __table_args__ = (
        one_of("intention", choices.INTENTION.codes),
        _who("tour"),
        Index("ix_tour_created", "company_id", "created_at", "id"),
        Index("ix_tour_consultant", "consultant_id", "created_at", "id"),
        Index("ix_tour_referral", "referral_id", "created_at", "id"),
        Index("ix_tour_visitor", "visitor_id", "created_at", "id"),
        Index("ix_tour_broker", "broker_id", "created_at", "id"),
        Index("ix_tour_code", "code", "created_at", "id"),
        Index(
            "ix_tour_name", "company_id", "name_key", "created_at", "id", postgresql_ops=prefixes("name_key")
        ),
        Index("ix_tour_intention", "company_id", "intention", "created_at", "id"),
        {"info": {"guarded": True}},
    )
    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    company_id: Mapped[int] = mapped_column(ForeignKey("company.id"), nullable=False)
    project_id: Mapped[int] = mapped_column(ForeignKey("project.id"), nullable=False)
    referral_id: Mapped[int | None] = mapped_column(ForeignKey("referral.id"))
    visitor_id: Mapped[int | None] = mapped_column(ForeignKey("visitor.id"))
    code: Mapped[str] = mapped_column(String(32), nullable=False)
    name: Mapped[str] = mapped_column(String(121), nullable=False)
    name_key: Mapped[str] = mapped_column(String(240), nullable=False)
    phone: Mapped[str] = mapped_column(String(40), nullable=False)  # masked, as it is shown
    broker_id: Mapped[int | None] = mapped_column(ForeignKey("broker.id"))
    consultant_id: Mapped[int] = mapped_column(ForeignKey("staff.id"), nullable=False)
    binding_id: Mapped[int | None] = mapped_column(ForeignKey("binding.id"))
    intention: Mapped[str] = mapped_column(code_type(1), nullable=False)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, nullable=False)

    project: Mapped[Project] = relationship()
    referral: Mapped[Referral | None] = relationship()
    visitor: Mapped[Visitor | None] = relationship()
    broker: Mapped[Broker | None] = relationship()
    consultant: Mapped[Staff] = relationship()


class TourFollowUp(Model):
    """One more contact after a tour; any number of them (CH-21)."""

    __tablename__ = "tour_follow_up"
    __audit__ = "tour_follow_up"
    __table_args__ = (Index("ix_tour_follow_up_tour", "tour_id", "created_at", "id"),)
    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    company_id: Mapped[int] = mapped_column(ForeignKey("company.id"), nullable=False)
    tour_id: Mapped[int] = mapped_column(ForeignKey("tour.id"), nullable=False)
    author_id: Mapped[int] = mapped_column(ForeignKey("staff.id"), nullable=False)
    content: Mapped[str] = mapped_column(Text, nullable=False)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, nullable=False)

    author: Mapped[Staff] = relationship()


class Collision(Model):
    """Somebody else's customer was entered, reported or scanned while the binding lived (CH-18, CH-19).

    One open collision per binding and reporting referral (or visitor); repeats raise ``count`` and
    ``last_at``.  ``place`` is the list's order: open ones before handled ones, the newest first.
    """

    __tablename__ = "collision"
    __audit__ = "collision"
    __guarded__ = True
    __table_args__ = (
        one_of("outcome", choices.COLLISION_OUTCOME.codes),
        _who("collision"),
        CheckConstraint("(handled_at IS NULL) = (outcome IS NULL)", name="handled_has_an_outcome"),
        Index(
            "uq_collision_open_referral", "binding_id", "referral_id", unique=True,
            postgresql_where=text(_OPEN), sqlite_where=text(_OPEN),
        ),
        Index(
            "uq_collision_open_visitor", "binding_id", "visitor_id", unique=True,
            postgresql_where=text(f"{_OPEN} AND visitor_id IS NOT NULL"),
            sqlite_where=text(f"{_OPEN} AND visitor_id IS NOT NULL"),
        ),
        Index("ix_collision_place", "company_id", "place", "id"),
        Index(
            "ix_collision_open", "company_id", "id", postgresql_where=text(_OPEN), sqlite_where=text(_OPEN)
        ),
        Index("ix_collision_bound", "bound_referral_id", "place", "id"),
        Index("ix_collision_referral", "referral_id", "place", "id"),
        {"info": {"guarded": True}},
    )  # fmt: skip
    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    company_id: Mapped[int] = mapped_column(ForeignKey("company.id"), nullable=False)
    project_id: Mapped[int] = mapped_column(ForeignKey("project.id"), nullable=False)
    binding_id: Mapped[int] = mapped_column(ForeignKey("binding.id"), nullable=False)
    bound_referral_id: Mapped[int] = mapped_column(ForeignKey("referral.id"), nullable=False)
    referral_id: Mapped[int | None] = mapped_column(ForeignKey("referral.id"))
    visitor_id: Mapped[int | None] = mapped_column(ForeignKey("visitor.id"))
    occasion: Mapped[str] = mapped_column(code_type(), nullable=False)  # the latest: enter, report, scan
    count: Mapped[int] = mapped_column(Integer, nullable=False, default=1)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, nullable=False)
    last_at: Mapped[datetime] = mapped_column(UtcDateTime, nullable=False)
    place: Mapped[int] = mapped_column(BigInteger, nullable=False)
    handled_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    handled_by_id: Mapped[int | None] = mapped_column(ForeignKey("ab_user.id"))
    outcome: Mapped[str | None] = mapped_column(code_type())
    note: Mapped[str] = mapped_column(Text, nullable=False, default="")

    binding: Mapped[Binding] = relationship()
    bound_referral: Mapped[Referral] = relationship(foreign_keys=[bound_referral_id])
    referral: Mapped[Referral | None] = relationship(foreign_keys=[referral_id])
    visitor: Mapped[Visitor | None] = relationship()
    handled_by: Mapped[Account | None] = relationship()

    @staticmethod
    def open_place(moment: datetime) -> int:
        """Where an open collision of that moment stands in the list."""
        return _OPEN_FIRST + _microseconds(moment)

    @property
    def is_open(self) -> bool:
        """Nobody has decided yet."""
        return self.handled_at is None

    def handle(self, outcome: str, note: str, by_id: int, moment: datetime) -> None:
        """Decided; it leaves the open ones."""
        self.outcome, self.note = outcome, note
        self.handled_at, self.handled_by_id = moment, by_id
        self.place = _microseconds(self.last_at)


class RebindLog(Model):
    """A binding given to another broker: before and after, why, by whom (CH-23)."""

    __tablename__ = "rebind_log"
    __table_args__ = (
        Index("ix_rebind_log_from", "from_referral_id", "created_at", "id"),
        Index("ix_rebind_log_to", "to_referral_id", "created_at", "id"),
    )
    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    company_id: Mapped[int] = mapped_column(ForeignKey("company.id"), nullable=False)
    project_id: Mapped[int] = mapped_column(ForeignKey("project.id"), nullable=False)
    binding_id: Mapped[int] = mapped_column(ForeignKey("binding.id"), nullable=False)
    from_referral_id: Mapped[int] = mapped_column(ForeignKey("referral.id"), nullable=False)
    to_referral_id: Mapped[int] = mapped_column(ForeignKey("referral.id"), nullable=False)
    from_broker_id: Mapped[int] = mapped_column(ForeignKey("broker.id"), nullable=False)
    to_broker_id: Mapped[int] = mapped_column(ForeignKey("broker.id"), nullable=False)
    reason: Mapped[str] = mapped_column(Text, nullable=False)
    by_id: Mapped[int] = mapped_column(ForeignKey("ab_user.id"), nullable=False)
    by_name: Mapped[str] = mapped_column(String(128), nullable=False)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, nullable=False)

    from_broker: Mapped[Broker] = relationship(foreign_keys=[from_broker_id])
    to_broker: Mapped[Broker] = relationship(foreign_keys=[to_broker_id])


def _microseconds(moment: datetime) -> int:
    return int(moment.timestamp() * 1_000_000)
