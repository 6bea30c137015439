"""Responses that are files: with names in any language, never cached."""

from __future__ import annotations

import unicodedata
from typing import TYPE_CHECKING
from urllib.parse import quote

from flask import Response, request

from app.kernel.database.transactions import end_reading
from app.kernel.errors import NotFound
from app.kernel.files.storage import storage

if TYPE_CHECKING:
    from collections.abc import Iterable

    from app.kernel.files.attachments import Attachment


_SAFE = "!#$&+^`|~"  # the characters that RFC 5987 leaves as they are, beside letters and digits


def file_answer(
    content: Iterable[bytes], media_type: str, name: str, *, size: int | None = None, inline: bool = False
) -> Response:
    """Return the content as a file called ``name``; shown in the page only if ``inline``."""
    answer = Response(content, mimetype=media_type, direct_passthrough=True)
    if size is not None:
        answer.content_length = size
    answer.headers["Content-Disposition"] = _disposition(name, inline=inline)
    answer.headers["Cache-Control"] = "no-store"
    return answer


def _disposition(name: str, *, inline: bool) -> str:
    """Return the header, which is ASCII: old clients get the ASCII part of the name, all others the whole
    name.
    """
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode()
    plain = "".join(c for c in plain if c.isalnum() or c in "-_. ").strip()
    if not plain or plain.startswith("."):
        plain = f"file{plain}"
    whole = quote(name, safe=_SAFE)
    return f"{'inline' if inline else 'attachment'}; filename=\"{plain}\"; filename*=UTF-8''{whole}"


# A browser executes nothing in the content, whatever it is.
_POLICY = "default-src 'none'; img-src 'self'; style-src 'unsafe-inline'; sandbox; frame-ancestors 'self'"


def _answer(row: Attachment, name: str, *, size: int | None, inline: bool) -> Response:
    end_reading()
    try:
        pieces = storage().read(name)
    except FileNotFoundError:
        raise NotFound from None
    answer = file_answer(pieces, row.media_type, row.name, size=size, inline=inline)
    answer.headers["Content-Security-Policy"] = _POLICY
    return answer


def content_answer(row: Attachment) -> Response:
    """Return the file; a picture is displayed unless ``?download`` is given."""
    inline = row.is_image and "download" not in request.args
    return _answer(row, row.storage_name, size=row.size, inline=inline)


def thumbnail_answer(row: Attachment) -> Response:
    """Return the thumbnail.

    :raises NotFound: for a file that is not a picture.
    """
    if row.thumbnail_name is None:
        raise NotFound
    return _answer(row, row.thumbnail_name, size=None, inline=True)
