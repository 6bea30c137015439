"""A table as it was read: sheets, rows and cells, and what the file says about them (CUST-34)."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator


class Cell(NamedTuple):
    """A cell that is not blank; ``child`` describes its kinds."""

    kind: str
    text: str


BLANK = Cell("t", "")


@dataclass
class Row:
    """A row with its number in the sheet, from 1, and its cells by column, from 0."""

    number: int
    is_hidden: bool
    cells: dict[int, Cell]

    def texts(self) -> list[str]:
        """Return the texts of its cells from left to right."""
        return [self.cells[place].text for place in sorted(self.cells)]


@dataclass
class Sheet:
    """A sheet; ``merged`` are ranges as first row, first column, last row, last column."""

    name: str
    is_visible: bool
    rows: list[Row] = field(default_factory=list)
    merged: list[list[int]] = field(default_factory=list)
    hidden_columns: frozenset[int] = frozenset()

    @property
    def width(self) -> int:
        """The number of columns up to the last one with a value."""
        return 1 + max((place for row in self.rows for place in row.cells), default=-1)

    def spread(self) -> None:
        """Give a merged cell's value to all its rows, in its first column."""
        spans: dict[int, list[tuple[int, int]]] = {}
        for first, column, last, _right in self.merged:
            if last > first:
                spans.setdefault(column, []).append((first, last))
        for column, ranges in spans.items():
            self._spread_column(column, sorted(ranges))

    def _spread_column(self, column: int, ranges: list[tuple[int, int]]) -> None:
        waiting = iter([*ranges, (1 << 30, 1 << 30)])
        first, last = next(waiting)
        value: Cell | None = None
        for row in self.rows:
            while row.number > last:
                first, last = next(waiting)
                value = None
            if row.number == first:
                value = row.cells.get(column)
            elif row.number > first and value is not None:
                row.cells[column] = value


def read_lines(lines: Iterable[bytes]) -> Iterator[Sheet]:
    """Yield the sheets that the child wrote.

    :raises ValueError: with the code of a refusal.
    """
    sheet: Sheet | None = None
    for line in lines:
        found = json.loads(line)
        if isinstance(found, list):
            if sheet is not None:
                sheet.rows.append(_row(found))
        elif "refused" in found:
            raise ValueError(found["refused"])
        elif "sheet" in found:
            sheet = Sheet(str(found["sheet"]), bool(found["visible"]))
        elif sheet is not None:
            sheet.merged, sheet.hidden_columns = found["merged"], frozenset(found["hidden_columns"])
            sheet.spread()
            yield sheet
            sheet = None


def _row(found: list[Any]) -> Row:
    number, is_hidden, cells = found
    return Row(number, bool(is_hidden), {place: Cell(kind, text) for place, kind, text in cells})


def column_letters(place: int) -> str:
    """Return the letters of a column, from 0: A, B, … AA."""
    letters = ""
    place += 1
    while place:
        place, rest = divmod(place - 1, 26)
        letters = chr(65 + rest) + letters
    return letters
