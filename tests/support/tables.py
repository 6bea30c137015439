"""Tables of customers, as they are read and as people send them."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any

from openpyxl import Workbook

from app.kernel.sheets.tables import Cell, Row, Sheet

if TYPE_CHECKING:
    from collections.abc import Sequence

HEAD = ("客户名称", "手机号")


def sheet(*rows: Sequence[str], head: Sequence[str] = HEAD) -> Sheet:
    """Return a sheet as it is read: headings in row 1, texts below."""
    return Sheet(
        "客户",
        is_visible=True,
        rows=[
            Row(
                number,
                is_hidden=False,
                cells={place: Cell("t", text) for place, text in enumerate(row) if text},
            )
            for number, row in enumerate([head, *rows], 1)
        ],
    )


def workbook(*rows: Sequence[Any], head: Sequence[str] = HEAD) -> bytes:
    """Return an .xlsx file."""
    book = Workbook()
    for row in (head, *rows):
        book.active.append([*row])
    content = io.BytesIO()
    book.save(content)
    return content.getvalue()
