"""Registration tools for the ``setup.py`` of a context: its views, API and menu entries.

A context's ``register(app)`` only declares; the framework receives everything once all contexts have declared
theirs, so that higher ones may add to the records of lower ones.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from flask import Flask
    from flask_appbuilder import AppBuilder

    from app.kernel.errors import Sentence


@dataclass(frozen=True)
class MenuEntry:
    """An entry of the side menu: the view that it opens, and its label."""

    view: Any
    icon: str
    label: Sentence


@dataclass
class _Declared:
    views: list[Any] = field(default_factory=list)
    apis: list[Any] = field(default_factory=list)
    entries: dict[str, MenuEntry] = field(default_factory=dict)
    steps: list[Callable[[], None]] = field(default_factory=list)


@dataclass(frozen=True)
class MenuGroup:
    """A group of the side menu with its entries by name, in order."""

    name: str
    icon: str
    label: Sentence
    entries: Sequence[str]


def _declared(app: Flask) -> _Declared:
    found: _Declared = app.extensions.setdefault("kepan_setup", _Declared())
    return found


def add_views(app: Flask, *views: Any) -> None:
    """Declare pages without an entry in the menu."""
    _declared(app).views += views


def add_apis(app: Flask, *apis: Any) -> None:
    """Declare parts of the REST API."""
    _declared(app).apis += apis


def add_menu_entry(app: Flask, name: str, view: Any, icon: str, label: Sentence) -> None:
    """Declare a view with an entry in the menu; ``name`` is its stable key, which the menu's order uses."""
    _declared(app).entries[name] = MenuEntry(view, icon, label)
    _declared(app).views.append(view)


def when_all_registered(app: Flask, step: Callable[[], None]) -> None:
    """Declare a step that runs after higher contexts added their parts and before the framework receives the
    views.
    """
    _declared(app).steps.append(step)


def complete(app: Flask) -> None:
    """Run the steps that waited until every context had declared its parts."""
    for step in _declared(app).steps:
        step()


def build(app: Flask, builder: AppBuilder, order: Sequence[str | MenuGroup]) -> None:
    """Register everything declared with the framework, with the menu in this order.

    :raises LookupError: for a menu entry without a place in the order.
    """
    declared = _declared(app)
    start_page = builder._indexview
    made = {type(start_page): start_page}
    for view in declared.views:
        if view not in made:
            made[view] = builder.add_view_no_menu(view)
    for api in declared.apis:
        builder.add_api(api)
    places = [(name, group) for group in map(_as_group, order) for name in group.entries]
    unplaced = set(declared.entries) - {name for name, _group in places}
    if unplaced:
        message = f"no place in the menu for {sorted(unplaced)}"
        raise LookupError(message)
    for name, group in places:
        entry = declared.entries[name]
        builder.add_link(
            name,
            href="/" if entry.view is type(start_page) else "",
            icon=entry.icon,
            label=entry.label,
            category=group.name,
            category_icon=group.icon,
            category_label=group.label,
            baseview=made[entry.view],
        )


def _as_group(place: str | MenuGroup) -> MenuGroup:
    """Return a single entry as a group without a name."""
    return place if isinstance(place, MenuGroup) else MenuGroup("", "", "", (place,))
