"""Reading records of one's own company, and one of them by id."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar

from app.kernel.database.session import db
from app.kernel.errors import NotFound
from app.kernel.lists.grounds import AccessGround, narrow_to_grounds

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy import Select

    from app.kernel.access.actor import Actor


R = TypeVar("R")


def records_of_company(
    found: Select[Any], column: Any, actor: Actor, resource: str, others: Sequence[AccessGround] = ()
) -> Any:
    """Everything for those who open everything, the company's for its back office, and what else is said."""
    if actor.opens_all:
        return found
    ways = [*others]
    if actor.company_id is not None and actor.may("read", resource):
        ways.insert(0, AccessGround(None, column, (actor.company_id,)))
    return narrow_to_grounds(found, ways)


def get_one(statement: Select[R], *, lock: bool) -> R:
    """The one record of a scoped statement, locked if asked.

    :raises NotFound: when there is none.
    """
    if lock:
        root = statement.column_descriptions[0]["entity"]
        statement = statement.with_for_update(of=root).execution_options(populate_existing=True)
    found = db.session.scalars(statement).unique().one_or_none()
    if found is None:
        raise NotFound
    return found
