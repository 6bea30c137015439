"""What cells mean: days, moments, numbers, choices, as people keep them (CUST-34).

A value is returned as the text that a form takes, so that one rule reads it; a remark says what was supposed.
"""

from __future__ import annotations

import re
import unicodedata
from datetime import date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING

from flask_babel import lazy_gettext as _
from openpyxl.utils.datetime import from_excel

from app.kernel.text import fold

if TYPE_CHECKING:
    from app.kernel.errors import Sentence
    from app.kernel.sheets.tables import Cell


class CellError(ValueError):
    """A cell whose value cannot be known; ``code`` names why."""

    def __init__(self, code: str, sentence: Sentence) -> None:
        super().__init__(str(sentence))
        self.code, self.sentence = code, sentence


_DAY = r"(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?"
_TIME = r"(?:[T\s]*(\d{1,2})[:时点](\d{1,2})(?:分|[:.]\d{1,2}(?:\.\d+)?)?分?)?"
_WHOLE = re.compile(_DAY + _TIME)
_EIGHT = re.compile(r"(19|20)\d{2}(0[1-9]|1[0-2])(0[1-9]|[12]\d|3[01])")
_WITHOUT_YEAR = re.compile(r"\d{1,2}[-/.月]\d{1,2}日?")
_UNCLEAR = re.compile(r"\d{1,2}[-/.]\d{1,2}[-/.]\d{2,4}")
_NUMERALS = str.maketrans("〇零○一二三四五六七八九", "000123456789")
_SHORTENED = re.compile(r"([+-]?)(\d)(?:\.(\d+))?[eE]\+?(\d{1,2})")
_SERIALS = range(20_000, 80_000)  # 1954 … 2119
_DASHES = re.compile(r"[‐‑‒–—―−－~～〜]")
_EMPTY = frozenset({"/", "\\", "-", "--", "—", "——", "无", "暂无", "暂无数据", "none", "null", "n/a", "空"})

FROM_DIGITS = _("Read from eight digits: %(day)s")
FROM_SERIAL = _("Read from the day's number %(number)s: %(day)s")


def value_of(cell: Cell) -> str:
    """Return the text of a cell whose value is known.

    :raises CellError: for an error value, a formula without a stored value, a number without its last digits.
    """
    if cell.kind == "e":
        raise CellError(
            code="import.error_value", sentence=_("The cell holds the error %(error)s", error=cell.text)
        )
    if cell.kind == "f":
        raise CellError(
            code="import.no_stored_value",
            sentence=_("The formula has no stored value: open the table in Excel, save it once"),
        )
    if cell.kind == "l":
        raise CellError(
            code="import.digits_lost",
            sentence=_("Excel has lost the last digits of this number: make the column text"),
        )
    text = cell.text
    return text[1:] if text.startswith("'") and len(text) > 1 else text


def says_nothing(text: str) -> bool:
    """Return True for a word that people write into an empty cell."""
    return fold(text).casefold() in _EMPTY


def unshortened(text: str) -> str:
    """Return a number that was written as ``1.3900000303E10`` with all its digits.

    :raises CellError: when digits are missing.
    """
    found = _SHORTENED.fullmatch(fold(text))
    if found is None:
        return text
    digits, places = found[2] + (found[3] or ""), int(found[4]) + 1
    if len(digits) < places:
        raise CellError(
            code="import.digits_lost",
            sentence=_("Excel has lost the last digits of this number: make the column text"),
        )
    whole, part = digits[:places], digits[places:].rstrip("0")
    return found[1] + whole + (f".{part}" if part else "")


def read_day(cell: Cell) -> tuple[str, Sentence]:
    """Return the day that a cell shows, as ``2026-03-14``, and a remark where it was supposed.

    :raises CellError: for what is no day, or not a certain one.
    """
    moment, remark = _read_moment(cell)
    return moment.date().isoformat(), remark


def read_moment(cell: Cell) -> tuple[str, Sentence]:
    """Return the moment that a cell shows, as ``2026-03-14T09:05``; see :func:`read_day`."""
    moment, remark = _read_moment(cell)
    return moment.isoformat(timespec="minutes"), remark


def _read_moment(cell: Cell) -> tuple[datetime, Sentence]:
    text = value_of(cell)
    if cell.kind == "d":
        return datetime.fromisoformat(text), ""
    plain = fold(unshortened(text) if cell.kind == "n" else text)
    if _EIGHT.fullmatch(plain):
        found = _calendar(plain[:4], plain[4:6], plain[6:])
        return found, _with_day(FROM_DIGITS, found)
    if re.fullmatch(r"\d{5}(\.\d+)?", plain) and int(plain[:5]) in _SERIALS:
        found = _from_serial(plain)
        return found, _with_day(FROM_SERIAL, found, number=plain)
    return _from_text(plain), ""


def _from_text(plain: str) -> datetime:
    found = _WHOLE.fullmatch(_with_digits(plain))
    if found:
        day = _calendar(found[1], found[2], found[3])
        try:
            return day.replace(hour=int(found[4] or 0), minute=int(found[5] or 0))
        except ValueError:
            raise CellError(
                code="import.no_day", sentence=_("There is no such time: %(text)s", text=plain)
            ) from None
    if _WITHOUT_YEAR.fullmatch(plain):
        raise CellError(
            code="import.day_without_year", sentence=_("The year is missing: %(text)s", text=plain)
        )
    if _UNCLEAR.fullmatch(plain):
        raise CellError(
            code="import.day_unclear",
            sentence=_("Day or month first? Write it as 2026-03-04: %(text)s", text=plain),
        )
    raise CellError(code="import.no_day", sentence=_("Not a day: %(text)s", text=plain[:40]))


def _with_digits(plain: str) -> str:
    """Return a day in Chinese numerals in digits: 二〇二六年三月十四日."""
    if "年" not in plain or plain[:1].isdigit():
        return plain
    year, _sign, rest = plain.partition("年")
    month, _sign, day = rest.partition("月")
    return f"{year.translate(_NUMERALS)}年{_tens(month)}月{_tens(day.removesuffix('日'))}日"


def _tens(text: str) -> str:
    """Return 三十一 as 31."""
    if "十" not in text:
        return text.translate(_NUMERALS)
    tens, _sign, ones = text.translate(_NUMERALS).partition("十")
    return f"{tens or '1'}{ones or '0'}"


def _calendar(year: str, month: str, day: str) -> datetime:
    try:
        found = date(int(year), int(month), int(day))
    except ValueError:
        raise CellError(
            code="import.no_day", sentence=_("There is no such day: %(text)s", text=f"{year}-{month}-{day}")
        ) from None
    return datetime(found.year, found.month, found.day)  # noqa: DTZ001 - a day as the sheet shows it


def _from_serial(plain: str) -> datetime:
    found = from_excel(float(plain))
    if isinstance(found, datetime):
        return found
    raise CellError(code="import.no_day", sentence=_("Not a day: %(text)s", text=plain))


def _with_day(sentence: Sentence, found: datetime, **more: str) -> Sentence:
    return str(sentence) % {"day": found.date().isoformat(), **more}


def read_number(cell: Cell) -> str:
    """Return the digits of a number as a form takes them.

    :raises CellError: for a number without its last digits, and what :func:`value_of` refuses.
    """
    text = value_of(cell)
    return unshortened(text) if cell.kind in "nt" else text


def choice_key(text: str) -> str:
    """Return a choice as it is compared: blanks, width, case and the kind of dash do not matter."""
    plain = unicodedata.normalize("NFKC", text).casefold()
    return "".join(_DASHES.sub("-", plain).split())


def bare_numbers(cells: list[Cell]) -> list[Decimal]:
    """Return the values of a column's cells that are numbers without a unit."""
    found = [fold(cell.text).replace(",", "") for cell in cells if cell.kind in "nt"]
    return [Decimal(text) for text in found if re.fullmatch(r"\d{1,15}(\.\d+)?", text)]
