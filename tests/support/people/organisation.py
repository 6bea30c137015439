"""The log after operations on the organisation; refused ones leave nothing."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from sqlalchemy import func, select

from app.audit.models import OperationLog
from app.kernel.database.session import db

if TYPE_CHECKING:
    from collections.abc import Iterator


def last_operation(kind: str, pk: int) -> tuple[str, str]:
    """Return code and msgid of the record's last logged operation."""
    db.session.rollback()
    rows = select(OperationLog.operation, OperationLog.message).where(
        OperationLog.record_type == kind, OperationLog.record_id == pk
    )
    code, message = db.session.execute(rows.order_by(OperationLog.number.desc()).limit(1)).one()
    return code, message


def differences_of(kind: str, pk: int, operation: str) -> dict[str, list[str]]:
    """Return the changes of the last such operation: field → [before, after]."""
    rows = select(OperationLog).where(
        OperationLog.record_type == kind,
        OperationLog.record_id == pk,
        OperationLog.operation == operation,
    )
    return db.session.scalars(rows.order_by(OperationLog.number.desc()).limit(1)).one().differences


def _rows(models: tuple[Any, ...]) -> list[int]:
    with db.engine.connect() as connection:
        return [
            connection.execute(select(func.count()).select_from(model.__table__)).scalar_one()
            for model in (*models, OperationLog)
        ]


@contextmanager
def nothing_changed(*models: Any) -> Iterator[None]:
    """Check that the block commits no row to the tables, and none to the log."""
    db.session.rollback()
    before = _rows(models)
    yield
    db.session.rollback()
    assert _rows(models) == before
