"""Tables of on-site scans (CH-13 … CH-16)."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Boolean, ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.channel.brokers.models import Broker
from app.channel.projects.models import Project
from app.channel.referrals.models import Referral, one_customer_or_visitor
from app.channel.scans import choices
from app.channel.visitors.models import Visitor
from app.kernel.database.columns import BigId, UtcDateTime, code_type, one_of, prefixes
from app.kernel.database.session import Model
from app.org.shared.models import Staff


class OnsiteScan(Model):
    """A QR scanned on site, with any result (CH-13 … CH-16).

    ``code``, ``name`` and ``name_key`` are copies of the referral's or visitor's, for searching.
    ``consultant_id`` is the consultant who received the customer, and never changes; ``given_to_id`` is who
    has the visitor since that consultant departed (CH-20). ``bound_broker_id`` is the broker whose binding a
    collided scan met (CH-16). ``by_code``: the code was typed with four digits, and no QR was read (CH-30).
    """

    __tablename__ = "onsite_scan"
    __audit__ = "onsite_scan"
    __guarded__ = True
    __table_args__ = (
        one_of("result", choices.SCAN_RESULT.codes),
        one_customer_or_visitor("scan"),
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
    phone: Mapped[str] = mapped_column(String(40), nullable=False)  # masked, as pages show it
    broker_id: Mapped[int | None] = mapped_column(ForeignKey("broker.id"))
    bound_broker_id: Mapped[int | None] = mapped_column(ForeignKey("broker.id"))
    staff_id: Mapped[int] = mapped_column(ForeignKey("staff.id"), nullable=False)
    consultant_id: Mapped[int] = mapped_column(ForeignKey("staff.id"), nullable=False)
    given_to_id: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))
    binding_id: Mapped[int | None] = mapped_column(ForeignKey("binding.id"))
    result: Mapped[str] = mapped_column(code_type(), nullable=False)
    by_code: Mapped[bool] = mapped_column(Boolean, nullable=False, default=False, server_default="false")
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, nullable=False)

    project: Mapped[Project] = relationship()
    referral: Mapped[Referral | None] = relationship()
    visitor: Mapped[Visitor | None] = relationship()
    broker: Mapped[Broker | None] = relationship(foreign_keys=[broker_id])
    bound_broker: Mapped[Broker | None] = relationship(foreign_keys=[bound_broker_id])
    staff: Mapped[Staff] = relationship(foreign_keys=[staff_id])
    consultant: Mapped[Staff] = relationship(foreign_keys=[consultant_id])

    @property
    def holder(self) -> Broker | None:
        """Return the broker who was bound when the code was scanned (CH-16); None for a visitor's visit."""
        return self.bound_broker if self.result == "collision" else self.broker
