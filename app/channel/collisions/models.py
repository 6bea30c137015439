"""Tables of collisions and rebinding (CH-18, CH-19, CH-23)."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, Integer, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.channel.brokers.models import Broker
from app.channel.collisions import choices
from app.channel.referrals.models import Binding, Referral, one_customer_or_visitor
from app.channel.visitors.models import Visitor
from app.kernel.database.columns import BigId, UtcDateTime, code_type, one_of
from app.kernel.database.session import Model
from app.org.shared.models import Account

_OPEN = "handled_at IS NULL"
_OPEN_FIRST = 10**17  # microseconds: later than any real moment


class Collision(Model):
    """An attempt to enter, report or scan a customer that another broker's binding holds (CH-18, CH-19).

    One open collision per binding and reporting referral (or visitor); repeats raise ``count`` and
    ``last_at``.  ``kind`` is ``probable`` where the numbers are the same and the names only alike (CH-8).
    ``place`` is the list's order: open ones before handled ones, the newest first.
    """

    __tablename__ = "collision"
    __audit__ = "collision"
    __guarded__ = True
    __table_args__ = (
        one_of("kind", choices.COLLISION_KIND.codes),
        one_of("outcome", choices.COLLISION_OUTCOME.codes),
        one_customer_or_visitor("collision"),
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
    kind: Mapped[str] = mapped_column(
        code_type(), nullable=False, default="certain", server_default="certain"
    )
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
        """Return the position in the list of an open collision of that moment."""
        return _OPEN_FIRST + _microseconds(moment)

    @property
    def is_open(self) -> bool:
        """Tell whether it waits for a decision."""
        return self.handled_at is None

    def confirm(self) -> None:
        """Turn a probable collision into a certain one, which waits for a decision like any other (CH-8)."""
        self.kind = "certain"

    def handle(self, outcome: str, note: str, by_id: int, moment: datetime) -> None:
        """Record the decision; the collision is no longer open."""
        self.outcome, self.note = outcome, note
        self.handled_at, self.handled_by_id = moment, by_id
        self.place = _microseconds(self.last_at)


class RebindLog(Model):
    """A binding moved to another broker: before and after, the reason, and the person who did it (CH-23)."""

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
