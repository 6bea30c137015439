"""Limits of the reading process, its answer, and the values of cells."""

from __future__ import annotations

import json
import re
from datetime import date, datetime, time
from decimal import Context, Decimal, InvalidOperation
from typing import Any

MEGABYTE = 1024 * 1024
MEMORY, SECONDS, OUTPUT = 512 * MEGABYTE, 20, 256 * MEGABYTE
MAX_ROWS, MAX_COLUMNS, MAX_MERGED = 100_000, 200, 50_000
EXACT_BELOW = 10**15  # Excel keeps 15 digits
_SIGNIFICANT = Context(prec=15)
_ESCAPED = re.compile(r"_x([0-9A-Fa-f]{4})_")
# Dates of Chinese and Japanese Excel, of which the file has no format code.
LOCAL_DATES = frozenset([*range(27, 37), *range(50, 59)])


class RefusedError(Exception):
    """The file is not read; ``code`` says why."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def limit() -> None:
    """Take memory, time and the size of the answer away from this process."""
    try:
        import resource  # noqa: PLC0415 - not on Windows
    except ImportError:
        return
    for what, most in (
        (resource.RLIMIT_AS, MEMORY),
        (resource.RLIMIT_CPU, SECONDS),
        (resource.RLIMIT_FSIZE, OUTPUT),
    ):
        hard = resource.getrlimit(what)[1]
        low = most if hard == resource.RLIM_INFINITY else min(most, hard)
        resource.setrlimit(what, (low, low))


class Writer:
    """Writes the sheets as lines of JSON, and stops at the limits."""

    def __init__(self, target: Any) -> None:
        self.target, self.rows = target, 0

    def line(self, what: Any) -> None:
        """Write one line."""
        self.target.write(json.dumps(what, ensure_ascii=True, separators=(",", ":")) + "\n")

    def row(self, number: int, cells: list[tuple[int, str, str]], *, is_hidden: bool) -> None:
        """Write a row that is not blank."""
        if not cells:
            return
        self.rows += 1
        if self.rows > MAX_ROWS:
            raise RefusedError(code="too_many_rows")
        if cells[-1][0] >= MAX_COLUMNS:
            raise RefusedError(code="too_many_columns")
        self.line([number, int(is_hidden), cells])


def number_cell(raw: str, number_format: str, *, epoch_1904: bool, is_date: bool) -> tuple[str, str] | None:
    """Return kind and text of a number as its format shows it."""
    try:
        value = Decimal(raw)
    except InvalidOperation:
        return ("t", raw) if raw.strip() else None
    if not value.is_finite():
        return "e", raw
    if is_date:
        return _date_cell(value, epoch_1904=epoch_1904)
    if "%" in number_format:
        return "p", f"{_plain(value * 100)}%"
    if abs(value) >= EXACT_BELOW:
        return "l", f"{value:f}" if value.adjusted() < 40 else raw  # noqa: PLR2004 - digits worth showing
    return "n", _plain(value)


def _plain(value: Decimal) -> str:
    """Return a number without an exponent, in the 15 digits that Excel keeps."""
    short = _SIGNIFICANT.plus(value)
    if short == 0 or short.adjusted() < -20:  # noqa: PLR2004 - nothing that anybody typed
        return "0"
    text = f"{short:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def _date_cell(value: Decimal, *, epoch_1904: bool) -> tuple[str, str]:
    from openpyxl.utils.datetime import CALENDAR_MAC_1904, CALENDAR_WINDOWS_1900, from_excel  # noqa: PLC0415

    try:
        found = from_excel(float(value), CALENDAR_MAC_1904 if epoch_1904 else CALENDAR_WINDOWS_1900)
    except (ValueError, OverflowError):
        return "e", "####"
    return moment_cell(found)


def moment_cell(found: Any) -> tuple[str, str]:
    """Return the cell of a day or a moment; that of a time of day is a text."""
    if isinstance(found, datetime):
        return "d", found.date().isoformat() if found.time() == time() else found.isoformat(
            timespec="seconds"
        )
    if isinstance(found, date):
        return "d", found.isoformat()
    if isinstance(found, time):
        return "t", found.isoformat(timespec="minutes")
    return "e", "####"


def text_cell(text: str) -> tuple[str, str] | None:
    """Return the cell of a text, or None for a blank one."""
    text = _ESCAPED.sub(lambda found: chr(int(found[1], 16)), text) if "_x" in text else text
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    return ("t", text) if text.strip(" \t\n\u3000\xa0\u200b\ufeff") else None
