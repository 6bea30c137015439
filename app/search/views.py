"""The search as parts of a page: the dialog of every page fetches them (PLAT-17)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import render_template, request
from flask_appbuilder.baseviews import BaseView, expose

from app.kernel.access.current import actor_or_none, current_actor, duty_or_none
from app.kernel.lists.finding import kinds_for
from app.kernel.pages.formatting import record_address
from app.kernel.pages.routes import permitted
from app.kernel.text import fold, read_id
from app.search.permissions import SearchPermission
from app.search.places import find_groups, recent_groups
from app.search.queries import MAX_RECENT, is_too_short, is_whole_number

if TYPE_CHECKING:
    from collections.abc import Iterable

_MAX_TYPED = 60


class SearchView(BaseView):
    """``/search``."""

    route_base = "/search"
    class_permission_name = "Search"
    default_view = "search"

    @expose("/", methods=["GET"])
    @permitted(SearchPermission.READ)
    def search(self) -> str:
        """Find records, pages and commands; without a text, those opened last (``of=customer:12``)."""
        actor, typed = current_actor(), fold(request.args.get("q", ""))[:_MAX_TYPED]
        if not typed:
            wanted = [*_marks(request.args.get("of", ""))]
            return render_template("search/results.html", groups=recent_groups(actor, wanted), state="begin")
        state = "number" if is_whole_number(typed) else "short" if is_too_short(typed) else "none"
        groups = find_groups(actor, typed) if state == "none" else []
        return render_template("search/results.html", groups=groups, state=state)


def _marks(text: str) -> Iterable[tuple[str, int]]:
    """Read kind and id of the records that the browser remembers; what is none is left out."""
    for mark in text.split(",")[:MAX_RECENT]:
        name, _colon, pk = mark.partition(":")
        try:
            yield name, read_id(pk)
        except ValueError:
            continue


def search_places() -> dict[str, str] | None:
    """Return the beginning of each kind's addresses, by which the browser remembers what was opened; None for
    who may not search.
    """
    actor = actor_or_none()
    if actor is None or duty_or_none() is not None or not actor.may(SearchPermission.READ):
        return None
    return {kind.name: record_address(kind.endpoint, 0).removesuffix("0") for kind in kinds_for(actor)}
