"""Tables of tours (CH-21)."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.channel.brokers.models import Broker
from app.channel.projects.models import Project
from app.channel.referrals.models import Referral, one_customer_or_visitor
from app.channel.tours import choices
from app.channel.visitors.models import Visitor
from app.kernel.database.columns import BigId, UtcDateTime, code_type, one_of, prefixes
from app.kernel.database.session import Model
from app.org.shared.models import Staff


class Tour(Model):
    """A consultant's reception of a customer, with the intention they judged (CH-21)."""

    __tablename__ = "tour"
    __audit__ = "tour"
    __guarded__ = True
    __table_args__ = (
        one_of("intention", choices.INTENTION.codes),
        one_customer_or_visitor("tour"),
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
    phone: Mapped[str] = mapped_column(String(40), nullable=False)  # masked, as pages show it
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
    """One more contact after a tour; a tour has any number (CH-21)."""

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
