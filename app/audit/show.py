"""The operation log as a table, on the page of the record that it is about (PLAT-1)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask_babel import gettext
from sqlalchemy import select, tuple_

from app.audit.models import OperationLog
from app.audit.queries import actor_name, sentence_of, shown_value, source_label
from app.kernel.pages import Column, Row, TableTab, cell, local_time
from app.kernel.tabs import one_page

if TYPE_CHECKING:
    from collections.abc import Sequence


def operations_table(subjects: Sequence[tuple[str, int]], page: int) -> TableTab:
    """One page of the operations on records that the caller has reached already, newest first.

    :param subjects: (kind, id) of the record and of those that belong to it.
    """
    key = tuple_(OperationLog.record_type, OperationLog.record_id)
    statement = (
        select(OperationLog)
        .where(key.in_(list(subjects)))
        .order_by(OperationLog.at.desc(), OperationLog.id.desc())
    )
    rows, more = one_page(statement, page)
    columns = [
        Column("time", gettext("Time")),
        Column("who", gettext("Who")),
        Column("what", gettext("What"), wide=True),
        Column("change", gettext("Change"), wide=True),
        Column("source", gettext("From address")),
    ]
    return TableTab(columns, [_row(row) for row in rows], gettext("Nothing happened yet"), more)


def _row(row: OperationLog) -> Row:
    changes = [
        " → ".join(shown_value(row.record_type, field, value) or "—" for value in pair)
        for field, pair in row.differences.items()
    ]
    cells = {
        "time": local_time(row.at),
        "who": actor_name(row),
        "what": sentence_of(row),
        "change": cell("; ".join(changes)),
        "source": cell(source_label(row.source)),
    }
    return Row(row.id, "", cells)
