"""Helpers for the tests of settings, dictionaries and saved views."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import func, select

from app.audit.models import OperationLog
from app.kernel.database.session import db
from app.kernel.pages.list_views import ListView
from app.kernel.settings.declarations import SettingValue
from app.kernel.settings.dictionaries import DictionaryEntry

if TYPE_CHECKING:
    from collections.abc import Callable

    from app.kernel.errors import Denied, Invalid

_MODELS = (SettingValue, DictionaryEntry, ListView, OperationLog)


def rows() -> dict[str, list[tuple[Any, ...]]]:
    """Return all rows that these operations may write, as they are committed."""
    db.session.commit()
    tables = [model.__table__ for model in _MODELS]
    with db.engine.connect() as connection:
        return {
            table.name: [tuple(row) for row in connection.execute(select(table).order_by(table.c.id))]
            for table in tables
        }


def refused(call: Callable[[], Any], error: type[Denied | Invalid]) -> Any:
    """Check that the call raises the error and changes nothing; return the error."""
    before = rows()
    with pytest.raises(error) as caught:
        call()
    assert not db.session.new
    assert not db.session.dirty
    assert rows() == before
    return caught.value


def log_of(record: Any) -> list[OperationLog]:
    """Return the record's log, oldest first."""
    statement = select(OperationLog).where(
        OperationLog.record_type == record.__audit__, OperationLog.record_id == record.id
    )
    return list(db.session.scalars(statement.order_by(OperationLog.number)))


def count(model: Any) -> int:
    """Return the number of rows of a table."""
    return db.session.scalar(select(func.count()).select_from(model)) or 0
