"""Tables of signing in (ACC-12)."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index, Integer, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.kernel.database.columns import BigId, UtcDateTime, code_type
from app.kernel.database.session import Model
from app.kernel.keys import Encrypted


class SmsCode(Model):
    """A code that was sent to a phone (CH-3). Number, address and code are stored as keyed hashes.

    Tries from other addresses than the one that requested the code are counted separately, in
    ``foreign_tries``. ``ticket_used_at`` is when the ticket of the code was used for a registration (CH-31).
    """

    __tablename__ = "sms_code"
    __table_args__ = (
        Index("ix_sms_code_phone", "phone_index", "purpose", "id"),
        Index("ix_sms_code_address", "address_index", "created_at"),
        Index("ix_sms_code_created_at", "created_at"),
    )
    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    phone_index: Mapped[str] = mapped_column(String(32), nullable=False)
    address_index: Mapped[str] = mapped_column(String(32), nullable=False)
    purpose: Mapped[str] = mapped_column(code_type(), nullable=False)
    code_hash: Mapped[str] = mapped_column(String(32), nullable=False)
    tries: Mapped[int] = mapped_column(Integer, nullable=False)
    foreign_tries: Mapped[int] = mapped_column(Integer, nullable=False, default=0, server_default="0")
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, nullable=False)
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime, nullable=False)
    used_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    ticket_used_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class WechatLink(Model):
    """A person's id in our mini-program that signs in to an account (CH-3): encrypted, and found by its keyed
    hash.
    """

    __tablename__ = "wechat_link"
    __table_args__ = (UniqueConstraint("openid_index", name="uq_wechat_link_openid_index"),)
    account_id: Mapped[int] = mapped_column(ForeignKey("ab_user.id"), primary_key=True, autoincrement=False)
    openid_cipher: Mapped[str] = mapped_column(Encrypted(400), nullable=False)
    openid_index: Mapped[str] = mapped_column(String(32), nullable=False)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, nullable=False)
