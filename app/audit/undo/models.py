"""What has just been done and can still be undone (OFF-3)."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, Index, Integer, String
from sqlalchemy.orm import Mapped, mapped_column

from app.kernel.database.columns import BigId, UtcDateTime
from app.kernel.database.session import Model


class UndoStep(Model):
    """What one operation changed at one record, kept for as long as it can be undone.

    ``deed`` is the request that did it: a batch has a step for each record.  ``number`` is the record's place
    in the operation log right after it; a higher one says that it was changed since.  ``changes`` are the
    rows before the operation (:mod:`app.audit.undo.journal`): keys, codes and times, no personal data.
    """

    __tablename__ = "undo_step"
    __table_args__ = (
        Index("ix_undo_step_deed", "actor_id", "deed", "id"),
        Index("ix_undo_step_created_at", "created_at"),
    )
    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    deed: Mapped[str] = mapped_column(String(36), nullable=False)
    actor_id: Mapped[int] = mapped_column(Integer, nullable=False)
    operation: Mapped[str] = mapped_column(String(64), nullable=False)
    record_type: Mapped[str] = mapped_column(String(40), nullable=False)
    record_id: Mapped[int] = mapped_column(BigId, nullable=False)
    number: Mapped[int] = mapped_column(Integer, nullable=False)
    changes: Mapped[list[dict[str, Any]]] = mapped_column(JSON, nullable=False)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, nullable=False)
    undone_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    def close(self, moment: datetime) -> None:
        """Note that it was undone: it cannot be undone twice."""
        self.undone_at = moment
