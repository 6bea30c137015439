"""Counting what an operation asks of the database."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from sqlalchemy import event

from app.kernel.database.session import db

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flask import Flask


class Statements(list[str]):
    """The statements seen, in order; transaction control is not among them."""

    @property
    def count(self) -> int:  # type: ignore[override]
        """How many there were."""
        return len(self)


@contextmanager
def count_statements(app: Flask) -> Iterator[Statements]:
    """All statements that the application's engine executes meanwhile, whatever the thread."""
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
