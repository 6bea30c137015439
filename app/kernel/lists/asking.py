"""Filters whose use is counted against a limit, and whose typed values must not appear in an address
(ACC-17).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask_babel import lazy_gettext as _

if TYPE_CHECKING:
    from sqlalchemy import Select
    from werkzeug.datastructures import MultiDict

    from app.kernel.access.actor import Actor
    from app.kernel.lists.requests import ListRequest, ListSpec


SEALED = "sealed_"  # before a filter's name: the sealed value in the address before a search was posted


def charge_filters(statement: Select[Any], spec: ListSpec, asked: ListRequest, actor: Actor) -> None:
    """Count the use of filters that are limited (ACC-17).

    Call it with nothing pending in the session: the count is committed.

    :raises Denied: when the actor may not use the filter, or not now.
    """
    for name, value in asked.values.items():
        one = spec.filter(name)
        if one is not None:
            asked.values[name] = one.charge(statement, value, actor)


def refuse_typed(spec: ListSpec, asked: ListRequest) -> None:
    """Remove typed values that must not appear in a page's address from the request (ACC-17)."""
    for name, value in list(asked.values.items()):
        one = spec.filter(name)
        if one is not None and one.is_typed(value):
            del asked.values[name]
            asked.errors[name] = _("Press Search: a whole number is not searched by an address")


def sealed_query(
    statement: Select[Any], spec: ListSpec, posted: MultiDict[str, str], actor: Actor
) -> dict[str, Any]:
    """Return the arguments of a list's address for a posted search, without typed phone numbers (ACC-17)."""
    found: dict[str, Any] = {
        name: values for name in posted if any(values := [one for one in posted.getlist(name) if one])
    }
    for one in spec.filters:
        word = "".join(found.pop(f"{SEALED}{one.name}", []))
        if one.is_posted and one.name in found:
            found[one.name] = [one.sealed(found[one.name][0], word, statement, actor)]
    return found
