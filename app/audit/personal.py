"""Personal data in rows of the operation log: encrypted with one key per record (PLAT-1, ADR 16).

Every value is encrypted unless it is declared to be free of personal data: codes of registered dictionaries,
the fields below, and the records of kinds that hold no persons, except for the names that some operations
log.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from cryptography.fernet import Fernet, InvalidToken

from app.kernel.keys import keys

if TYPE_CHECKING:
    from collections.abc import Iterable


Parameters = dict[str, str | list[str]]
Differences = dict[str, list[str]]
HIDDEN = "…"  # instead of a personal value in the stored sentence

_NO_PERSONS = {
    "background_run", "company", "department", "dictionary_entry", "district", "export", "job_run",
    "outgoing_message", "plot", "project", "role", "setting",
}  # fmt: skip
_OPEN = {
    "amount", "code", "company", "day", "department", "expires_at", "intention", "link_code", "n", "number",
    "other", "project", "rows",
}  # fmt: skip
_NAMES = {("department.manager", "name"), ("project.staff", "name")}  # of persons, in records that are none
_CODES: set[tuple[str, str]] = set()


def holds_codes(kind: str, fields: Iterable[str]) -> None:
    """Declare fields of a kind of record whose values are codes, not personal data."""
    _CODES.update((kind, name) for name in fields)


def is_personal(kind: str, operation: str, name: str) -> bool:
    """Return True if a logged field may reveal something about a person."""
    if (operation, name) in _NAMES:
        return True
    return kind not in _NO_PERSONS and name not in _OPEN and (kind, name) not in _CODES


@dataclass
class LoggedValues:
    """The parameters of a row's sentence and its differences: all of them, or a part."""

    parameters: Parameters = field(default_factory=dict)
    differences: Differences = field(default_factory=dict)

    def __bool__(self) -> bool:
        return bool(self.parameters or self.differences)

    def encrypt(self, cipher: str) -> str:
        """Return the values encrypted with a record's key, which is itself encrypted."""
        content = json.dumps([self.parameters, self.differences], ensure_ascii=False)
        return _unwrap(cipher).encrypt(content.encode()).decode()


def decrypt(personal: str | None, cipher: str | None) -> LoggedValues | None:
    """Return the values of a row's ciphertext; None when the record's key was deleted or is another one."""
    if not personal:
        return LoggedValues()
    try:
        content = _unwrap(cipher).decrypt(personal.encode()) if cipher else ""
    except InvalidToken:
        content = ""
    return LoggedValues(*json.loads(content)) if content else None


def split(
    kind: str, operation: str, parameters: Parameters, differences: Differences
) -> tuple[LoggedValues, LoggedValues]:
    """Return the values that stay readable and those to encrypt; a code of a dictionary is not personal."""
    readable, personal = LoggedValues(), LoggedValues()
    for name, value in parameters.items():
        hidden = isinstance(value, str) and is_personal(kind, operation, name)
        (personal if hidden else readable).parameters[name] = value
    for name, pair in differences.items():
        (personal if is_personal(kind, operation, name) else readable).differences[name] = pair
    return readable, personal


def new_record_key() -> str:
    """Return a new key for a record, encrypted with the installation's cipher key."""
    return keys().fernet.encrypt(Fernet.generate_key()).decode()


def _unwrap(cipher: str) -> Fernet:
    return Fernet(keys().fernet.decrypt(cipher.encode()))
