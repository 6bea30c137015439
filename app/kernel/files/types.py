"""What kinds of files are taken in, told by their content (PLAT-10).

Pictures, PDF, office documents, text and tables.  Not archives, programs, web pages or documents with
macros: nobody can see what is in them, and no customer's file needs them.
"""

from __future__ import annotations

import zipfile
from dataclasses import dataclass
from typing import IO, TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable


@dataclass(frozen=True)
class FileType:
    """A kind of file; the first of ``extensions`` is the one it gets when it has none of them."""

    media_type: str
    extensions: tuple[str, ...]
    is_image: bool = False


JPEG = FileType("image/jpeg", (".jpg", ".jpeg"), is_image=True)
PNG = FileType("image/png", (".png",), is_image=True)
GIF = FileType("image/gif", (".gif",), is_image=True)
WEBP = FileType("image/webp", (".webp",), is_image=True)
BMP = FileType("image/bmp", (".bmp",), is_image=True)
PDF = FileType("application/pdf", (".pdf",))
_OPEN_XML = "application/vnd.openxmlformats-officedocument."
DOCX = FileType(f"{_OPEN_XML}wordprocessingml.document", (".docx",))
XLSX = FileType(f"{_OPEN_XML}spreadsheetml.sheet", (".xlsx",))
PPTX = FileType(f"{_OPEN_XML}presentationml.presentation", (".pptx",))
DOC = FileType("application/msword", (".doc", ".wps"))
XLS = FileType("application/vnd.ms-excel", (".xls", ".et"))
PPT = FileType("application/vnd.ms-powerpoint", (".ppt", ".dps"))
TXT = FileType("text/plain", (".txt",))
CSV = FileType("text/csv", (".csv",))

ALL = (JPEG, PNG, GIF, WEBP, BMP, PDF, DOCX, XLSX, PPTX, DOC, XLS, PPT, TXT, CSV)
IMAGES = tuple(one for one in ALL if one.is_image)
_KNOWN = frozenset(extension for one in ALL for extension in one.extensions)

_MAGIC = (
    (b"\xff\xd8\xff", JPEG),
    (b"\x89PNG\r\n\x1a\n", PNG),
    (b"GIF87a", GIF),
    (b"GIF89a", GIF),
    (b"BM", BMP),
    (b"%PDF-", PDF),
)
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ZIP = b"PK\x03\x04"
_PARTS = (("word/document.xml", DOCX), ("xl/workbook.xml", XLSX), ("ppt/presentation.xml", PPTX))
_MACROS = ("vbaProject.bin", "vbaData.xml")
_MAX_PARTS = 5000
_HEAD = 64 * 1024
_CONTROLS = frozenset(range(32)) - frozenset(b"\t\n\r\f")


ACCEPTED = ",".join(extension for one in ALL for extension in one.extensions)


def detect_type(name: str, content: IO[bytes]) -> FileType | None:
    """The kind of the content; None when it is none of ours, or another document than its name says."""
    content.seek(0)
    head = content.read(_HEAD)
    extension = extension_of(name)
    found = _by_content(head, extension, content)
    content.seek(0)
    if found is None or found.is_image or extension not in _KNOWN or extension in found.extensions:
        return found
    return None


def extension_of(name: str) -> str:
    """The last extension, lower case, with its dot; empty when there is none."""
    stem, dot, last = name.rpartition(".")
    return f".{last.lower()}" if dot and stem else ""


def _by_content(head: bytes, extension: str, content: IO[bytes]) -> FileType | None:
    for magic, found in _MAGIC:
        if head.startswith(magic):
            return found
    if head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        return WEBP
    if head.startswith(_ZIP):
        return _open_xml(content)
    if head.startswith(_OLE):
        return _named(extension, (DOC, XLS, PPT))
    return _named(extension, (TXT, CSV)) if _is_text(head) else None


def _named(extension: str, candidates: Iterable[FileType]) -> FileType | None:
    return next((one for one in candidates if extension in one.extensions), None)


def _open_xml(content: IO[bytes]) -> FileType | None:
    """A document in a zip, without macros.  Only the table of contents is read: nothing is unpacked."""
    try:
        with zipfile.ZipFile(content) as archive:
            names = archive.namelist()
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError):
        return None
    parts = set(names)
    if len(names) > _MAX_PARTS or "[Content_Types].xml" not in parts:
        return None
    if any(name.endswith(_MACROS) for name in names):
        return None
    return next((found for part, found in _PARTS if part in parts), None)


def _is_text(head: bytes) -> bool:
    """Readable text: UTF-8 or GB 18030, without control characters."""
    if not head or head.startswith((b"\xff\xfe", b"\xfe\xff")):
        return head.startswith(b"\xff\xfe")  # UTF-16, as the office programs save "Unicode text"
    if _CONTROLS & set(head):
        return False
    return any(_decodes(head, encoding) for encoding in ("utf-8-sig", "gb18030"))


def _decodes(head: bytes, encoding: str) -> bool:
    # The head may end inside a character, which takes four bytes at most.
    for cut in range(4):
        try:
            head[: len(head) - cut].decode(encoding)
        except UnicodeDecodeError:
            continue
        return True
    return False
