"""Headings, and lines that are no records: found in any sheet, as people keep them (CUST-34)."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from app.kernel.sheets.tables import column_letters

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Sequence

    from app.kernel.sheets.tables import Row, Sheet


SEARCHED = 20  # rows
_SAMPLES = 3  # rows below the headings that may be samples
_LONGEST = 60  # characters of a heading
_NOTES = re.compile(r"\([^()]*\)|\[[^\[\]]*\]|【[^【】]*】|〔[^〔〕]*〕")
_SIGNS = re.compile(r"[\s*＊★☆※:：。._\-]+")
_TOTALS = frozenset({"合计", "总计", "小计", "汇总", "共计", "total", "sum", "subtotal", "grandtotal"})
_SAMPLE = re.compile(
    r"^(模板)?(示例|样例|范例|举例)|^例[:：如]|^[XxＸ×]{3,}|^(example|sample)\b", re.IGNORECASE
)
_SAMPLE_NUMBERS = frozenset({"13800000000", "13888888888", "12345678901", "13800138000", "13812345678"})
_HINT = re.compile(r"^(必填|选填|非必填|可选|可不填|必选|required|optional)$", re.IGNORECASE)
_IDENTIFIER = re.compile(r"[A-Za-z][A-Za-z0-9_ ]*")
_MANY = 3


def heading_key(text: str) -> str:
    """Return a heading as it is compared: stars, notes in brackets, blanks and case do not matter."""
    plain = unicodedata.normalize("NFKC", text)
    return _SIGNS.sub("", _NOTES.sub("", plain)).casefold()


@dataclass(frozen=True)
class Column:
    """A column that can be mapped: its place, from 0, and its heading as written, empty without one."""

    place: int
    heading: str
    is_hidden: bool = False

    @property
    def letters(self) -> str:
        """Its letters in the sheet."""
        return column_letters(self.place)

    @property
    def key(self) -> str:
        """Its heading as it is compared."""
        return heading_key(self.heading)


@dataclass(frozen=True)
class LeftOut:
    """A line that is no record, and why: ``total``, ``sample``, ``hint`` or ``blank``."""

    number: int
    why: str


@dataclass
class Table:
    """The records of a sheet below its headings; ``heading_row`` is 0 without one."""

    sheet: str
    heading_row: int
    columns: list[Column]
    rows: list[Row]
    left_out: list[LeftOut] = field(default_factory=list)
    hidden_rows: list[int] = field(default_factory=list)


def find_headings(
    sheets: Sequence[Sheet], known: Collection[str], *, one_is_enough: bool = False
) -> tuple[int, int] | None:
    """Return the place of the sheet and the number of the row whose headings are known best; None if none is.

    ``known`` are headings as :func:`heading_key` makes them.  A single one must be most of its row, unless
    ``one_is_enough``.
    """
    best: tuple[int, int, int] | None = None
    for place, sheet in enumerate(sheets):
        if not sheet.is_visible:
            continue
        for row in sheet.rows:
            if row.number > SEARCHED:
                break
            score = _score(row, known, one_is_enough=one_is_enough)
            if score and (best is None or score > best[0]):
                best = score, place, row.number
    return best[1:] if best else None


def _score(row: Row, known: Collection[str], *, one_is_enough: bool) -> int:
    texts = [cell.text for cell in row.cells.values()]
    found = {key for text in texts if len(text) <= _LONGEST and (key := heading_key(text)) in known}
    return len(found) if len(found) > 1 or one_is_enough or len(found) * 2 > len(texts) else 0


def table_of(sheet: Sheet, heading_row: int, known: Collection[str]) -> Table:
    """Return the records of a sheet below the heading row; from its first row for 0."""
    head = next((row for row in sheet.rows if row.number == heading_row), None)
    start, second = heading_row, None
    if head is not None:
        after = next((row for row in sheet.rows if row.number == heading_row + 1), None)
        if after is not None and _is_second(head, after, known):
            start, second = after.number, after
    records = [row for row in sheet.rows if row.number > start]
    columns = _columns(sheet, head, second, known)
    table = Table(sheet.name, heading_row if head else 0, columns, [])
    for place, row in enumerate(records):
        why = _reason(row, is_early=place < _SAMPLES and head is not None)
        if why:
            table.left_out.append(LeftOut(row.number, why))
            continue
        table.rows.append(row)
        if row.is_hidden:
            table.hidden_rows.append(row.number)
    return table


def _is_second(head: Row, after: Row, known: Collection[str]) -> bool:
    """Return True for a second row of headings: known ones, or the names of columns in English."""
    texts = [cell.text.strip() for cell in after.cells.values() if cell.kind == "t"]
    if not texts or len(texts) < len(after.cells):
        return False
    found = sum(heading_key(text) in known for text in texts)
    if found > 1 and found * 2 >= len(texts):
        return True
    named = all(_IDENTIFIER.fullmatch(text) for text in texts)
    return named and len(texts) >= _MANY and not all(text.isascii() for text in head.texts())


def _columns(sheet: Sheet, head: Row | None, second: Row | None, known: Collection[str]) -> list[Column]:
    across = _groups(sheet, head) if head is not None and second is not None else {}
    columns = []
    for place in range(sheet.width):
        top = head.cells[place].text if head and place in head.cells else across.get(place, "")
        below = second.cells[place].text if second and place in second.cells else ""
        heading = top or below
        if below and heading_key(below) in known and heading_key(top) not in known:
            heading = below
        elif below and place in across and heading_key(below) not in known:
            heading = f"{top} {below}"
        columns.append(Column(place, " ".join(heading.split()), place in sheet.hidden_columns))
    return columns


def _groups(sheet: Sheet, head: Row) -> dict[int, str]:
    """Return the heading of a group for each column that it spans."""
    found = {}
    for first, left, _last, right in sheet.merged:
        if first == head.number and left in head.cells:
            found.update(dict.fromkeys(range(left, right + 1), head.cells[left].text))
    return found


def _reason(row: Row, *, is_early: bool) -> str:
    """Return why a line is no record; empty for a record."""
    texts = [" ".join(text.split()) for text in row.texts()]
    if heading_key(texts[0]) in _TOTALS:
        return "total"
    if not is_early:
        return ""
    if any(_HINT.fullmatch(text) for text in texts):
        return "hint"
    digits = ("".join(c for c in text if c.isdigit()) for text in texts)
    if any(_SAMPLE.search(text) for text in texts) or any(one in _SAMPLE_NUMBERS for one in digits):
        return "sample"
    return ""


def keys_of(headings: Iterable[str]) -> frozenset[str]:
    """Return headings as they are compared."""
    return frozenset(map(heading_key, headings))
