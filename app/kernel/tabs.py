"""One page of what a tab of a detail shows."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from app.kernel.db import db
from app.kernel.pages import qs

if TYPE_CHECKING:
    from sqlalchemy import Select

PAGE = 20


def one_page(statement: Select[Any], page: int) -> tuple[list[Any], str]:
    """One page of a tab's rows, and where the next one is."""
    rows = db.session.scalars(statement.limit(PAGE + 1).offset((page - 1) * PAGE)).unique().all()
    return list(rows[:PAGE]), qs(page=page + 1) if len(rows) > PAGE else ""


def newest_page(statement: Select[Any], model: Any, page: int) -> tuple[list[Any], str]:
    """The same, newest first."""
    return one_page(statement.order_by(model.created_at.desc(), model.id.desc()), page)
