"""Names of records that the reader can open, and where remote search finds choices."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask import url_for

from app.kernel.access.current import current_actor
from app.kernel.database.session import db

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from sqlalchemy import Select

    from app.kernel.access.actor import Actor


def names_of(
    visible: Callable[[Actor], Select[Any]], model: type[Any]
) -> Callable[[Iterable[int]], dict[int, str]]:
    """Return a function that finds the names of records that the reader can open, by id."""

    def names(pks: Iterable[int]) -> dict[int, str]:
        wanted = visible(current_actor()).where(model.id.in_(list(pks)))
        return dict(db.session.execute(wanted.with_only_columns(model.id, model.name)).all())

    return names


def options_url(name: str, **arguments: Any) -> Callable[[], str]:
    """Return the address of remote-search choices.

    ``name`` is ``brokers``, ``companies``, ``projects``, ``consultants`` or ``plots``; ``usable=1`` leaves
    out those that a form would refuse.
    """
    return lambda: url_for(f"ChannelOptionsView.{name}", **arguments)
