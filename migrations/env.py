"""Alembic's environment: the application's engine and metadata, the framework's tables included."""

from __future__ import annotations

from typing import Any

from alembic import context
from flask import current_app
from sqlalchemy import DateTime

from app.kernel.database.columns import UtcDateTime
from app.kernel.database.session import Model
from app.kernel.keys import Encrypted


def render_item(kind: str, item: Any, _context: Any) -> str | bool:
    """Migrations stand on their own: our column types appear as what they are in the database."""
    if kind == "type" and isinstance(item, UtcDateTime):
        return f"sa.DateTime(timezone={item.impl.timezone})"
    if kind == "type" and isinstance(item, Encrypted):
        return f"sa.String(length={item.impl.length})"
    return False


def compare_type(_context: Any, _inspected: Any, _column: Any, inspected: Any, ours: Any) -> bool | None:
    """SQLite keeps no time zone: moments there are equal."""
    if isinstance(ours, UtcDateTime) and isinstance(inspected, DateTime):
        return False
    return None


def run() -> None:
    """Migrate online, in one transaction."""
    engine = current_app.extensions["migrate"].db.engine
    with engine.connect() as connection:
        options = {
            **current_app.extensions["migrate"].configure_args,
            "render_item": render_item,
            "compare_type": compare_type,
        }
        context.configure(connection=connection, target_metadata=Model.metadata, **options)
        with context.begin_transaction():
            context.run_migrations()


run()
