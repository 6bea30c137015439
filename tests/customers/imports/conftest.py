"""Tables for tests of imports."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any

import pytest
from openpyxl import Workbook

from app.customers.imports.services import keep_read_table, write_import
from app.kernel.sheets.tables import Cell, Row, Sheet

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from app.customers.imports.models import ImportBatch

HEAD = ("客户名称", "手机号")


def sheet(*rows: Sequence[str], head: Sequence[str] = HEAD) -> Sheet:
    """Return a sheet as it is read: headings in row 1, texts below."""
    return Sheet(
        "客户",
        is_visible=True,
        rows=[
            Row(number, False, {place: Cell("t", text) for place, text in enumerate(row) if text})
            for number, row in enumerate([head, *rows], 1)
        ],
    )


def workbook(*rows: Sequence[Any], head: Sequence[str] = HEAD) -> io.BytesIO:
    """Return an .xlsx file."""
    book = Workbook()
    for row in (head, *rows):
        book.active.append([*row])
    content = io.BytesIO()
    book.save(content)
    content.seek(0)
    return content


@pytest.fixture
def keep(world) -> Callable[..., ImportBatch]:
    """Keep a table: rows, ``head``, ``by`` whom; further keywords are options."""

    def run(
        *rows: Sequence[str], head: Sequence[str] = HEAD, by: str = "agent", **options: Any
    ) -> ImportBatch:
        return keep_read_table("客户.xlsx", [sheet(*rows, head=head)], actor=world.actor(by), **options)

    return run


@pytest.fixture
def imported(world, keep) -> Callable[..., ImportBatch]:
    """Keep a table and write it at once."""

    def run(*rows: Sequence[str], by: str = "agent", **more: Any) -> ImportBatch:
        return write_import(keep(*rows, by=by, **more).id, actor=world.actor(by))

    return run
