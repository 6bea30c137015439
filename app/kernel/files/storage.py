"""Storage of file contents: a directory below the data directory, or S3-compatible storage (PLAT-10).

Only this module makes names.  A file is written before the row that names it; when the transaction does not
commit, the file is deleted. :func:`remove_unreferenced` finds the files that a crash leaves behind.
"""

from __future__ import annotations

import hashlib
import os
import re
import secrets
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import IO, TYPE_CHECKING, Any

import structlog
from flask import current_app
from fsspec.core import url_to_fs
from sqlalchemy import event
from sqlalchemy.orm import Session

from app.kernel import clock
from app.kernel.database.session import db

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator
    from datetime import timedelta

    from fsspec import AbstractFileSystem
    from sqlalchemy.orm import SessionTransaction

    from config import Settings


log = structlog.get_logger("kepan.files")

CHUNK = 256 * 1024
_NAME = re.compile(r"[0-9a-f]{2}/[0-9a-f]{30}")
_WRITTEN = "kepan_files_written"


class ChunkReader:
    """An open file in chunks, for a response: closed at its end, or with the response."""

    def __init__(self, source: IO[bytes]) -> None:
        self.source = source

    def __iter__(self) -> Iterator[bytes]:
        return self

    def __next__(self) -> bytes:
        chunk = b"" if self.source.closed else self.source.read(CHUNK)
        if not chunk:
            self.close()
            raise StopIteration
        return chunk

    def close(self) -> None:
        """Close the file."""
        self.source.close()


@dataclass(frozen=True)
class Storage:
    """One place for files; ``root`` is the path within the file system."""

    fs: AbstractFileSystem
    root: str

    def keep(self, content: IO[bytes]) -> str:
        """Store the content under a new name; it remains only if the current transaction commits."""
        name = new_name()
        db.session().info.setdefault(_WRITTEN, []).append((self, name))
        content.seek(0)
        self.write(name, content)
        return name

    def write(self, name: str, content: IO[bytes]) -> None:
        """Write a whole file; on a local disk it is flushed, and readable by its owner only, before the row
        exists.
        """
        path = self._path(name)
        if self.is_local:
            for directory in (self.root, path.rsplit("/", 1)[0]):
                os.makedirs(directory, mode=0o700, exist_ok=True)  # noqa: PTH103 - fsspec's paths are strings
        with self.fs.open(path, "wb") as target:
            while chunk := content.read(CHUNK):
                target.write(chunk)
            if self.is_local:
                target.flush()
                os.fsync(target.fileno())
                os.chmod(path, 0o600)  # noqa: PTH101 - as above

    def read(self, name: str) -> ChunkReader:
        """Return the content in chunks.

        :raises FileNotFoundError: at once, when it does not exist.
        """
        return ChunkReader(self.fs.open(self._path(name), "rb"))

    def remove(self, name: str) -> None:
        """Delete a file; a missing file is no error."""
        try:
            self.fs.rm_file(self._path(name))
        except FileNotFoundError:
            return

    def names(self, *, before: datetime) -> Iterator[str]:
        """Return the names of files written before a moment."""
        self.fs.invalidate_cache()
        for path, info in self.fs.find(self.root, detail=True).items():
            name = path.removeprefix(f"{self.root}/")
            if _NAME.fullmatch(name) and _written_at(info) < before:
                yield name

    @property
    def is_local(self) -> bool:
        """True for a directory of this machine."""
        protocol: Any = self.fs.protocol
        return "file" in protocol

    def _path(self, name: str) -> str:
        if not _NAME.fullmatch(name):
            message = f"not a name of ours: {name!r}"
            raise ValueError(message)
        return f"{self.root}/{name}"


def digest_and_size(content: IO[bytes]) -> tuple[str, int]:
    """Return the SHA-256 of the content, and its size."""
    digest, size = hashlib.sha256(), 0
    content.seek(0)
    while chunk := content.read(CHUNK):
        digest.update(chunk)
        size += len(chunk)
    content.seek(0)
    return digest.hexdigest(), size


def new_name() -> str:
    """Return an unguessable name; its first part is a folder."""
    token = secrets.token_hex(16)
    return f"{token[:2]}/{token[2:]}"


def _written_at(info: dict[str, Any]) -> datetime:
    """Return when a file was written: local disks report seconds, S3 a moment."""
    found = info.get("mtime", info.get("LastModified"))
    return found if isinstance(found, datetime) else datetime.fromtimestamp(float(found or 0), UTC)


def storage() -> Storage:
    """Return the storage of the running application. fsspec caches file systems per process and thread."""
    settings: Settings = current_app.config["KEPAN"]
    fs, root = url_to_fs(settings.files_url, **_options(settings))
    return Storage(fs, root.rstrip("/"))


def _options(settings: Settings) -> dict[str, Any]:
    if not settings.files_url.startswith("s3://"):
        return {"auto_mkdir": False}
    options: dict[str, Any] = {"use_listings_cache": False}
    if settings.files_endpoint:
        options["endpoint_url"] = settings.files_endpoint
    if settings.files_key:
        options |= {"key": settings.files_key, "secret": settings.files_secret}
    return options


def remove_unreferenced(known: Collection[str], *, older_than: timedelta, dry_run: bool = False) -> list[str]:
    """Delete files that no row names and that are older than any open transaction.  Return their names."""
    place = storage()
    found = [name for name in place.names(before=clock.now() - older_than) if name not in known]
    for name in [] if dry_run else found:
        place.remove(name)
    return found


def _committed(session: Session) -> None:
    if not session.in_nested_transaction():
        session.info.pop(_WRITTEN, None)


def _ended(session: Session, transaction: SessionTransaction) -> None:
    """Delete the files of an outermost transaction that ended without a commit."""
    if transaction.parent is not None:
        return
    for place, name in session.info.pop(_WRITTEN, []):
        try:
            place.remove(name)
        except OSError as error:
            log.warning("file_left_behind", name=name, kind=type(error).__name__)


event.listen(Session, "after_commit", _committed)
event.listen(Session, "after_transaction_end", _ended)
