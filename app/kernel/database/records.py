"""Loading one record, or raising NotFound."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar

from app.kernel.database.session import db
from app.kernel.errors import NotFound

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sqlalchemy import Select


R = TypeVar("R")


def get_one(
    statement: Select[R],
    *,
    lock: bool = False,
    key_share: bool = False,
    of: tuple[type[Any], ...] = (),
    parameters: Mapping[str, Any] | None = None,
) -> R:
    """Return the one record of a statement that is limited to what its caller may see.

    :param lock: hold the row until the transaction ends, and read it as it is now.
    :param key_share: the lock does not block rows that refer to it: others may write those meanwhile.
    :param of: the tables to lock; those of the record alone unless given.
    :param parameters: values of a prepared statement's bind parameters.
    :raises NotFound: when there is none.
    """
    if lock:
        root = of or statement.column_descriptions[0]["entity"]
        statement = statement.with_for_update(of=root, key_share=key_share).execution_options(
            populate_existing=True
        )
    found = db.session.scalars(statement, parameters or {}).unique().one_or_none()
    if found is None:
        raise NotFound
    return found
