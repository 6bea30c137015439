"""Queries of records of the actor's own company."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from app.kernel.lists.grounds import AccessGround, narrow_to_grounds

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy import Select

    from app.kernel.access.actor import Actor


def records_of_company(
    found: Select[Any], column: Any, actor: Actor, resource: str, others: Sequence[AccessGround] = ()
) -> Any:
    """Select all records for those who open all, else the office's company and the ``others``."""
    if actor.opens_all:
        return found
    grounds = [*others]
    if actor.company_id is not None and actor.has_permission("read", resource):
        grounds.insert(0, AccessGround(None, column, (actor.company_id,)))
    return narrow_to_grounds(found, grounds)
