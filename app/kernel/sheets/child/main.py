"""What a file is by its first bytes, and the reader for it."""

from __future__ import annotations

import sys
import zipfile
import zlib
from typing import TYPE_CHECKING
from xml.etree.ElementTree import ParseError

from .cells import RefusedError, Writer, limit
from .text import read_csv

if TYPE_CHECKING:
    from collections.abc import Callable


_MAGIC: tuple[tuple[bytes, str], ...] = (
    (b"%PDF", "pdf"),
    (b"\x89PNG", "picture"),
    (b"\xff\xd8\xff", "picture"),
    (b"GIF8", "picture"),
    (b"BM", "picture"),
    (b"Rar!", "archive"),
    (b"7z\xbc\xaf", "archive"),
    (b"\x1f\x8b", "archive"),
    (b"MZ", "program"),
    (b"\x7fELF", "program"),
)
_BIFF = tuple(bytes((9, version, size)) for version in (0, 2, 4, 8) for size in (4, 6, 8, 16))
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


def reader_of(head: bytes) -> Callable[[str, Writer], None]:
    """Return what reads a file with these first bytes."""
    if not head.strip():
        raise RefusedError(code="empty")
    if head.startswith(b"PK"):
        from .xlsx import read_xlsx  # noqa: PLC0415 - only what the file needs: a second less

        return read_xlsx
    if head.startswith((_OLE, *_BIFF)):
        from .xls import read_xls  # noqa: PLC0415

        return read_xls
    for magic, code in _MAGIC:
        if head.startswith(magic) and not (magic == b"BM" and head[:64].isascii() and b"," in head[:64]):
            raise RefusedError(code)
    start = head.removeprefix(b"\xef\xbb\xbf").lstrip()[:2048].lower()
    if b"urn:schemas-microsoft-com:office:spreadsheet" in start or b'progid="excel.sheet"' in start:
        raise RefusedError(code="xml")
    if start.startswith((b"<!doctype html", b"<html", b"<table", b"<meta")):
        raise RefusedError(code="html")
    if start.startswith((b"<?xml", b"<")):
        raise RefusedError(code="xml_other")
    return read_csv


def main(path: str) -> int:
    """Read the file, write its table to the standard output."""
    limit()
    writer = Writer(sys.stdout)
    try:
        with open(path, "rb") as source:  # noqa: PTH123
            head = source.read(64 * 1024)
        reader_of(head)(path, writer)
    except RefusedError as error:
        writer.line({"refused": error.code})
    except MemoryError:
        writer.line({"refused": "too_large"})
    except (ParseError, zlib.error, zipfile.BadZipFile, NotImplementedError):
        writer.line({"refused": "damaged"})
    except Exception as error:  # noqa: BLE001 - a reader meets files that its authors did not imagine
        writer.line({"refused": "damaged", "error": type(error).__name__})
    sys.stdout.flush()
    return 0
