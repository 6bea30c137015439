"""Who else may read a customer (ACC-14): the receiver of an open handover, the approvers of an open request.

Those belong to contexts above, which join them here, while they are loaded.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable

    from sqlalchemy import Select

    # a person's id, or a bind parameter → the ids of the customers that they may read
    Readable = Callable[[Any], Select[Any]]

_joined: list[Readable] = []


def join_readers(readable: Readable) -> None:
    """Let people read customers: ``readable(person)`` selects the customers' ids as its only column."""
    if readable not in _joined:
        _joined.append(readable)


def readable_by(person: Any) -> list[Select[Any]]:
    """Return what each context lets the person read."""
    return [readable(person) for readable in _joined]
