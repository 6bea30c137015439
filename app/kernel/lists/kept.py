"""Statements of filtered lists, kept by the names of their filters: making one costs more than asking it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import Select, bindparam

from app.kernel.lists.paging import Plans, kept_plans
from app.kernel.lists.requests import apply_filters

if TYPE_CHECKING:
    from collections.abc import Sequence

    from app.kernel.access.actor import Actor
    from app.kernel.lists.filters import Filter
    from app.kernel.lists.requests import ListRequest, ListSpec


def kept_list(
    actor: Actor, key: tuple[Any, ...], whole: Select[Any], spec: ListSpec, asked: ListRequest
) -> tuple[Select[Any], Plans | None, dict[str, Any]]:
    """Return a list's statement with its filters, its plans, and the values of its bind parameters.

    Filters that compare a column make the same statement for every value; it is kept with the actor.
    """
    if not asked.values:
        return whole, kept_plans(actor, key, whole), {}
    filters = [one for one in spec.filters if one.name in asked.values]
    if not all(one.takes_bound for one in filters):
        return apply_filters(whole, spec, asked, actor), None, {}
    shapes = kept_plans(actor, (*key, "filtered"), whole)
    made: _Filtered = shapes.get_or_make(tuple(asked.values), lambda: _Filtered.of(whole, filters, actor))
    return made.statement, made.plans, {_BOUND + name: value for name, value in asked.values.items()}


_BOUND = "by_"


@dataclass(frozen=True)
class _Filtered:
    """A list with certain filters, whatever their values."""

    statement: Select[Any]
    plans: Plans

    @classmethod
    def of(cls, whole: Select[Any], filters: Sequence[Filter], actor: Actor) -> _Filtered:
        """Return the list with these filters."""
        for one in filters:
            whole = one.apply(whole, bindparam(_BOUND + one.name), actor)
        plans = Plans()
        plans.is_whole = False
        return cls(whole, plans)
