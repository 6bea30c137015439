"""Permissions as people read and edit them: functions by resource, in words (access.md).

The words come from the declarations of the functions: a list's title, an operation's label.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from flask import current_app
from flask_babel import lazy_gettext as _

from app.kernel.access.permissions import declared_label, declared_word
from app.kernel.pages.operations import operations_of_resource
from app.org.roles.services import editable_pairs

if TYPE_CHECKING:
    from collections.abc import Collection

    from app.kernel.errors import Sentence
    from app.org.roles.queries import Pair


BASIC: dict[str, Sentence] = {
    "read": _("View"),
    "create": _("Create"),
    "update": _("Edit"),
    "delete": _("Delete"),
    "export": _("Export"),
}


@dataclass(frozen=True)
class Function:
    """One permission on one resource."""

    value: str
    label: str
    held: bool


@dataclass(frozen=True)
class ResourceRow:
    """All functions of one resource: the basic ones by column, and its own operations."""

    resource: str
    label: str
    basic: dict[str, Function]
    others: list[Function]


@dataclass(frozen=True)
class ResourceGroup:
    """The resources of one group of the menu, in the menu's order."""

    label: str
    rows: list[ResourceRow]


def matrix(held: Collection[Pair]) -> list[ResourceGroup]:
    """Return everything that can be granted, in the groups and the order of the menu; what has no page comes
    last.
    """
    places = _places_in_menu()
    last = str(_("Without a page of its own"))
    groups: dict[str, list[tuple[int, ResourceRow]]] = {}
    for row in _rows(held):
        group, place = places.get(row.resource, (last, len(places)))
        groups.setdefault(group, []).append((place, row))
    ordered = sorted(groups.items(), key=lambda item: min(place for place, _row in item[1]))
    return [
        ResourceGroup(label, [row for _place, row in sorted(rows, key=lambda one: (one[0], one[1].label))])
        for label, rows in ordered
    ]


def _places_in_menu() -> dict[str, tuple[str, int]]:
    """Return resource → (label of the group, place in the menu)."""
    found: dict[str, tuple[str, int]] = {}
    for entry in current_app.extensions["appbuilder"].menu.get_list():
        label = str(entry.label) if entry.childs else str(_("Daily work"))
        for leaf in entry.childs or [entry]:
            if leaf.baseview is not None:
                found.setdefault(leaf.baseview.class_permission_name, (label, len(found)))
    return found


def _rows(held: Collection[Pair]) -> list[ResourceRow]:
    found: dict[str, dict[str, Function]] = {}
    for name, resource in sorted(editable_pairs()):
        permission = name.removeprefix("can_")
        one = Function(
            f"{resource}.{permission}", str(permission_label(permission, resource)), (name, resource) in held
        )
        found.setdefault(resource, {})[permission] = one
    return [
        ResourceRow(
            resource,
            str(resource_label(resource)),
            {key: functions[key] for key in BASIC if key in functions},
            [one for key, one in functions.items() if key not in BASIC],
        )
        for resource, functions in found.items()
    ]


def read_pairs(values: Collection[str]) -> set[Pair]:
    """Return the pairs of posted values like ``Customer.read``; the service refuses malformed ones."""
    pairs = set()
    for value in values:
        resource, _dot, permission = value.partition(".")
        pairs.add((f"can_{permission}", resource))
    return pairs


def permission_label(permission: str, resource: str) -> Sentence:
    """Return the label of a function: the declared one, that of its button, or the usual word."""
    own = (action.label for action in operations_of_resource(resource) if action.name == permission)
    return declared_word(resource, permission) or next(own, "") or BASIC.get(permission, permission)


def resource_label(resource: str) -> Sentence:
    """Return the label of a resource: the declared one, or its list's title."""
    titles = (
        view.list_title
        for view in current_app.extensions["appbuilder"].baseviews
        if view.class_permission_name == resource and getattr(view, "list_title", "")
    )
    return declared_label(resource) or next(titles, resource)
