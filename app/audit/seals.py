"""The bytes that seals of the operation log cover, one layout for each version (PLAT-1, ADR 16).

A layout never changes once rows were sealed with it, because their chains would break; a change is a new
version.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Protocol

from app.kernel.keys import keys

if TYPE_CHECKING:
    from datetime import datetime


FIRST = 1  # over the seal of the row before; the end mark was a copy of the last row's seal
MARKED = 2  # over the end mark that the row replaced (ADR 10)
ENCRYPTED = 3  # over what is stored, personal data as ciphertext (ADR 16)
CURRENT = ENCRYPTED


class SealedRow(Protocol):
    """A row of the log as it is stored."""

    @property
    def record_type(self) -> str: ...
    @property
    def record_id(self) -> int: ...
    @property
    def number(self) -> int: ...
    @property
    def at(self) -> datetime: ...
    @property
    def actor_id(self) -> int: ...
    @property
    def actor_name(self) -> str: ...
    @property
    def operation(self) -> str: ...
    @property
    def sentence(self) -> str: ...
    @property
    def message(self) -> str: ...
    @property
    def open_parameters(self) -> Any: ...
    @property
    def open_differences(self) -> Any: ...
    @property
    def personal(self) -> str | None: ...
    @property
    def source(self) -> str: ...
    @property
    def request_id(self) -> str: ...
    @property
    def company_id(self) -> int | None: ...
    @property
    def seal(self) -> str: ...


def seal_of(row: SealedRow, version: int, before: str) -> str:
    """Return the seal of a row in this version; ``before`` comes from :func:`predecessor_of`."""
    return keys().seal(row_content(row, version, before))


def row_content(row: SealedRow, version: int, before: str) -> bytes:
    """Return the bytes that a row's seal covers: every column, and the seal or mark before it."""
    values: list[Any] = [
        before, row.record_type, row.record_id, row.number, row.at.isoformat(), row.actor_id,
        row.actor_name, row.operation, row.sentence, row.message, row.open_parameters, row.open_differences,
        row.source, row.request_id, row.company_id,
    ]  # fmt: skip
    if version >= ENCRYPTED:
        values = [version, *values, row.personal]
    return json.dumps(values, ensure_ascii=False, sort_keys=True).encode()


def erasure_of(row: SealedRow, version: int, before: str) -> str:
    """Return the mark of a row whose personal values were removed: only the holder of the key can make it.

    The row keeps its seal, which the next row and the end mark cover.
    """
    return keys().seal(json.dumps(["erased", row.seal, row_content(row, version, before).decode()]).encode())


def end_mark(record_type: str, record_id: int, number: int, last_seal: str) -> str:
    """Return the sealed end of a chain: which record's chain ends at which position, with which row."""
    return keys().seal(json.dumps(["end", record_type, record_id, number, last_seal]).encode())


def mark_after(row: SealedRow) -> str:
    """Return the end mark of a chain whose last row is this one."""
    return end_mark(row.record_type, row.record_id, row.number, row.seal)


def predecessor_of(row: SealedRow, version: int, previous: SealedRow | None) -> str:
    """Return what a row's seal covers of its predecessor: by version, the seal of that row or the mark after
    it.
    """
    if version == FIRST:
        return "" if previous is None else previous.seal
    return mark_after(previous) if previous else end_mark(row.record_type, row.record_id, 0, "")
