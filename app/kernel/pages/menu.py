"""The side menu: an entry is shown to users who may open its page; one permission controls both."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from threading import Lock
from typing import TYPE_CHECKING, Any

from cachetools import LRUCache
from flask import current_app, render_template, request
from flask_babel import get_locale, gettext
from markupsafe import Markup

from app.kernel.access.current import actor_or_none, duty_or_none
from app.kernel.pages.badges import current_badges
from app.kernel.pages.shells import marks_or_none

if TYPE_CHECKING:
    from app.kernel.access.actor import Actor


_MAX_MENUS = 500
_lock = Lock()
_MARK = re.compile(r"\[\[badge:([a-z_ ]+)\]\]")
_MANY = 99
_HIDDEN = Markup(" hidden")


@dataclass
class NavItem:
    """An entry of the menu; ``badge`` names the count beside it; a group shows the sum of its entries."""

    label: str
    url: str
    icon: str
    active: bool
    children: list[NavItem] = field(default_factory=list)
    badge: str = ""

    @property
    def badge_mark(self) -> str:
        """The placeholder of the count: the menu's HTML is cached, the count is not."""
        return f"[[badge:{self.badge}]]" if self.badge else ""


@dataclass
class _Menu:
    """The entries, and their HTML once it has been rendered."""

    tree: list[NavItem]
    html: Markup = field(default_factory=Markup)


def nav() -> list[NavItem]:
    """Return the menu of the signed-in user; empty while the user has a pending duty."""
    actor = actor_or_none()
    if actor is None or duty_or_none() is not None:
        return []
    return _menu(actor).tree


def active_url() -> str:
    """Return the address of the menu entry that the page belongs to; empty when it belongs to none."""
    leaves = (leaf for item in nav() for leaf in (item.children or [item]))
    return next((leaf.url for leaf in leaves if leaf.active), "")


def side_menu() -> Markup:
    """Return the menu as HTML.  Users with the same permissions share it; its counts belong to this
    request.
    """
    actor = actor_or_none()
    if actor is None or duty_or_none() is not None:
        return Markup()
    menu = _menu(actor)
    if not menu.html:
        menu.html = Markup(render_template("appbuilder/navbar_menu.html", tree=menu.tree))  # noqa: S704 - a template's output
    if "[[badge:" not in menu.html:
        return menu.html
    marks = marks_or_none()
    if marks:
        return Markup(_MARK.sub(lambda found: marks("nav_badge", found[1]), menu.html))  # noqa: S704 - as above
    counts = current_badges(actor)
    return Markup(_MARK.sub(lambda found: badge_html(found[1], counts), menu.html))  # noqa: S704 - as above


def badge_html(names: str, counts: dict[str, int]) -> str:
    """Return an entry's count, with a text for screen readers; a count of 0 is hidden until it grows."""
    number = sum(counts.get(name, 0) for name in names.split())
    return Markup(
        '<b class="nav-badge" data-badge="{}"{}><i aria-hidden="true">{}</i><i class="sr-only">{}</i></b>'
    ).format(
        names,
        "" if number else _HIDDEN,
        f"{_MANY}+" if number > _MANY else number,
        gettext("%(n)s waiting", n=number),
    )


def _menu(actor: Actor) -> _Menu:
    known: LRUCache[Any, _Menu] = current_app.extensions.setdefault("kepan_menus", LRUCache(_MAX_MENUS))
    key = (actor.permissions, _current_view(), str(get_locale()), request.script_root)
    with _lock:
        menu = known.get(key)
    if menu is None:
        menu = _Menu(_tree(actor))
        with _lock:
            known[key] = menu
    return menu


def _current_view() -> str:
    """Return the menu view that the page belongs to: its own, or the one that it names."""
    own = (request.endpoint or "").split(".")[0]
    views = current_app.extensions["appbuilder"].baseviews
    return next((getattr(view, "menu_place", "") for view in views if view.endpoint == own), "") or own


def _tree(actor: Actor) -> list[NavItem]:
    tree: list[NavItem] = []
    for entry in current_app.extensions["appbuilder"].menu.get_list():
        if entry.childs:
            children = [_leaf(child) for child in entry.childs if _may_open(actor, child)]
            if children:
                active = any(child.active for child in children)
                badge = " ".join(child.badge for child in children if child.badge)
                tree.append(NavItem(_label(entry), "", entry.icon, active, children, badge))
        elif _may_open(actor, entry):
            tree.append(_leaf(entry))
    return tree


def start_pages(actor: Actor) -> dict[str, tuple[str, str]]:
    """Return the pages of the menu that the actor may open: view → label and address (OFF-10)."""
    entries = current_app.extensions["appbuilder"].menu.get_list()
    leaves = [leaf for entry in entries for leaf in (entry.childs or [entry])]
    return {
        leaf.baseview.endpoint: (_label(leaf), leaf.get_url()) for leaf in leaves if _may_open(actor, leaf)
    }


def _label(entry: Any) -> str:
    return gettext(str(entry.label)) if isinstance(entry.label, str) else str(entry.label)


def _may_open(actor: Actor, entry: Any) -> bool:
    view = entry.baseview
    if view is None:
        return False
    permission: str = view.get_method_permission(view.default_view)
    return actor.has_permission(permission, view.class_permission_name)


def _leaf(entry: Any) -> NavItem:
    url = entry.get_url()
    view = entry.baseview
    active = view is not None and view.endpoint == _current_view()
    return NavItem(_label(entry), url, entry.icon, active, badge=getattr(view, "menu_badge", ""))
