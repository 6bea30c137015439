"""The pages of saved views and of a list's layout (OFF-5, CUST-13)."""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qsl, urlencode

from flask import current_app, flash, redirect, render_template, request, url_for
from flask_appbuilder.baseviews import BaseView, expose
from flask_babel import gettext
from flask_babel import lazy_gettext as _
from werkzeug.datastructures import MultiDict
from werkzeug.exceptions import Forbidden

from app.kernel.access.current import current_actor
from app.kernel.access.permissions import BasicPermission, ListViewPermission
from app.kernel.errors import Invalid, NotFound, forbidden
from app.kernel.lists.requests import read_list_request
from app.kernel.pages.columns import (
    WIDTHS,
    ChosenColumn,
    check_columns,
    columns_word,
)
from app.kernel.pages.form_page import run_form
from app.kernel.pages.list_views import (
    COLUMNS,
    DENSITY,
    PRIVATE,
    VIEW,
    FilteredList,
    ListView,
    ShownList,
    ViewContent,
    address_pairs,
    content_of,
    holds_private,
    shown_list,
)
from app.kernel.pages.routes import permitted
from app.system.list_views import services
from app.system.list_views.forms import SharedViewForm, ViewForm


class ListViewView(BaseView):
    """``/list-views``: the user's own views, for any list that they may read."""

    route_base = "/list-views"
    class_permission_name = "ListView"
    default_view = "new"

    @expose("/new", methods=["GET", "POST"])
    @permitted(ListViewPermission.USE)
    def new(self) -> Any:
        """Save a list as a view: ``list`` is its endpoint, ``query`` its query string."""
        view = _list_of(request.args.get("list", ""))
        content = _asked_content(view)
        return run_form(
            _form_class()(),
            title=gettext("Save as a view"),
            back_url=f"{url_for(f'{view.endpoint}.list')}?{urlencode(content.pairs())}",
            submit=lambda values: services.save_view(
                list_key=view.endpoint, content=content, actor=current_actor(), **values
            ),
            done_url=_address,
        )

    @expose("/<int:pk>/edit", methods=["GET", "POST"])
    @permitted(ListViewPermission.USE)
    def edit(self, pk: int) -> Any:
        """Rename a view, share it, let its list open with it."""
        found = services.get_list_view(pk, actor=current_actor())
        _list_of(found.list_key)
        given = {
            "name": found.name,
            "is_default": found.is_default,
            "is_shared": found.department_id is not None,
        }
        return run_form(
            _form_class()(data=given),
            title=gettext("Edit the view"),
            back_url=_address(found),
            submit=lambda values: services.edit_view(pk, actor=current_actor(), **values),
            done_url=_address,
        )

    @expose("/<int:pk>/keep", methods=["POST"])
    @permitted(ListViewPermission.USE)
    def keep(self, pk: int) -> Any:
        """Let a view keep the list as ``query`` asks for it."""
        found = services.get_list_view(pk, actor=current_actor())
        content = _asked_content(_list_of(found.list_key))
        services.keep_changes(pk, content=content, actor=current_actor())
        return _back(_address(found), gettext("The view “%(name)s” was changed", name=found.name))

    @expose("/<int:pk>/move/<string:step>", methods=["POST"])
    @permitted(ListViewPermission.USE)
    def move(self, pk: int, step: str) -> Any:
        """Move a view one place earlier or later."""
        steps = {"earlier": -1, "later": 1}.get(step)
        if steps is None:
            raise NotFound
        return _back(_address(services.move_view(pk, steps=steps, actor=current_actor())))

    @expose("/<int:pk>/delete", methods=["POST"])
    @permitted(ListViewPermission.USE)
    def delete(self, pk: int) -> Any:
        """Delete a view and return to its list."""
        found = services.delete_view(pk, actor=current_actor())
        return _back(
            _plain_address(found.list_key), gettext("The view “%(name)s” was deleted", name=found.name)
        )

    @expose("/<int:pk>/withdraw", methods=["POST"])
    @permitted(ListViewPermission.SHARE)
    def withdraw(self, pk: int) -> Any:
        """Stop sharing a view of the department."""
        found = services.withdraw_view(pk, actor=current_actor())
        message = gettext("The view “%(name)s” is shared no more", name=found.name)
        return _back(_plain_address(found.list_key), message)

    @expose("/layout", methods=["GET", "POST"])
    @permitted(ListViewPermission.USE)
    def layout(self) -> Any:
        """Show and keep the columns and the first tab of a list, as the address ``next`` shows it."""
        view, args = _asked_list()
        shown, actor = shown_list(view, args, current_actor()), current_actor()
        if shown.active is not None and shown.active.person_id != actor.id:
            return _foreign_layout(shown.active)
        if request.method == "POST":
            return _keep_layout(view, args, shown.active)
        return _layout_page(view, shown)

    @expose("/density", methods=["POST"])
    @permitted(ListViewPermission.USE)
    def density(self) -> Any:
        """Keep the row height of a list, or of its open view."""
        (view, args), actor = _asked_list(), current_actor()
        active = shown_list(view, args, actor).active
        services.save_layout(
            list_key=view.endpoint,
            pk=active.id if active is not None and active.person_id == actor.id else None,
            density=request.values.get("density", ""),
            actor=actor,
        )
        return _back(_list_address(view, args))


def _asked_list() -> tuple[FilteredList, MultiDict[str, str]]:
    """Return the list and the arguments with which it is open."""
    args = MultiDict(parse_qsl(request.args.get("next", "")))
    return _list_of(request.args.get("list", "")), args


def _layout_page(view: FilteredList, shown: ShownList) -> str:
    left = [ChosenColumn(key) for key in view.list_columns if key not in shown.keys]
    return render_template(
        "system/list_layout.html",
        action=request.full_path,
        columns=[(one, _label(view, one.key), one not in left) for one in (*shown.columns, *left)],
        widths=WIDTHS,
        name=shown.active.name if shown.active else "",
        tabs=[] if shown.active else [one for one in view.tabs if one.is_offered],
        tab=shown.own.tab if shown.own else "",
    )


def _foreign_layout(active: ListView) -> str:
    """Say why there is nothing to choose: the columns belong to the colleague's view.

    :raises Denied: when somebody tries all the same.
    """
    sentence = _(
        "The view “%(name)s” is a colleague's: save it as your own to change its columns", name=active.name
    )
    if request.method == "POST":
        forbidden("list_view.not_yours", sentence).enforce()
    return render_template("system/list_layout.html", sentence=sentence)


def _form_class() -> type[ViewForm]:
    return SharedViewForm if current_actor().may(ListViewPermission.SHARE) else ViewForm


def _back(address: str, message: str = "") -> Any:
    if message:
        flash(message, "success")
    return redirect(address, 303)


def _address(found: ListView) -> str:
    view = _list_of(found.list_key)
    return f"{url_for(f'{view.endpoint}.list')}?{urlencode(address_pairs(found))}"


def _plain_address(list_key: str) -> str:
    """Return the address of a list without any view."""
    return url_for(f"{_list_of(list_key).endpoint}.list", list_view="")


def _list_address(view: FilteredList, args: MultiDict[str, str]) -> str:
    """Return the address of the list without the look that an address may bring along."""
    kept = [(k, v) for k, v in args.items(multi=True) if k not in {COLUMNS, DENSITY}]
    return f"{url_for(f'{view.endpoint}.list')}?{urlencode(kept or [(VIEW, '')])}"


def _label(view: FilteredList, key: str) -> str:
    labels = getattr(view, "label_columns", {})
    return str(labels.get(key, key))


def _keep_layout(view: FilteredList, args: MultiDict[str, str], active: ListView | None) -> Any:
    """Keep the posted columns; with ``reset`` the usual ones."""
    columns = "" if "reset" in request.form else columns_word(_posted(view), view.list_columns)
    tab = request.form.get("tab", "")
    if tab not in {"", *(one.key for one in view.tabs)}:
        raise Invalid(tab=gettext("Not one of the choices"))
    services.save_layout(
        list_key=view.endpoint,
        pk=active.id if active else None,
        columns=columns,
        tab="" if "reset" in request.form else tab,
        actor=current_actor(),
    )
    return _back(_list_address(view, args))


def _posted(view: FilteredList) -> tuple[ChosenColumn, ...]:
    pinned = set(request.form.getlist("pinned"))
    columns = []
    for key in request.form.getlist("columns"):
        width = request.form.get(f"width_{key}", "") or "0"
        if not width.isascii() or not width.isdigit():
            raise Invalid(columns=gettext("Not one of the widths"))
        columns.append(ChosenColumn(key, int(width[:6]), key in pinned))
    return check_columns(columns, view.list_columns)


def _list_of(key: str) -> FilteredList:
    """Return the list of that endpoint, if the user may read it.

    :raises NotFound: when there is none.
    """
    if f"{key}.list" not in current_app.view_functions:
        raise NotFound
    for view in current_app.extensions["appbuilder"].baseviews:
        if isinstance(view, FilteredList) and view.endpoint == key:
            if not current_actor().has_permission(BasicPermission.READ, view.class_permission_name):
                raise Forbidden
            return view
    raise NotFound


# The position in a list is not part of a view.
_IGNORED_ARGUMENTS = frozenset({"page", "page_size", "after", "before"})


def _asked_content(view: FilteredList) -> ViewContent:
    """Return what the query asks a view to keep.

    :raises Invalid: when a filter in it is wrong, or must not be stored.
    """
    args = MultiDict(parse_qsl(request.args.get("query", "")))
    lasting = MultiDict((k, v) for k, v in args.items(multi=True) if k not in _IGNORED_ARGUMENTS)
    errors = read_list_request(view.spec, lasting).errors
    if errors:
        raise Invalid(**errors)
    if holds_private(view, args):
        raise Invalid(query=PRIVATE)
    return content_of(view, args)
