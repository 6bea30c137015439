"""Answers that are files: named in any language, kept by no cache."""

from __future__ import annotations

import unicodedata
from typing import TYPE_CHECKING
from urllib.parse import quote

from flask import Response

if TYPE_CHECKING:
    from collections.abc import Iterable

_SAFE = "!#$&+^`|~"  # beside letters and digits, what RFC 5987 leaves as it is


def file_answer(
    content: Iterable[bytes], media_type: str, name: str, *, size: int | None = None, inline: bool = False
) -> Response:
    """The content as a file called ``name``; shown in the page only if ``inline``."""
    answer = Response(content, mimetype=media_type, direct_passthrough=True)
    if size is not None:
        answer.content_length = size
    answer.headers["Content-Disposition"] = _disposition(name, inline=inline)
    answer.headers["Cache-Control"] = "no-store"
    return answer


def _disposition(name: str, *, inline: bool) -> str:
    """Headers are ASCII: old clients get what is left of the name, all others the whole of it."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode()
    plain = "".join(c for c in plain if c.isalnum() or c in "-_. ").strip()
    if not plain or plain.startswith("."):
        plain = f"file{plain}"
    whole = quote(name, safe=_SAFE)
    return f"{'inline' if inline else 'attachment'}; filename=\"{plain}\"; filename*=UTF-8''{whole}"
