"""Keys: made once, kept in a file of the data directory, never in the database (ACC-9).

The file holds the ciphers (newest first), the blind-index key, the audit key and the session key.  Losing it
makes every number unreadable; ``doctor`` says so and backups include it.  Every process reads the file again
when it has changed, so that a rotation of the ciphers needs no restart.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import os
import secrets
from dataclasses import asdict, dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from flask import current_app
from sqlalchemy import String
from sqlalchemy.types import TypeDecorator

if TYPE_CHECKING:
    from pathlib import Path

    from sqlalchemy.engine import Dialect

FILE_NAME = "keys.json"
_NO_FILE = (0, 0, 0)


@dataclass(frozen=True)
class Keys:
    """The secrets of one installation."""

    ciphers: tuple[str, ...]
    index_key: str
    audit_key: str
    session_key: str

    @cached_property
    def fernet(self) -> MultiFernet:
        """The authenticated cipher; encrypts with the newest key, decrypts with any."""
        return MultiFernet([Fernet(key) for key in self.ciphers])

    def index(self, value: str) -> str:
        """Return the blind index of a value: HMAC-SHA-256, first 128 bits, hexadecimal."""
        return hmac.new(self.index_key.encode(), value.encode(), hashlib.sha256).hexdigest()[:32]

    def seal(self, value: bytes) -> str:
        """Return the audit seal of a row: HMAC-SHA-256, hexadecimal."""
        return hmac.new(self.audit_key.encode(), value, hashlib.sha256).hexdigest()


def make_keys(directory: Path) -> bool:
    """Create the key file where it is missing.  Return whether it was created."""
    path = directory / FILE_NAME
    if path.exists():
        return False
    directory.mkdir(parents=True, exist_ok=True, mode=0o700)
    made = random_keys()
    beside = directory / f"{FILE_NAME}.{secrets.token_hex(8)}"
    _write(beside, made)
    try:
        # A link appears complete or not at all, and only one of several processes creates it.
        path.hardlink_to(beside)
    except FileExistsError:
        return False
    finally:
        beside.unlink()
    return True


def random_keys() -> Keys:
    """Return new random keys."""
    return Keys(
        ciphers=(new_cipher(),),
        index_key=secrets.token_urlsafe(32),
        audit_key=secrets.token_urlsafe(32),
        session_key=secrets.token_urlsafe(48),
    )


def new_cipher() -> str:
    """Return a new key of the authenticated cipher."""
    return Fernet.generate_key().decode()


def replace_keys(directory: Path, keys: Keys) -> None:
    """Replace the key file atomically: a reader finds the whole old file or the whole new one."""
    beside = directory / f"{FILE_NAME}.new"
    beside.unlink(missing_ok=True)
    _write(beside, keys)
    beside.replace(directory / FILE_NAME)
    folder = os.open(directory, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def _write(path: Path, keys: Keys) -> None:
    """Write a new file that only its owner can read.

    :raises FileExistsError: when there is one already.
    """
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        json.dump(asdict(keys), file, indent=1)
        file.flush()
        os.fsync(file.fileno())


def read_keys(directory: Path) -> Keys:
    """Read the key file.

    :raises FileNotFoundError: when it was never made, or the data directory is a different one.
    """
    return parse_keys((directory / FILE_NAME).read_text(encoding="utf-8"))


def parse_keys(text: str) -> Keys:
    """Parse the keys in the text of a key file.

    :raises ValueError: or KeyError, TypeError, for any other text.
    """
    content = json.loads(text)
    found = Keys(
        ciphers=tuple(content["ciphers"]),
        index_key=content["index_key"],
        audit_key=content["audit_key"],
        session_key=content["session_key"],
    )
    _ = found.fernet  # an invalid cipher fails here
    return found


class KeyRing:
    """The keys of a data directory, as its file has them now.

    ``stand_in``: keys to build the application with where there is no file.  Nothing may be stored with them;
    ``key_fingerprints`` ensures it.  ``confirmed``: the keys that were found to fit the database.
    """

    def __init__(self, directory: Path, *, stand_in: Keys | None = None) -> None:
        self._path = directory / FILE_NAME
        self._directory = directory
        self.is_stand_in = stand_in is not None
        self._known = (_NO_FILE, stand_in) if stand_in else (self._stamp(), read_keys(directory))
        self._seen = self._known[1].ciphers
        self.confirmed: Keys | None = None

    def _stamp(self) -> tuple[int, int, int]:
        found = self._path.stat()
        return found.st_ino, found.st_mtime_ns, found.st_size

    def present(self) -> Keys:
        """Return the keys, read again when the file has changed.  While it is missing, return the last known
        ones.

        A rotation changes the ciphers only.  A file with another index or audit key belongs to another
        database: a running process continues with the keys it has, and the next start refuses that file.
        """
        known = self._known
        if self.is_stand_in:
            return known[1]
        try:
            stamp = self._stamp()
            if stamp != known[0]:
                read = read_keys(self._directory)
                if (read.index_key, read.audit_key) != (known[1].index_key, known[1].audit_key):
                    return known[1]
                known = self._known = (stamp, read)
                self._seen = (*(key for key in known[1].ciphers if key not in self._seen), *self._seen)
        except FileNotFoundError:
            pass
        return known[1]

    def renewed(self, token: str) -> str:
        """Return the value encrypted with the newest key, if this process encrypted it before a rotation.

        The process still has the keys that were removed from the file meanwhile.
        """
        newest = self.present().ciphers[0]
        if len(self._seen) == 1:
            return token
        try:
            Fernet(newest).decrypt(token.encode())
        except InvalidToken:
            order = (newest, *(key for key in self._seen if key != newest))
            return MultiFernet([Fernet(key) for key in order]).rotate(token.encode()).decode()
        return token


class Encrypted(TypeDecorator[str]):
    """A value encrypted with the cipher key; a rotation finds it by this type.

    A value encrypted before the transaction began is re-encrypted with the newest key when it is written: the
    key may have been rotated in between.
    """

    impl = String
    cache_ok = True

    def __init__(self, length: int = 255) -> None:
        super().__init__(length)

    def process_bind_param(self, value: str | None, _dialect: Dialect) -> str | None:
        return None if value is None else key_ring().renewed(value)


def key_ring() -> KeyRing:
    """Return the running application's keys and its earlier ones."""
    found: KeyRing = current_app.extensions["kepan_keys"]
    return found


def keys() -> Keys:
    """Return the keys of the running application."""
    return key_ring().present()
