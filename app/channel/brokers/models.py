"""Tables of brokers (CH-2 … CH-6)."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.channel.brokers import choices
from app.channel.companies.models import BrokerCompany
from app.kernel.database.columns import BigId, UtcDateTime, code_type, one_of, prefixes
from app.kernel.database.derived import searched_by, sorted_by
from app.kernel.database.session import Model
from app.org.shared.models import Account

WAITING_FOR_REVIEW = text("review_state = 'pending'")


class Broker(Model):
    """A broker or company on-site: the profile of a login account of the same id, without a staff profile.

    A broker may work at once; a company on-site only when ``review_state`` is ``approved`` (CH-3, CH-4).
    ``phone`` is a business number, stored and shown whole (ACC-9).
    """

    __tablename__ = "broker"
    __audit__ = "broker"
    __files__ = "broker"
    __table_args__ = (
        one_of("kind", choices.BROKER_KIND.codes),
        one_of("review_state", choices.REVIEW_STATE.codes),
        Index("ix_broker_created", "created_at", "id"),
        Index("ix_broker_of_company", "broker_company_id", "created_at", "id"),
        Index("ix_broker_kind_created", "kind", "created_at", "id"),
        Index("ix_broker_review_created", "review_state", "created_at", "id"),
        Index("ix_broker_name_search", "name_search", "id", postgresql_ops=prefixes("name_search")),
        Index("ix_broker_sort", "name_sort", "id"),
        Index("ix_broker_phone", "phone", "id", postgresql_ops=prefixes("phone")),
        Index(
            "ix_broker_waiting", "id", postgresql_where=WAITING_FOR_REVIEW, sqlite_where=WAITING_FOR_REVIEW
        ),
    )
    id: Mapped[int] = mapped_column(ForeignKey("ab_user.id"), primary_key=True, autoincrement=False)
    number: Mapped[str] = mapped_column(String(24), nullable=False, unique=True)
    name: Mapped[str] = mapped_column(String(60), nullable=False)
    name_search: Mapped[str] = searched_by("name")
    name_sort: Mapped[str] = sorted_by("name")
    nickname: Mapped[str] = mapped_column(String(60), nullable=False, default="")
    phone: Mapped[str] = mapped_column(String(24), nullable=False, unique=True)
    kind: Mapped[str] = mapped_column(code_type(), nullable=False)
    broker_company_id: Mapped[int] = mapped_column(ForeignKey("broker_company.id"), nullable=False)
    review_state: Mapped[str] = mapped_column(code_type(), nullable=False)
    review_reason: Mapped[str] = mapped_column(Text, nullable=False, default="")
    reviewed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    reviewed_by_id: Mapped[int | None] = mapped_column(ForeignKey("ab_user.id"))
    consent_version: Mapped[str] = mapped_column(String(40), nullable=False)
    consent_at: Mapped[datetime] = mapped_column(UtcDateTime, nullable=False)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, nullable=False)

    broker_company: Mapped[BrokerCompany] = relationship()
    account: Mapped[Account] = relationship(foreign_keys="Broker.id", viewonly=True)

    def __repr__(self) -> str:
        return self.name

    @property
    def is_onsite(self) -> bool:
        """Tell whether this is a company on-site, who enters for brokers of the company and is reviewed."""
        return self.kind == "company_onsite"

    def ask_review(self) -> None:
        """Mark a company on-site as waiting for review; a broker is not reviewed (CH-3, CH-5)."""
        self.review_state = "pending" if self.is_onsite else "approved"
        self.review_reason = ""
        self.reviewed_at = self.reviewed_by_id = None

    def review(self, *, approve: bool, reason: str, by_id: int, moment: datetime) -> None:
        """Move ``pending → approved | rejected`` (CH-4)."""
        self.review_state = "approved" if approve else "rejected"
        self.review_reason = reason
        self.reviewed_at, self.reviewed_by_id = moment, by_id

    def move(self, company: BrokerCompany) -> None:
        """Move to another company; a company on-site then waits for review again (CH-5)."""
        self.broker_company = company
        self.broker_company_id = company.id
        if self.is_onsite:
            self.ask_review()


class BrokerChange(Model):
    """One change of a broker's profile, by the broker or the office (CH-5)."""

    __tablename__ = "broker_change"
    __table_args__ = (Index("ix_broker_change_broker", "broker_id", "created_at", "id"),)
    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    broker_id: Mapped[int] = mapped_column(ForeignKey("broker.id"), nullable=False)
    phone_before: Mapped[str] = mapped_column(String(24), nullable=False)
    phone_after: Mapped[str] = mapped_column(String(24), nullable=False)
    company_before_id: Mapped[int] = mapped_column(ForeignKey("broker_company.id"), nullable=False)
    company_after_id: Mapped[int] = mapped_column(ForeignKey("broker_company.id"), nullable=False)
    by_id: Mapped[int] = mapped_column(ForeignKey("ab_user.id"), nullable=False)
    by_name: Mapped[str] = mapped_column(String(128), nullable=False)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, nullable=False)

    company_before: Mapped[BrokerCompany] = relationship(foreign_keys=[company_before_id])
    company_after: Mapped[BrokerCompany] = relationship(foreign_keys=[company_after_id])
