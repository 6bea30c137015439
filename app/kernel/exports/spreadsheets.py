"""Writing rows as a spreadsheet, in constant memory."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import IO, TYPE_CHECKING, Any

import xlsxwriter
from flask import current_app
from flask_babel import gettext
from markupsafe import Markup

from app.kernel import clock
from app.kernel.pages.formatting import NOTHING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from pathlib import Path

    from xlsxwriter.worksheet import Worksheet


XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_MAX_TEXT = 32_767
_NARROW, _WIDE = 8, 60
_FIRST_DAY = date(1900, 3, 1)  # the format's original program has a 29 February 1900


@dataclass(frozen=True)
class SheetColumn:
    """A column: its heading and the value of a record, with a type where it has one."""

    label: str
    value: Callable[[Any], Any]


def write_xlsx(target: IO[bytes], title: str, columns: Sequence[SheetColumn], records: Iterable[Any]) -> int:
    """Write the records as a sheet.  Return the number of records."""
    options = {
        "constant_memory": True,
        "tmpdir": str(temporary_directory()),
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "strings_to_numbers": False,
    }
    with xlsxwriter.Workbook(target, options) as book:
        sheet = book.add_worksheet(_sheet_name(title))
        head = book.add_format({"bold": True, "bg_color": "#F7F8FA", "bottom": 1, "border_color": "#E5E8EE"})
        faces = {kind: book.add_format({"num_format": face}) for kind, face in _CELL_FORMATS.items()}
        writer = _Writer(sheet, faces)
        widths = [_width(column.label) for column in columns]
        for place, column in enumerate(columns):
            sheet.write_string(0, place, column.label, head)
        number = 0
        for number, record in enumerate(records, 1):
            for place, column in enumerate(columns):
                widths[place] = max(widths[place], writer.write(number, place, column.value(record)))
        sheet.freeze_panes(1, 0)
        sheet.autofilter(0, 0, max(number, 1), len(columns) - 1)
        for place, width in enumerate(widths):
            sheet.set_column(place, place, max(_NARROW, min(width + 2, _WIDE)))
    return number


_CELL_FORMATS = {
    datetime: "yyyy-mm-dd hh:mm",
    date: "yyyy-mm-dd",
    Decimal: "#,##0.00",
    int: "0",
}


@dataclass(frozen=True)
class _Writer:
    """Writes values by their type, and returns their width."""

    sheet: Worksheet
    formats: dict[type, Any]

    def write(self, row: int, place: int, value: Any) -> int:
        if isinstance(value, datetime):
            value = clock.to_local(value).replace(tzinfo=None)
        if isinstance(value, date) and (value.date() if isinstance(value, datetime) else value) >= _FIRST_DAY:
            self.sheet.write_datetime(row, place, value, self.formats[type(value)])
            return len(_CELL_FORMATS[type(value)])
        if isinstance(value, Decimal | int) and not isinstance(value, bool):
            kind = Decimal if isinstance(value, Decimal) else int
            self.sheet.write_number(row, place, value, self.formats[kind])
            return len(f"{value:,}")
        text = cell_text(value)[:_MAX_TEXT]
        if text:
            self.sheet.write_string(row, place, text)
        return _width(text[:_WIDE])


def cell_text(value: Any) -> str:
    """Return a value as plain text, without the markup of pages; empty for no value."""
    if value is None or value is NOTHING:
        return ""
    if isinstance(value, bool):
        return gettext("Yes") if value else gettext("No")
    if isinstance(value, Markup):
        return value.striptags()
    return str(value)


def _width(text: str) -> int:
    """Return the width of a text in columns: Chinese characters take two."""
    return sum(2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in text)


def _sheet_name(title: str) -> str:
    return "".join(c for c in title if c not in "[]:*?/\\'")[:31] or "Kepan"


def temporary_directory() -> Path:
    """Return a directory below the data directory: nothing is written elsewhere (PLAT-16)."""
    found: Path = current_app.config["KEPAN"].data_dir / "tmp"
    found.mkdir(mode=0o700, exist_ok=True)
    return found
