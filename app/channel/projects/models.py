"""Projects, their plots, and the staff who work there (CH-1)."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal

from sqlalchemy import (
    JSON,
    Boolean,
    ForeignKey,
    Index,
    Integer,
    Numeric,
    PrimaryKeyConstraint,
    String,
    Text,
    UniqueConstraint,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.channel.projects import choices
from app.kernel.database.columns import UtcDateTime, code_type, one_of
from app.kernel.database.derived import searched_by
from app.kernel.database.session import Model
from app.org.shared.models import Company, Staff


class Project(Model):
    """A property on sale: shown to brokers and visitors, the place of referrals and bindings (CH-1).

    ``introduction`` is sanitised HTML; pictures are its files. Coordinates are degrees (GCJ-02, as the map
    applications of the country use).
    """

    __tablename__ = "project"
    __audit__ = "project"
    __files__ = "project"
    __table_args__ = (
        UniqueConstraint("company_id", "name"),
        Index("uq_project_name_search", "company_id", "name_search", unique=True),
        Index("ix_project_active", "active", "id"),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    company_id: Mapped[int] = mapped_column(ForeignKey("company.id"), nullable=False)
    name: Mapped[str] = mapped_column(String(120), nullable=False)
    name_search: Mapped[str] = searched_by("name")  # unique in the company, whichever brackets are typed
    address: Mapped[str] = mapped_column(String(200), nullable=False, default="")
    longitude: Mapped[Decimal | None] = mapped_column(Numeric(9, 6))
    latitude: Mapped[Decimal | None] = mapped_column(Numeric(9, 6))
    introduction: Mapped[str] = mapped_column(Text, nullable=False, default="")
    features: Mapped[list[str]] = mapped_column(JSON, nullable=False, default=list)
    service_phone: Mapped[str] = mapped_column(String(24), nullable=False, default="")
    active: Mapped[bool] = mapped_column(Boolean, nullable=False, default=True)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, nullable=False)

    company: Mapped[Company] = relationship()
    plots: Mapped[list[Plot]] = relationship(viewonly=True, order_by="Plot.position, Plot.id")

    def __repr__(self) -> str:
        return self.name


class Plot(Model):
    """A part of a project; pictures are its files (CH-1)."""

    __tablename__ = "plot"
    __audit__ = "plot"
    __files__ = "plot"
    __table_args__ = (
        UniqueConstraint("project_id", "number"),
        {"sqlite_autoincrement": True},  # no id is reused: log and pictures of a deleted plot stay its own
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    company_id: Mapped[int] = mapped_column(ForeignKey("company.id"), nullable=False)
    project_id: Mapped[int] = mapped_column(ForeignKey("project.id"), nullable=False)
    number: Mapped[str] = mapped_column(String(40), nullable=False)
    tags: Mapped[list[str]] = mapped_column(JSON, nullable=False, default=list)
    introduction: Mapped[str] = mapped_column(Text, nullable=False, default="")
    position: Mapped[int] = mapped_column(Integer, nullable=False, default=0)

    project: Mapped[Project] = relationship()

    def __repr__(self) -> str:
        return self.number


class ProjectMember(Model):
    """A colleague who scans or receives at a project (CH-1, CH-13, CH-21)."""

    __tablename__ = "project_member"
    __table_args__ = (
        PrimaryKeyConstraint("project_id", "duty", "staff_id"),
        one_of("duty", choices.DUTY.codes),
        Index("ix_project_member_staff", "staff_id", "duty", "project_id"),
    )
    project_id: Mapped[int] = mapped_column(ForeignKey("project.id"))
    duty: Mapped[str] = mapped_column(code_type())
    staff_id: Mapped[int] = mapped_column(ForeignKey("staff.id"))
    company_id: Mapped[int] = mapped_column(ForeignKey("company.id"), nullable=False)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, nullable=False)

    project: Mapped[Project] = relationship()
    staff: Mapped[Staff] = relationship()
