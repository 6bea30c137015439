"""Tables of walk-in visitors (CH-15, CH-28)."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, composite, mapped_column

from app.kernel.database.columns import UtcDateTime
from app.kernel.database.session import Model
from app.kernel.fields.phones import PhoneNumber, phone_columns


class Visitor(Model):
    """A walk-in visitor: a login account of the same id with its own QR (CH-15, CH-28).

    The number is personal information: encrypted, shown masked (ACC-9).
    """

    __tablename__ = "visitor"
    __audit__ = "visitor"
    __files__ = "visitor"
    __guarded__ = True
    __table_args__ = (
        Index("uq_visitor_phone", "phone_index", unique=True),
        Index("ix_visitor_created", "created_at", "id"),
        Index("ix_visitor_name", "name_key", "created_at", "id"),
        {"info": {"guarded": True}},
    )
    id: Mapped[int] = mapped_column(ForeignKey("ab_user.id"), primary_key=True, autoincrement=False)
    code: Mapped[str] = mapped_column(String(32), nullable=False, unique=True)
    name: Mapped[str] = mapped_column(String(60), nullable=False)
    name_key: Mapped[str] = mapped_column(String(120), nullable=False)
    nickname: Mapped[str] = mapped_column(String(60), nullable=False, default="")
    phone: Mapped[PhoneNumber] = composite(PhoneNumber, *phone_columns())
    qr_token: Mapped[str] = mapped_column(String(64), nullable=False, unique=True)
    consent_version: Mapped[str] = mapped_column(String(40), nullable=False)
    consent_at: Mapped[datetime] = mapped_column(UtcDateTime, nullable=False)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, nullable=False)

    def __repr__(self) -> str:
        return self.name
