"""The table of broker companies (CH-2)."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Boolean, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from app.kernel.database.columns import UtcDateTime
from app.kernel.database.derived import searched_by
from app.kernel.database.session import Model


class BrokerCompany(Model):
    """A company whose brokers report customers (CH-2). A disabled one cannot be chosen any more."""

    __tablename__ = "broker_company"
    __audit__ = "broker_company"
    __table_args__ = (
        Index("ix_broker_company_created", "created_at", "id"),
        Index("uq_broker_company_name_search", "name_search", unique=True),
        {"sqlite_autoincrement": True},  # ids are never reused: the log of a deleted company stays its own
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(120), nullable=False, unique=True)
    name_search: Mapped[str] = searched_by("name")  # unique: one company, whichever kind of brackets is typed
    contact: Mapped[str] = mapped_column(String(60), nullable=False, default="")
    phone: Mapped[str] = mapped_column(String(24), nullable=False, default="")
    address: Mapped[str] = mapped_column(String(200), nullable=False, default="")
    active: Mapped[bool] = mapped_column(Boolean, nullable=False, default=True)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, nullable=False)

    def __repr__(self) -> str:
        return self.name
