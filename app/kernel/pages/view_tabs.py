"""The saved views above a list, and the buttons that save one (OFF-5)."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from flask import render_template, request, url_for
from flask_babel import gettext
from markupsafe import Markup

from app.kernel.access.permissions import ListViewPermission
from app.kernel.pages.columns import columns_word
from app.kernel.pages.elements import Button, ViewTab
from app.kernel.pages.list_views import (
    COLUMNS,
    PRIVATE,
    ViewContent,
    address_pairs,
    content_of,
    holds_private,
)
from app.kernel.pages.shells import marks_or_none

if TYPE_CHECKING:
    from app.kernel.access.actor import Actor
    from app.kernel.pages.list_views import FilteredList, ListView, ShownList


def view_row(view: FilteredList, shown: ShownList, actor: Actor) -> Markup:
    """Return the saved views above a list with the buttons that save one; nothing where there are none."""
    if not actor.may(ListViewPermission.USE):
        return Markup()
    views = [_tab(view, one, shown, actor) for one in shown.views]
    save = _save_buttons(view, shown, actor)
    made = render_template("kernel/views.html", views=views, save=save) if views or save else ""
    return Markup(made)  # noqa: S704 - a template's output


def layout_links(view: FilteredList, density: str, actor: Actor) -> dict[str, Any]:
    """Return where columns and row height are chosen."""
    if not actor.may(ListViewPermission.USE):
        return {"density": density}
    place: dict[str, Any] = {"list": view.endpoint, "next": list_query()}
    other = "" if density else "small"
    return {
        "layout_url": url_for("ListViewView.layout", **place),
        "density": density,
        "density_url": url_for("ListViewView.density", density=other, **place),
    }


def list_query() -> str:
    """Return the query of the present list, without the position in it."""
    marks = marks_or_none()
    return marks("list_query") if marks else own_query()


def own_query() -> str:
    """Return the query of the address, without the position in the list."""
    kept = [(k, v) for k, v in request.args.items(multi=True) if k not in {"page", "after", "before"} and v]
    return urlencode(kept)


def present_content(view: FilteredList, shown: ShownList) -> ViewContent:
    """Return what a view saved now would keep: what the address asks for, and the list as it is shown."""
    word = columns_word(shown.columns, view.list_columns)
    return replace(content_of(view, request.args), columns=word, density=shown.density)


def _tab(view: FilteredList, one: ListView, shown: ShownList, actor: Actor) -> ViewTab:
    links = {}
    if one.person_id == actor.id:
        links = {name: url_for(f"ListViewView.{name}", pk=one.id) for name in ("edit", "delete")}
        links |= {step: url_for("ListViewView.move", pk=one.id, step=step) for step in ("earlier", "later")}
    elif actor.may(ListViewPermission.SHARE):
        links = {"withdraw": url_for("ListViewView.withdraw", pk=one.id)}
    return ViewTab(
        name=one.name,
        url=f"{url_for(f'{view.endpoint}.list')}?{urlencode(address_pairs(one))}",
        active=one is shown.active,
        is_own=one.person_id == actor.id,
        is_shared=one.department_id is not None,
        is_default=one.is_default and one.person_id == actor.id,
        links=links,
    )


def _save_buttons(view: FilteredList, shown: ShownList, actor: Actor) -> list[Button]:
    """Return the buttons to keep the changes of the open view, and to save the list as a new one."""
    if shown.active is None and not request.args:
        return []
    present, open_one = present_content(view, shown), shown.active
    if open_one is not None:
        if open_one.content.asks == present.asks:
            return []
    elif not (present.query or present.order_by or request.args.get(COLUMNS)):
        return []
    reason = str(PRIVATE) if holds_private(view, request.args) else ""
    query = urlencode(present.pairs())
    new = "" if reason else url_for("ListViewView.new", list=view.endpoint, query=query)
    label = gettext("Save as a new view") if open_one else gettext("Save as a view")
    buttons = [Button(label, new, "fa-bookmark", "drawer", reason=reason)]
    if open_one is not None and open_one.person_id == actor.id:
        url = "" if reason else url_for("ListViewView.keep", pk=open_one.id, query=query)
        buttons.insert(0, Button(gettext("Save the changes"), url, "fa-floppy-disk", "post", reason=reason))
    return buttons
