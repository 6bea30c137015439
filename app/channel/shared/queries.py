"""Queries of records of the actor's own company."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from app.kernel.lists.grounds import AccessGround, narrow_to_grounds

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy import Select

    from app.kernel.access.actor import Actor
    from app.kernel.access.permissions import Permission


def records_of_company(
    found: Select[Any], column: Any, actor: Actor, read: Permission, others: Sequence[AccessGround] = ()
) -> Any:
    """Select all records for those who open all, else those of the company for who may ``read`` them there,
    and the ``others``.
    """
    if actor.opens_all:
        return found
    grounds = [*others]
    if actor.company_id is not None and actor.may(read):
        grounds.insert(0, AccessGround(None, column, (actor.company_id,)))
    return narrow_to_grounds(found, grounds)
