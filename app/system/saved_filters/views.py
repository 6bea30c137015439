"""The pages of saved filters (CUST-13)."""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qsl

from flask import current_app, flash, redirect, request, url_for
from flask_appbuilder.baseviews import BaseView, expose
from flask_babel import gettext
from werkzeug.datastructures import MultiDict
from werkzeug.exceptions import Forbidden

from app.kernel.access.current import current_actor
from app.kernel.access.permissions import SavedFilterPermission
from app.kernel.errors import Invalid, NotFound
from app.kernel.lists.requests import read_list_request
from app.kernel.pages.form_page import run_form
from app.kernel.pages.routes import permitted
from app.kernel.pages.saved_filters import PRIVATE, FilteredList, holds_private, kept_query
from app.system.saved_filters import services as saved
from app.system.saved_filters.forms import NameForm


class SavedFilterView(BaseView):
    """``/saved-filters``: the user's own, for any list that they may read."""

    route_base = "/saved-filters"
    class_permission_name = "SavedFilter"
    default_view = "new"

    @expose("/new", methods=["GET", "POST"])
    @permitted(SavedFilterPermission.USE)
    def new(self) -> Any:
        """Save the filters of a list: ``list`` is its endpoint, ``query`` its query string."""
        view = _list_view(request.args.get("list", ""))
        args = MultiDict(parse_qsl(request.args.get("query", "")))
        query = _checked_query(view, args)
        address = url_for(f"{view.endpoint}.list")
        return run_form(
            NameForm(),
            title=gettext("Save this filter"),
            back_url=f"{address}?{query}",
            submit=lambda values: saved.save_filter(
                list_key=view.endpoint, query=query, name=values["name"], actor=current_actor()
            ),
            done_url=lambda _made: f"{address}?{query}",
        )

    @expose("/<int:pk>/rename", methods=["GET", "POST"])
    @permitted(SavedFilterPermission.USE)
    def rename(self, pk: int) -> Any:
        """Rename a saved filter."""
        found = saved.get_saved_filter(pk, actor=current_actor())
        address = url_for(f"{_list_view(found.list_key).endpoint}.list")
        return run_form(
            NameForm(data={"name": found.name}),
            title=gettext("Rename filter"),
            back_url=address,
            submit=lambda values: saved.rename_filter(pk, name=values["name"], actor=current_actor()),
            done_url=lambda _made: address,
        )

    @expose("/<int:pk>/delete", methods=["POST"])
    @permitted(SavedFilterPermission.USE)
    def delete(self, pk: int) -> Any:
        """Delete a saved filter and return to its list."""
        found = saved.delete_filter(pk, actor=current_actor())
        flash(gettext("Filter deleted"), "success")
        return redirect(url_for(f"{_list_view(found.list_key).endpoint}.list"), 303)


def _list_view(key: str) -> FilteredList:
    """Return the list of that endpoint, if the user may read it.

    :raises NotFound: when there is none.
    """
    if f"{key}.list" not in current_app.view_functions:
        raise NotFound
    for view in current_app.extensions["appbuilder"].baseviews:
        if isinstance(view, FilteredList) and view.endpoint == key:
            if not current_actor().has_permission("read", view.class_permission_name):
                raise Forbidden
            return view
    raise NotFound


# The position in a list is not part of a filter.
_IGNORED_ARGUMENTS = frozenset({"page", "page_size", "after", "before"})


def _checked_query(view: FilteredList, args: MultiDict[str, str]) -> str:
    """Return the part of the query that is saved.

    :raises Invalid: when a filter in it is wrong, or must not be stored.
    """
    lasting = MultiDict(
        (name, value) for name, value in args.items(multi=True) if name not in _IGNORED_ARGUMENTS
    )
    errors = read_list_request(view.spec, lasting).errors
    if errors:
        raise Invalid(**errors)
    if holds_private(view, args):
        raise Invalid(query=PRIVATE)
    return kept_query(view, args)
