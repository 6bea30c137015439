"""Reading of .xlsx files: a zip of XML, checked before any part is unpacked."""

from __future__ import annotations

import re
import zipfile
from datetime import datetime
from typing import TYPE_CHECKING, Any
from xml.etree.ElementTree import iterparse

from .cells import (
    LOCAL_DATES,
    MAX_COLUMNS,
    MAX_MERGED,
    MEGABYTE,
    RefusedError,
    moment_cell,
    number_cell,
    text_cell,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from .cells import Writer

MAX_PARTS, MAX_UNPACKED, MAX_RATIO = 5_000, 400 * MEGABYTE, 200
_ALWAYS_KNOWN = {0: "General", 9: "0%", 10: "0.00%"}


def _local(tag: str) -> str:
    return tag.rpartition("}")[2]


class Package:
    """The parts of an .xlsx file, checked before any is unpacked."""

    def __init__(self, path: str) -> None:
        try:
            self.archive = zipfile.ZipFile(path)
        except (zipfile.BadZipFile, ValueError, OSError) as error:
            raise RefusedError(code="damaged") from error
        parts = self.archive.infolist()
        self.names = {one.filename.replace("\\", "/").lower().lstrip("/"): one.filename for one in parts}
        if len(parts) > MAX_PARTS:
            raise RefusedError(code="bomb")
        for one in parts:
            if one.flag_bits & 1:
                raise RefusedError(code="password")
            if one.file_size > 10 * MEGABYTE and one.file_size > MAX_RATIO * max(one.compress_size, 1):
                raise RefusedError(code="bomb")
        if sum(one.file_size for one in parts) > MAX_UNPACKED:
            raise RefusedError(code="bomb")

    def has(self, name: str) -> bool:
        """Return True if there is such a part."""
        return name.lower() in self.names

    def elements(self, name: str, *wanted: str) -> Iterator[Any]:
        """Yield the elements of these names of a part as they end."""
        with self.archive.open(self.names[name.lower()]) as source:
            for _event, element in iterparse(source):  # noqa: S314 - limited by the process
                if _local(element.tag) in wanted:
                    yield element

    def relations(self, name: str) -> dict[str, tuple[str, str]]:
        """Return type and target of the relations of a part."""
        folder, _slash, base = name.rpartition("/")
        part = f"{folder}/_rels/{base}.rels".lstrip("/")
        if not self.has(part):
            return {}
        found = {}
        for one in self.elements(part, "Relationship"):
            target = one.get("Target", "").replace("\\", "/")
            whole = target.lstrip("/") if target.startswith("/") else _joined(folder, target)
            found[one.get("Id", "")] = one.get("Type", "").rpartition("/")[2], whole
        return found


def _joined(folder: str, target: str) -> str:
    parts = folder.split("/") if folder else []
    for one in target.split("/"):
        if one == "..":
            parts = parts[:-1]
        elif one != ".":
            parts.append(one)
    return "/".join(parts)


_OTHER_ZIPS = (
    ("word/document.xml", "docx"),
    ("ppt/presentation.xml", "pptx"),
    ("xl/workbook.bin", "xlsb"),
    ("index/document.iwa", "numbers"),
)


def check_zip(package: Package) -> None:
    """Refuse zips that are no .xlsx files, and those with macros."""
    if any("vbaproject" in name or "macrosheets/" in name for name in package.names):
        raise RefusedError(code="macros")
    if package.has("mimetype"):
        raise RefusedError(code="ods")
    for part, code in _OTHER_ZIPS:
        if package.has(part):
            raise RefusedError(code)
    if not package.has("[Content_Types].xml"):
        raise RefusedError(code="zip")


def read_xlsx(path: str, writer: Writer) -> None:
    """Write all sheets of an .xlsx file."""
    package = Package(path)
    check_zip(package)
    roots = [target for kind, target in package.relations("").values() if kind == "officeDocument"]
    book = next((one for one in [*roots, "xl/workbook.xml"] if package.has(one)), None)
    if book is None:
        raise RefusedError(code="damaged")
    sheets, epoch_1904 = _sheets_of(package, book)
    relations = package.relations(book)
    of_kind = dict(relations.values())
    strings = _shared_strings(package, of_kind.get("sharedStrings", "xl/sharedStrings.xml"))
    styles = _styles(package, of_kind.get("styles", "xl/styles.xml"))
    for name, is_visible, relation in sheets:
        kind, part = relations.get(relation, ("", ""))
        if kind != "worksheet" or not package.has(part):
            continue
        writer.line({"sheet": name, "visible": is_visible})
        _read_sheet(package, part, _Values(strings, styles, epoch_1904), writer)


def _sheets_of(package: Package, book: str) -> tuple[list[tuple[str, bool, str]], bool]:
    sheets, epoch_1904 = [], False
    for one in package.elements(book, "sheet", "workbookPr"):
        if _local(one.tag) == "workbookPr":
            epoch_1904 = one.get("date1904", "0") in {"1", "true", "on"}
            continue
        relation = next((value for key, value in one.attrib.items() if _local(key) == "id"), "")
        sheets.append((one.get("name", ""), one.get("state", "visible") == "visible", relation))
    return sheets, epoch_1904


def _plain_text(element: Any) -> str:
    """Return the text of a string, rich or not, without the readings above it."""
    parts: list[str] = []
    for one in element:
        name = _local(one.tag)
        if name == "t":
            parts.append(one.text or "")
        elif name == "r":
            parts.extend(inner.text or "" for inner in one if _local(inner.tag) == "t")
    return "".join(parts)


def _shared_strings(package: Package, part: str) -> list[str]:
    found: list[str] = []
    if package.has(part):
        for one in package.elements(part, "si"):
            found.append(_plain_text(one))
            one.clear()
    return found


def _styles(package: Package, part: str) -> list[tuple[str, bool]]:
    """Return of each cell style the number format, and whether it shows a date."""
    from openpyxl.styles.numbers import BUILTIN_FORMATS, is_date_format  # noqa: PLC0415

    codes: dict[int, str] = {**BUILTIN_FORMATS, **_ALWAYS_KNOWN}
    used: list[int] = []
    if package.has(part):
        for one in package.elements(part, "numFmt", "cellXfs"):
            if _local(one.tag) == "numFmt":
                codes[_whole(one.get("numFmtId"))] = one.get("formatCode", "")
            else:
                used = [_whole(style.get("numFmtId")) for style in one]
    dates: dict[int, bool] = {}
    for pk in set(used):
        code = codes.get(pk, "")
        known = is_date_format(code) if code else False
        shows_day = bool(re.search("[ymdYMDeE年月日]", re.sub(r'\[[^\]]*\]|"[^"]*"|\\.', "", code)))
        dates[pk] = (known and shows_day) or (not code and pk in LOCAL_DATES)
    return [(codes.get(pk, ""), dates[pk]) for pk in used]


def _whole(text: str | None) -> int:
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 10 else 0  # noqa: PLR2004


class _Values:
    """Reads the cells of one book."""

    def __init__(self, strings: list[str], styles: list[tuple[str, bool]], epoch_1904: bool) -> None:  # noqa: FBT001
        self.strings, self.styles, self.epoch_1904 = strings, styles, epoch_1904

    def read(self, cell: Any) -> tuple[str, str] | None:
        """Return kind and text of a cell; None for a blank one."""
        formula = value = None
        inline = ""
        for one in cell:
            name = _local(one.tag)
            if name == "v":
                value = one.text
            elif name == "f":
                formula = one
            elif name == "is":
                inline = _plain_text(one)
        kind = cell.get("t", "n")
        if kind == "inlineStr":
            return text_cell(inline)
        if not value:
            return ("f", "") if formula is not None and kind != "str" else None
        return self._typed(kind, value, cell)

    def _typed(self, kind: str, value: str, cell: Any) -> tuple[str, str] | None:  # noqa: PLR0911 - by type
        if kind == "s":
            place = _whole(value)
            return text_cell(self.strings[place]) if place < len(self.strings) else None
        if kind == "str":
            return text_cell(value)
        if kind == "b":
            return "b", value
        if kind == "e":
            return "e", value
        if kind == "d":
            try:
                return moment_cell(datetime.fromisoformat(value.removesuffix("Z")))
            except ValueError:
                return "t", value
        style = _whole(cell.get("s"))
        code, is_date = self.styles[style] if style < len(self.styles) else ("", False)
        return number_cell(value, code, epoch_1904=self.epoch_1904, is_date=is_date)


_ADDRESS = re.compile(r"([A-Za-z]{1,3})([0-9]{1,7})")


def _column(letters: str) -> int:
    place = 0
    for letter in letters.upper():
        place = place * 26 + ord(letter) - 64
    return place - 1


def _read_sheet(package: Package, part: str, values: _Values, writer: Writer) -> None:
    merged: list[list[int]] = []
    hidden_columns: list[int] = []
    number = 0
    for one in package.elements(part, "row", "col", "mergeCell"):
        name = _local(one.tag)
        if name == "row":
            number = _whole(one.get("r")) or number + 1
            cells = _cells(one, values)
            writer.row(number, cells, is_hidden=one.get("hidden") in {"1", "true"})
            one.clear()
        elif name == "col" and one.get("hidden") in {"1", "true"}:
            first, last = _whole(one.get("min")), _whole(one.get("max"))
            hidden_columns += range(first - 1, min(last, MAX_COLUMNS))
        elif name == "mergeCell":
            merged.append(_range(one.get("ref", "")))
            if len(merged) > MAX_MERGED:
                raise RefusedError(code="bomb")
    writer.line({"merged": [one for one in merged if one], "hidden_columns": hidden_columns})


def _cells(row: Any, values: _Values) -> list[tuple[int, str, str]]:
    found: list[tuple[int, str, str]] = []
    place = -1
    for cell in row:
        address = _ADDRESS.fullmatch(cell.get("r", ""))
        place = _column(address[1]) if address else place + 1
        read = values.read(cell)
        if read is not None:
            found.append((place, *read))
    return found


def _range(text: str) -> list[int]:
    """Return first row, first column, last row, last column of a range."""
    ends = [_ADDRESS.fullmatch(one) for one in text.split(":")]
    if len(ends) != 2 or not all(ends):  # noqa: PLR2004
        return []
    (first, last) = ends
    assert first is not None  # noqa: S101 - told to the type checker
    assert last is not None  # noqa: S101
    return [int(first[2]), _column(first[1]), int(last[2]), _column(last[1])]
