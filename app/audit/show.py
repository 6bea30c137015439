"""The operation log as a table, on the page of the record that it is about (PLAT-1)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask_babel import gettext
from sqlalchemy import select, tuple_

from app.audit.models import OperationLog
from app.audit.queries import actor_name, sentence_of
from app.kernel.db import db
from app.kernel.pages import Column, Row, TableTab, cell, local_time, qs

if TYPE_CHECKING:
    from collections.abc import Sequence

PAGE = 20


def operations_table(subjects: Sequence[tuple[str, int]], page: int) -> TableTab:
    """One page of the operations on records that the caller has reached already, newest first.

    :param subjects: (kind, id) of the record and of those that belong to it.
    """
    key = tuple_(OperationLog.record_type, OperationLog.record_id)
    statement = (
        select(OperationLog)
        .where(key.in_(list(subjects)))
        .order_by(OperationLog.at.desc(), OperationLog.id.desc())
        .limit(PAGE + 1)
        .offset((page - 1) * PAGE)
    )
    rows = db.session.scalars(statement).all()
    columns = [
        Column("time", gettext("Time")),
        Column("who", gettext("Who")),
        Column("what", gettext("What"), wide=True),
        Column("change", gettext("Change"), wide=True),
        Column("source", gettext("From address")),
    ]
    shown = [_row(row) for row in rows[:PAGE]]
    return TableTab(
        columns, shown, gettext("Nothing happened yet"), qs(page=page + 1) if len(rows) > PAGE else ""
    )


def _row(row: OperationLog) -> Row:
    changes = [f"{before or '—'} → {after or '—'}" for before, after in row.differences.values()]
    cells = {
        "time": local_time(row.at),
        "who": actor_name(row),
        "what": sentence_of(row),
        "change": cell("; ".join(changes)),
        "source": cell(row.source),
    }
    return Row(row.id, "", cells)
