"""A place in an ordered list, as an opaque word in an address: the last row's order value and key."""

from __future__ import annotations

import base64
import binascii
import json
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

_LONGEST = 400
_KEYS = 2**63
_FIRST, _LAST = 1800, 2300


@dataclass(frozen=True)
class Position:
    """The row that a page follows or precedes, by what the list is ordered by."""

    order_by: str
    value: Any
    key: int

    def word(self) -> str:
        """The position as it stands in an address."""
        value = self.value
        kind = "d" if isinstance(value, datetime) else "v"
        if isinstance(value, datetime):
            value = value.astimezone(UTC).isoformat()
        content = json.dumps([self.order_by, kind, value, self.key], separators=(",", ":"))
        return base64.urlsafe_b64encode(content.encode()).decode().rstrip("=")

    @classmethod
    def read(cls, word: str, order_by: str) -> Position:
        """Read a position of a list in this order.

        :raises ValueError: when it is none.
        """
        if len(word) > _LONGEST:
            raise ValueError(word)
        try:
            content = json.loads(base64.urlsafe_b64decode(word + "=" * (-len(word) % 4)))
            order, kind, value, key = content
        except (binascii.Error, UnicodeError, TypeError, RecursionError, json.JSONDecodeError) as error:
            raise ValueError(word) from error
        if order != order_by or type(key) is not int or not 0 <= key < _KEYS:
            raise ValueError(word)
        return cls(order, _value(kind, value), key)


def _value(kind: Any, value: Any) -> Any:
    if kind == "d" and isinstance(value, str):
        moment = datetime.fromisoformat(value)
        if moment.tzinfo is None or not _FIRST < moment.year < _LAST:
            raise ValueError(value)
        return moment
    if kind != "v" or not (
        value is None or type(value) is str or (type(value) is int and abs(value) < _KEYS)
    ):
        raise ValueError(value)
    return value
