"""Counting the database statements of an operation."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from sqlalchemy import event

from app.kernel.database.session import db

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flask import Flask


class Statements(list[str]):
    """The statements in order, without transaction control."""

    @property
    def count(self) -> int:  # type: ignore[override]
        """Return their number."""
        return len(self)


@contextmanager
def count_statements(app: Flask) -> Iterator[Statements]:
    """Record all statements that the application's engine executes in the block, in any thread."""
    seen = Statements()

    def notice(_connection, _cursor, statement: str, *_more) -> None:
        if not statement.startswith("BEGIN"):
            seen.append(statement)

    with app.app_context():
        engine = db.engine
    event.listen(engine, "before_cursor_execute", notice)
    try:
        yield seen
    finally:
        event.remove(engine, "before_cursor_execute", notice)
