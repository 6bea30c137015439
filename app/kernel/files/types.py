"""Accepted kinds of files, detected by their content (PLAT-10).

Pictures, PDF, office documents, text and tables are accepted.  Archives, programs, web pages and documents
with macros are not, whatever their names: their content cannot be inspected, and no customer's file needs
them.  Office documents from before 2007 (OLE files) can hold macros that only a special parser finds, so all
of them are refused.
"""

from __future__ import annotations

import struct
import zipfile
import zlib
from dataclasses import dataclass
from typing import IO, TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable


@dataclass(frozen=True)
class FileType:
    """A kind of file; a file without one of its ``extensions`` gets the first."""

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
TXT = FileType("text/plain", (".txt",))
CSV = FileType("text/csv", (".csv",))

ALL = (JPEG, PNG, GIF, WEBP, BMP, PDF, DOCX, XLSX, PPTX, TXT, CSV)
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
_CONTENTS = "[Content_Types].xml"
_MACROS = ("vbaproject", "vbadata", "activex", "macrosheets/", "oleobject")
# Signs of macros in the list of parts, also hidden ones; compared in lower case and without zero bytes.
_MACRO_TYPES = (b"macro", b"vba", b"activex", b"oleobject", b"&#", b"<!doctype", b"<!entity")
_MAX_PARTS = 5000
_MAX_DIRECTORY = 1024 * 1024
_PACKINGS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)  # others unpack megabytes for a first byte
# The record at a zip's end: signature, disks, entries here and in all, directory's bytes and place, comment.
_END = struct.Struct("<4s4H2LH")
_END_SIGN, _LARGE_SIGN = b"PK\x05\x06", b"PK\x06\x07"
_MAX_COMMENT = 0xFFFF
_MAX_CONTENTS = 2 * 1024 * 1024
_HEAD = 64 * 1024
_CONTROLS = frozenset(range(32)) - frozenset(b"\t\n\r\f")


ACCEPTED = ",".join(extension for one in ALL for extension in one.extensions)


def detect_image(content: IO[bytes]) -> FileType | None:
    """Return the kind of a picture, by its first bytes only; None for everything else."""
    content.seek(0)
    found = _by_magic(content.read(_HEAD))
    content.seek(0)
    return found if found is not None and found.is_image else None


def detect_type(name: str, content: IO[bytes]) -> FileType | None:
    """Return the kind of the content; None for a kind that is not accepted or contradicts the name."""
    content.seek(0)
    head = content.read(_HEAD)
    extension = extension_of(name)
    found = _by_content(head, extension, content)
    content.seek(0)
    if found is None or found.is_image or extension not in _KNOWN or extension in found.extensions:
        return found
    return None


def extension_of(name: str) -> str:
    """Return the last extension, lower case, with its dot; empty when there is none."""
    stem, dot, last = name.rpartition(".")
    return f".{last.lower()}" if dot and stem else ""


def _by_magic(head: bytes) -> FileType | None:
    if head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        return WEBP
    return next((found for magic, found in _MAGIC if head.startswith(magic)), None)


def _by_content(head: bytes, extension: str, content: IO[bytes]) -> FileType | None:
    found = _by_magic(head)
    if found is not None:
        return found
    if head.startswith(_ZIP):
        return _open_xml(content)
    return _named(extension, (TXT, CSV)) if _is_text(head) else None


def _named(extension: str, candidates: Iterable[FileType]) -> FileType | None:
    return next((one for one in candidates if extension in one.extensions), None)


def is_old_office(content: IO[bytes]) -> bool:
    """Return True for an OLE file: an office document from before 2007, or one with a password."""
    content.seek(0)
    found = content.read(len(_OLE)) == _OLE
    content.seek(0)
    return found


def _open_xml(content: IO[bytes]) -> FileType | None:
    """Return the kind of a document in a zip, without macros.  Only its list of parts is unpacked, and the
    first bytes of each part: a macro is an OLE file whatever the part is called.
    """
    if not _has_small_directory(content):
        return None
    try:
        with zipfile.ZipFile(content) as archive:
            names = archive.namelist()
            parts = set(names)
            if len(names) > _MAX_PARTS or len(parts) < len(names) or _CONTENTS not in parts:
                return None
            if any(part.compress_type not in _PACKINGS for part in archive.infolist()):
                return None
            if _has_macros(archive, names):
                return None
    except (zipfile.BadZipFile, zlib.error, OSError, EOFError, ValueError, RuntimeError, LookupError):
        return None  # damaged, encrypted, or packed in a way of its own
    return next((found for part, found in _PARTS if part in parts), None)


def _has_small_directory(content: IO[bytes]) -> bool:
    """Return True if the zip's own end record says that its directory is small enough to be read whole, as
    :class:`zipfile.ZipFile` does.  The large form of the record (ZIP64) is for archives beyond that.
    """
    size = content.seek(0, 2)
    content.seek(max(0, size - _END.size - _MAX_COMMENT))
    tail = content.read()
    place = tail.rfind(_END_SIGN)
    if place < 0 or len(tail) - place < _END.size or _LARGE_SIGN in tail[max(0, place - 20) : place]:
        return False
    _sign, _disk, _start, _here, entries, directory, _place, _comment = _END.unpack_from(tail, place)
    return bool(entries <= _MAX_PARTS and directory <= _MAX_DIRECTORY)


def _has_macros(archive: zipfile.ZipFile, names: Iterable[str]) -> bool:
    if any(word in name.lower() for name in names for word in _MACROS):
        return True
    with archive.open(_CONTENTS) as listed:
        said = listed.read(_MAX_CONTENTS + 1)
    plain = said.replace(b"\0", b"").lower()
    if len(said) > _MAX_CONTENTS or any(word in plain for word in _MACRO_TYPES):
        return True
    return any(_begins_as_ole(archive, name) for name in names)


def _begins_as_ole(archive: zipfile.ZipFile, name: str) -> bool:
    with archive.open(name) as part:
        return part.read(len(_OLE)) == _OLE


def _is_text(head: bytes) -> bool:
    """Return True for readable text: UTF-8 or GB 18030, without control characters."""
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
