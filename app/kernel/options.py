"""Choices for remote-search fields: one page of what the scoped statement finds."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask import Response, jsonify, request

from app.kernel.db import db
from app.kernel.text import fold

if TYPE_CHECKING:
    from collections.abc import Callable

    from sqlalchemy import Select

PAGE = 20
_MAX_PAGE = 1000
_MAX_TYPED = 60


def search_text() -> str:
    """What somebody typed to find a choice."""
    return fold(request.args.get("q", ""))[:_MAX_TYPED]


def empty_choices() -> Response:
    """Nothing to choose from."""
    return jsonify(results=[], pagination={"more": False})


def choices_from(statement: Select[Any], text: Callable[[Any], str]) -> Response:
    """The page of records that was asked for, each with its id and what it is called."""
    page = max(1, min(request.args.get("page", 1, type=int), _MAX_PAGE))
    rows = db.session.execute(statement.limit(PAGE + 1).offset((page - 1) * PAGE)).unique().scalars().all()
    return jsonify(
        results=[{"id": row.id, "text": text(row)} for row in rows[:PAGE]],
        pagination={"more": len(rows) > PAGE},
    )
