"""The table of communities (LST-1)."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal

from sqlalchemy import CheckConstraint, ForeignKey, Index, Integer, Numeric, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.kernel.database.columns import BigId, UtcDateTime
from app.kernel.database.derived import searched_by, sorted_by
from app.kernel.database.session import Model
from app.org.shared.models import District

NAME_LENGTH = 60


class Community(Model):
    """An estate or a building with homes, in a district. Coordinates are degrees (GCJ-02, as the map
    applications of the country use); ``version`` counts saves.
    """

    __tablename__ = "community"
    __audit__ = "community"
    __guarded__ = True
    __table_args__ = (
        CheckConstraint("(latitude IS NULL) = (longitude IS NULL)", name="coordinates"),
        Index("uq_community_name_search", "company_id", "district_id", "name_search", unique=True),
        Index("ix_community_district", "district_id", "name_sort", "id"),
        Index("ix_community_name", "company_id", "name_sort", "id"),
        Index("ix_community_created", "company_id", "created_at", "id"),
        {"info": {"guarded": True}, "sqlite_autoincrement": True},
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    company_id: Mapped[int] = mapped_column(ForeignKey("company.id"), nullable=False)
    district_id: Mapped[int] = mapped_column(ForeignKey("district.id"), nullable=False)
    name: Mapped[str] = mapped_column(String(NAME_LENGTH), nullable=False)
    name_search: Mapped[str] = searched_by("name")  # unique in its district, whichever brackets are typed
    name_sort: Mapped[str] = sorted_by("name")
    address: Mapped[str | None] = mapped_column(String(200))
    longitude: Mapped[Decimal | None] = mapped_column(Numeric(9, 6))
    latitude: Mapped[Decimal | None] = mapped_column(Numeric(9, 6))
    version: Mapped[int] = mapped_column(Integer, nullable=False, default=1)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, nullable=False)

    district: Mapped[District] = relationship()

    def __repr__(self) -> str:
        return self.name
