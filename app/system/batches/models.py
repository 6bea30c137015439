"""Batches and their rows (OFF-4)."""

from __future__ import annotations

from datetime import datetime

from flask_babel import lazy_gettext as _
from sqlalchemy import BigInteger, ForeignKey, Index, Integer, String
from sqlalchemy.orm import Mapped, mapped_column

from app.kernel.database.columns import BigId, UtcDateTime, code_type, one_of
from app.kernel.database.session import Model
from app.kernel.keys import Encrypted
from app.kernel.settings.dictionaries import Dictionary

ROW_STATE = Dictionary(
    "batch_row_state",
    {"waiting": _("Not done"), "done": _("Done"), "refused": _("Refused")},
    {"waiting": "gray", "done": "green", "refused": "red"},
)
_SEALED = 20_000
MAX_CODE, MAX_REASON = 60, 300


class Batch(Model):
    """One operation on chosen rows of a list, asked for by one person.

    ``view`` and ``operation`` name the declaration.  ``asked_cipher`` is encrypted: the form as it was posted
    and the filter contain typed text.  ``run_id`` is the background run that works on it; without one it was
    done within the request.  ``retry_of_id`` is the earlier batch whose rest it takes up.
    """

    __tablename__ = "batch"
    __audit__ = "batch"
    __table_args__ = (
        Index("ix_batch_owner", "owner_id", "created_at", "id"),
        Index("ix_batch_created_at", "created_at"),
        Index("ix_batch_run", "run_id"),
        Index("ix_batch_retry_of", "retry_of_id"),
    )
    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    company_id: Mapped[int | None] = mapped_column(Integer)
    owner_id: Mapped[int] = mapped_column(ForeignKey("ab_user.id"), nullable=False)
    run_id: Mapped[int | None] = mapped_column(ForeignKey("background_run.id", ondelete="SET NULL"))
    retry_of_id: Mapped[int | None] = mapped_column(ForeignKey("batch.id", ondelete="SET NULL"))
    view: Mapped[str] = mapped_column(String(60), nullable=False)
    operation: Mapped[str] = mapped_column(String(40), nullable=False)
    title: Mapped[str] = mapped_column(String(120), nullable=False)
    asked_cipher: Mapped[str] = mapped_column(Encrypted(_SEALED), nullable=False)
    total: Mapped[int] = mapped_column(Integer, nullable=False)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, nullable=False)


class BatchRow(Model):
    """One chosen row: not done yet, done, or refused with the reason in its owner's language."""

    __tablename__ = "batch_row"
    __table_args__ = (
        one_of("state", ROW_STATE.codes),
        Index("ix_batch_row_state", "batch_id", "state", "place"),
    )
    batch_id: Mapped[int] = mapped_column(
        BigId, ForeignKey("batch.id", ondelete="CASCADE"), primary_key=True, autoincrement=False
    )
    place: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    record_id: Mapped[int] = mapped_column(BigInteger, nullable=False)
    state: Mapped[str] = mapped_column(code_type(), nullable=False)
    code: Mapped[str] = mapped_column(String(MAX_CODE), nullable=False, default="")
    reason: Mapped[str] = mapped_column(String(MAX_REASON), nullable=False, default="")
