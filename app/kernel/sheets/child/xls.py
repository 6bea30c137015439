"""Reading of .xls files, the binary tables from before 2007."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any

import xlrd

from .cells import LOCAL_DATES, MAX_COLUMNS, MAX_MERGED, MEGABYTE, RefusedError, number_cell, text_cell

if TYPE_CHECKING:
    from .cells import Writer


def read_xls(path: str, writer: Writer) -> None:
    """Write all sheets of an .xls file."""
    with open(path, "rb") as source:  # noqa: PTH123
        content = source.read()
    if "EncryptedPackage".encode("utf-16-le") in content:
        raise RefusedError(code="password")
    if "WordDocument".encode("utf-16-le") in content[: 4 * MEGABYTE]:
        raise RefusedError(code="doc")
    try:
        book = xlrd.open_workbook(file_contents=content, formatting_info=True, logfile=io.StringIO())
    except xlrd.XLRDError as error:
        raise RefusedError(code="password" if "encrypt" in str(error).lower() else "damaged") from error
    for sheet in book.sheets():
        writer.line({"sheet": sheet.name, "visible": sheet.visibility == 0})
        for number in range(sheet.nrows):
            info = sheet.rowinfo_map.get(number)
            cells = [
                (place, *read)
                for place, cell in enumerate(sheet.row(number))
                if (read := _old_cell(book, cell)) is not None
            ]
            writer.row(number + 1, cells, is_hidden=bool(info and info.hidden))
        merged = [[r1 + 1, c1, r2, c2 - 1] for r1, r2, c1, c2 in sheet.merged_cells[:MAX_MERGED]]
        hidden = [place for place, info in sheet.colinfo_map.items() if info.hidden and place < MAX_COLUMNS]
        writer.line({"merged": merged, "hidden_columns": hidden})


def _old_cell(book: Any, cell: Any) -> tuple[str, str] | None:
    if cell.ctype == xlrd.XL_CELL_TEXT:
        return text_cell(cell.value)
    if cell.ctype == xlrd.XL_CELL_BOOLEAN:
        return "b", str(cell.value)
    if cell.ctype == xlrd.XL_CELL_ERROR:
        return "e", xlrd.error_text_from_code.get(cell.value, "#ERR")
    if cell.ctype not in {xlrd.XL_CELL_NUMBER, xlrd.XL_CELL_DATE}:
        return None
    key = book.xf_list[cell.xf_index].format_key if cell.xf_index is not None else 0
    known = book.format_map.get(key)
    is_date = cell.ctype == xlrd.XL_CELL_DATE or key in LOCAL_DATES
    text = known.format_str if known else ""
    return number_cell(repr(cell.value), text, epoch_1904=bool(book.datemode), is_date=is_date)
