"""Tables of the operation log.  Rows are appended and never changed."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any

from sqlalchemy import JSON, Index, Integer, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.kernel.database.columns import BigId, UtcDateTime
from app.kernel.database.session import Model


class OperationLog(Model):
    """One state-changing operation on one record.

    Rows of a record form a chain: ``seal`` covers the row and the end mark that it replaced, under a key that
    is outside the database.  ``differences`` is ``{field: [before, after]}`` with numbers masked; ``message``
    and ``parameters`` are the parts of ``sentence``, so that it can be shown in another language; a parameter
    that is a code is stored as ``[dictionary, code]``.
    """

    __tablename__ = "operation_log"
    __table_args__ = (
        UniqueConstraint("record_type", "record_id", "number"),
        Index("ix_operation_log_at", "at", "id"),
        Index("ix_operation_log_actor", "actor_id", "at", "id"),
        Index("ix_operation_log_operation", "operation", "at", "id"),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    record_type: Mapped[str] = mapped_column(String(40), nullable=False)
    record_id: Mapped[int] = mapped_column(BigId, nullable=False)
    number: Mapped[int] = mapped_column(Integer, nullable=False)
    at: Mapped[datetime] = mapped_column(UtcDateTime, nullable=False)
    actor_id: Mapped[int] = mapped_column(Integer, nullable=False)
    actor_name: Mapped[str] = mapped_column(String(128), nullable=False)
    operation: Mapped[str] = mapped_column(String(64), nullable=False)
    sentence: Mapped[str] = mapped_column(Text, nullable=False)
    message: Mapped[str] = mapped_column(Text, nullable=False)
    parameters: Mapped[dict[str, str | list[str]]] = mapped_column(JSON, nullable=False)
    differences: Mapped[dict[str, list[str]]] = mapped_column(JSON, nullable=False)
    source: Mapped[str] = mapped_column(String(64), nullable=False)
    request_id: Mapped[str] = mapped_column(String(36), nullable=False)
    company_id: Mapped[int | None] = mapped_column(Integer, nullable=True)
    seal: Mapped[str] = mapped_column(String(64), nullable=False)

    def sealed_content(self, previous: str) -> bytes:
        """Return the bytes that the seal covers: every column, and the end mark of the chain before it."""
        values: list[Any] = [
            previous, self.record_type, self.record_id, self.number, self.at.isoformat(), self.actor_id,
            self.actor_name, self.operation, self.sentence, self.message, self.parameters, self.differences,
            self.source, self.request_id, self.company_id,
        ]  # fmt: skip
        return json.dumps(values, ensure_ascii=False, sort_keys=True).encode()


class AuditHead(Model):
    """The end of a record's chain: reveals when rows at the end were removed.

    ``seal`` covers the position and the last row's seal under the key.  No row contains it, so that without
    the key and an earlier copy of this mark the end cannot be set back (ADR 10).
    """

    __tablename__ = "audit_head"
    record_type: Mapped[str] = mapped_column(String(40), primary_key=True)
    record_id: Mapped[int] = mapped_column(BigId, primary_key=True, autoincrement=False)
    number: Mapped[int] = mapped_column(Integer, nullable=False)
    seal: Mapped[str] = mapped_column(String(64), nullable=False)

    @staticmethod
    def marked_content(record_type: str, record_id: int, number: int, last_seal: str) -> bytes:
        """Return the bytes that the mark covers: the record of the chain, the position of its end, and the
        last row.
        """
        return json.dumps(["end", record_type, record_id, number, last_seal]).encode()
