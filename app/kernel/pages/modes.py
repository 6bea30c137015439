"""The ways to look at the records of a list: list, board, calendar, all with the list's filters (OFF-5)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import url_for
from flask_babel import gettext

from app.kernel.pages.elements import Tab
from app.kernel.pages.formatting import with_arguments
from app.kernel.pages.list_views import COLUMNS, DENSITY, VIEW

if TYPE_CHECKING:
    from app.kernel.pages.views import ScopedModelView


LIST, BOARD, CALENDAR = "list", "board", "calendar"
MODE = "mode"  # a field of the posted search: where it leads back to
_ICONS = {LIST: "fa-list", BOARD: "fa-table-cells-large", CALENDAR: "fa-calendar-days"}
PAGE_ARGUMENTS = ("page", "page_size", "after", "before", VIEW, COLUMNS, DENSITY)
_OF_ONE_MODE = {*PAGE_ARGUMENTS, "month", "week"}


def modes_of(view: ScopedModelView, present: str) -> list[Tab]:
    """Return the ways to look at a list, for one that has more than the list."""
    labels = {LIST: gettext("As a list"), BOARD: gettext("Board"), CALENDAR: gettext("Calendar")}
    offered = [name for name in labels if name in view.routes()]
    if len(offered) < 2:  # noqa: PLR2004 - one way needs no switch
        return []
    return [
        Tab(
            name,
            labels[name],
            with_arguments(url_for(f"{view.endpoint}.{name}"), _OF_ONE_MODE),
            active=name == present,
            icon=_ICONS[name],
        )
        for name in offered
    ]
