"""Reading of CSV files, in the encodings of Excel and WPS."""

from __future__ import annotations

import csv
import io
import re
from typing import TYPE_CHECKING

from .cells import MEGABYTE, RefusedError, text_cell

if TYPE_CHECKING:
    from .cells import Writer

_IDIOM = re.compile(r'="([^"]*)"')


def read_csv(path: str, writer: Writer) -> None:
    """Write the one table of a CSV file: UTF-8 with or without mark, or GB 18030."""
    with open(path, "rb") as source:  # noqa: PTH123
        content = source.read()
    text = _decoded(content)
    csv.field_size_limit(MEGABYTE)
    writer.line({"sheet": "CSV", "visible": True})
    head = [line for line in text[: 64 * 1024].splitlines() if line.strip()][:5]
    delimiter = max(",\t;", key=lambda mark: sum(line.count(mark) for line in head))
    try:
        for number, row in enumerate(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter), 1):
            cells = [
                (place, *read)
                for place, raw in enumerate(row)
                if (read := text_cell(_IDIOM.sub(r"\1", raw) if raw.startswith('="') else raw)) is not None
            ]
            writer.row(number, cells, is_hidden=False)
    except csv.Error as error:
        raise RefusedError(code="damaged") from error
    writer.line({"merged": [], "hidden_columns": []})


def _decoded(content: bytes) -> str:
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise RefusedError(code="utf16")
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        if any(ord(c) < 32 and c not in "\t\n\r\f" for c in text[: 64 * 1024]):  # noqa: PLR2004
            break
        return text
    raise RefusedError(code="unknown")
