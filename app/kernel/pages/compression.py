"""Text is compressed by the server itself, so that a page is light without a proxy in front (OFF-13).

Only gzip, which every client reads and the standard library writes; a proxy may offer brotli, and leaves
alone what is compressed here.  Flask-Compress was weighed: it brings two compiled packages, and would
compress a static file at each request.

A page holds a token against forged requests next to words of the address, and the length of a compressed
answer could tell one from the other guess by guess (BREACH).  Three things stand against it: the session's
cookie does not travel with requests that other sites make in the background (``SameSite``), the signature of
the token changes with every second, and the header of each compressed page has a name of random length, as
Django does it, so that its length says nothing about single letters.
"""

from __future__ import annotations

import gzip
import secrets
from io import BytesIO
from threading import Lock
from typing import TYPE_CHECKING

from cachetools import LRUCache
from flask import request

if TYPE_CHECKING:
    from flask import Flask, Response

TYPES = frozenset(
    {
        "text/html", "text/css", "text/javascript", "text/plain", "application/javascript",
        "application/json", "application/problem+json", "image/svg+xml",
    }
)  # fmt: skip
MIN_BYTES = 1_000  # below, the answer fits a packet anyway
PAGE_LEVEL = 5  # 0.2 ms for a list, an eighth of its length
FILE_LEVEL = 9  # once a file
MAX_NAME = 100  # bytes of the random name
_UNTOUCHED = frozenset({204, 206, 304})
_files: LRUCache[tuple[str, str], bytes] = LRUCache(200)
_lock = Lock()


def init_compression(app: Flask) -> None:
    """Compress answers.  To be called before other hooks are installed: the first installed runs last."""
    app.after_request(_compress)


def _compress(response: Response) -> Response:
    if response.mimetype not in TYPES:
        return response
    response.vary.add("Accept-Encoding")
    if not _may_be_compressed(response):
        return response
    packed = _file(response) if _is_file() else _page(response.get_data())
    response.direct_passthrough = False
    response.set_data(packed)
    response.headers["Content-Encoding"] = "gzip"
    _weaken(response)
    return response


def _may_be_compressed(response: Response) -> bool:
    """Return True for a whole text that this client reads compressed; a stream stays a stream."""
    if response.status_code in _UNTOUCHED or "Content-Encoding" in response.headers:
        return False
    if "attachment" in response.headers.get("Content-Disposition", ""):
        return False
    if request.accept_encodings["gzip"] <= 0:
        return False
    if not _is_file() and (response.is_streamed or response.direct_passthrough):
        return False
    return (response.content_length or response.calculate_content_length() or 0) >= MIN_BYTES


def _is_file() -> bool:
    return (request.endpoint or "").endswith("static")


def _file(response: Response) -> bytes:
    """Return a static file compressed: once for each state of the file."""
    key = (request.path, response.get_etag()[0] or "")
    packed = _files.get(key)
    if packed is None:
        response.direct_passthrough = False
        packed = gzip.compress(response.get_data(), FILE_LEVEL, mtime=0)
        with _lock:
            _files[key] = packed
    close = getattr(response.response, "close", None)  # the file that is not sent as it is
    if close:
        close()
    return packed


def _page(content: bytes) -> bytes:
    packed = BytesIO()
    name = "k" * (1 + secrets.randbelow(MAX_NAME))
    with gzip.GzipFile(name, "wb", PAGE_LEVEL, packed, 0) as file:
        file.write(content)
    return packed.getvalue()


def _weaken(response: Response) -> None:
    """The compressed answer means the same as the other, but is not byte for byte the same."""
    etag, is_weak = response.get_etag()
    if etag and not is_weak:
        response.set_etag(etag, weak=True)
