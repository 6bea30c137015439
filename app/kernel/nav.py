"""The side menu: an entry is shown to those who may open its page; one permission serves both."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from flask import current_app, g, request
from flask_babel import gettext

from app.kernel.current import actor_or_none, duty_or_none

if TYPE_CHECKING:
    from app.kernel.actor import Actor


@dataclass
class NavItem:
    """An entry of the menu."""

    label: str
    url: str
    icon: str
    active: bool
    children: list[NavItem] = field(default_factory=list)


def nav() -> list[NavItem]:
    """The menu of the signed-in person; empty while something else is due."""
    if "kepan_nav" not in g:
        g.kepan_nav = _nav()
    found: list[NavItem] = g.kepan_nav
    return found


def _nav() -> list[NavItem]:
    actor = actor_or_none()
    if actor is None or duty_or_none() is not None:
        return []
    tree: list[NavItem] = []
    for entry in current_app.extensions["appbuilder"].menu.get_list():
        if entry.childs:
            children = [_leaf(child) for child in entry.childs if _may_open(actor, child)]
            if children:
                active = any(child.active for child in children)
                tree.append(NavItem(_label(entry), "", entry.icon, active, children))
        elif _may_open(actor, entry):
            tree.append(_leaf(entry))
    return tree


def _label(entry: Any) -> str:
    return gettext(str(entry.label)) if isinstance(entry.label, str) else str(entry.label)


def _may_open(actor: Actor, entry: Any) -> bool:
    view = entry.baseview
    if view is None:
        return False
    permission: str = view.get_method_permission(view.default_view)
    return actor.may(permission, view.class_permission_name)


def _leaf(entry: Any) -> NavItem:
    url = entry.get_url()
    view = entry.baseview
    blueprint = (request.endpoint or "").split(".")[0]
    active = view is not None and view.endpoint == blueprint
    return NavItem(_label(entry), url, entry.icon, active)
