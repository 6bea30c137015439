"""Tables of the operation log.  Rows are appended and never changed."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import JSON, Index, Integer, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.audit import personal as words
from app.audit.seals import MARKED
from app.kernel.database.columns import BigId, UtcDateTime
from app.kernel.database.session import Model
from app.kernel.keys import Encrypted


class RecordKey(Model):
    """The key of the personal data in one record's rows, encrypted with the installation's cipher key.

    Deleting this row erases the data: without the key they cannot be read any more (PLAT-1).
    """

    __tablename__ = "record_key"
    __table_args__ = (UniqueConstraint("record_type", "record_id"),)
    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    record_type: Mapped[str] = mapped_column(String(40), nullable=False)
    record_id: Mapped[int] = mapped_column(BigId, nullable=False)
    key_cipher: Mapped[str] = mapped_column(Encrypted(255), nullable=False)


class OperationLog(Model):
    """One state-changing operation on one record.

    Rows of a record form a chain: ``seal`` covers the row and the end mark that it replaced, with a key that
    is outside the database, in the layout of ``seal_version``. ``sentence`` was made from ``message`` and the
    parameters, which show it in another language; a parameter that is a code is stored as ``[dictionary,
    code]``. Personal values are only in ``personal``, encrypted with the record's key; ``sentence`` has a
    placeholder instead. ``erasure`` marks a row whose personal values were removed.
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
    open_parameters: Mapped[words.Parameters] = mapped_column("parameters", JSON, nullable=False)
    open_differences: Mapped[words.Differences] = mapped_column("differences", JSON, nullable=False)
    personal: Mapped[str | None] = mapped_column(Text)
    source: Mapped[str] = mapped_column(String(64), nullable=False)
    request_id: Mapped[str] = mapped_column(String(36), nullable=False)
    company_id: Mapped[int | None] = mapped_column(Integer, nullable=True)
    seal: Mapped[str] = mapped_column(String(64), nullable=False)

    seal_version: Mapped[int] = mapped_column(Integer, nullable=False, server_default=text(str(MARKED)))
    erasure: Mapped[str | None] = mapped_column(String(64))
    record_key: Mapped[RecordKey | None] = relationship(
        primaryjoin="and_(foreign(OperationLog.record_type) == RecordKey.record_type,"
        " foreign(OperationLog.record_id) == RecordKey.record_id)",
        viewonly=True,
        lazy="joined",
    )

    def _words(self) -> words.LoggedValues | None:
        return words.decrypt(self.personal, self.record_key.key_cipher if self.record_key else None)

    @property
    def parameters(self) -> words.Parameters:
        """The values in the sentence, except erased ones."""
        found = self._words()
        return {**self.open_parameters, **found.parameters} if found else self.open_parameters

    @property
    def differences(self) -> words.Differences:
        """``{field: [before, after]}`` with numbers masked, except erased values."""
        found = self._words()
        return {**self.open_differences, **found.differences} if found else self.open_differences

    @property
    def is_erased(self) -> bool:
        """True if personal data of this row cannot be read any more."""
        return self.erasure is not None or self._words() is None


class AuditHead(Model):
    """The end of a record's chain: reveals when rows at the end were removed.

    ``seal`` covers the position and the last row's seal with the key. No row contains it, so the
    chain cannot be shortened without the key or an earlier copy of this mark (ADR 10).
    """

    __tablename__ = "audit_head"
    record_type: Mapped[str] = mapped_column(String(40), primary_key=True)
    record_id: Mapped[int] = mapped_column(BigId, primary_key=True, autoincrement=False)
    number: Mapped[int] = mapped_column(Integer, nullable=False)
    seal: Mapped[str] = mapped_column(String(64), nullable=False)
    record_key: Mapped[RecordKey | None] = relationship(
        primaryjoin="and_(foreign(AuditHead.record_type) == RecordKey.record_type,"
        " foreign(AuditHead.record_id) == RecordKey.record_id)",
        viewonly=True,
        lazy="joined",
    )
