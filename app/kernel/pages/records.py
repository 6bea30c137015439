"""The page of a record (OFF-1): a card with its fields, a joined timeline, and tabs with counts.

:class:`RecordPages` is the half of our base view (:mod:`app.kernel.pages.views`) that shows one record.
"""

from __future__ import annotations

from operator import attrgetter
from typing import TYPE_CHECKING, Any, ClassVar

from flask import render_template, request, url_for
from flask_appbuilder.baseviews import expose
from flask_babel import lazy_gettext as _
from sqlalchemy import inspect

from app.kernel.access.current import current_actor
from app.kernel.access.permissions import BasicPermission
from app.kernel.database.records import get_one
from app.kernel.errors import NotFound
from app.kernel.pages.elements import TimelineTab
from app.kernel.pages.formatting import cell, record_address
from app.kernel.pages.record_page import record_page, timeline_tab
from app.kernel.pages.routes import permitted
from app.kernel.pages.timelines import TIMELINE

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from sqlalchemy import Select

    from app.kernel.access.actor import Actor
    from app.kernel.errors import Sentence
    from app.kernel.pages.elements import Button
    from app.kernel.pages.operations import Operation
    from app.kernel.pages.row_buttons import RowOffer
    from app.kernel.pages.tabs import DetailTab
    from app.kernel.pages.timelines import TimelineSource


class RecordPages:
    """What a view declares about the page of one record.

    ``item_values`` are formatters of the detail alone; ``lead_fields`` stand above the others, because they
    say what to do next; ``copied_fields`` have a button that copies what is shown.  A view with a
    :meth:`timeline` shows it beside the card, under the form of ``box``, the operation that people write
    most.
    """

    endpoint: str
    datamodel: Any
    class_permission_name: Any
    include_route_methods: Any
    show_fieldsets: Any
    formatters_columns: Any
    label_columns: Any
    scope: ClassVar[Any]  # a staticmethod: scope(actor) -> Select of the view's model
    detail_tabs: ClassVar[Sequence[DetailTab]] = ()
    list_options: ClassVar[Sequence[Any]] = ()
    item_values: ClassVar[Mapping[str, Callable[[Any], Any]]] = {}
    wide_columns: ClassVar[frozenset[str]] = frozenset()
    lead_fields: ClassVar[Sequence[str]] = ()
    copied_fields: ClassVar[frozenset[str]] = frozenset({"code", "number", "phone"})
    box: ClassVar[Operation | None] = None
    timeline_empty: ClassVar[Sentence] = _("Nothing happened yet")

    # ---- methods that a context may override

    def get_record(self, pk: int, actor: Actor) -> Any:
        """Return the record inside the scope.

        :raises NotFound: when it does not exist, or is outside the scope.
        """
        key = inspect(self.datamodel.obj).primary_key[0]
        return get_one(type(self).scope(actor).where(key == pk).options(*self.list_options))

    def record_url(self, record: Any) -> str:
        """Return the address of the record's detail."""
        return record_address(f"{self.endpoint}.show", record.id) if "show" in self.routes() else ""

    def row_url(self, record: Any, _cells: Mapping[str, Any]) -> str:
        """Return the address that a list's row links to."""
        return self.record_url(record)

    def row_links(self, _record: Any, _cells: Mapping[str, Any]) -> list[Button]:
        """Return the buttons of a row that are plain links; they come first."""
        return []

    def back_url(self, _record: Any) -> str:
        """Return the address of the detail's back link: the list."""
        return url_for(f"{self.endpoint}.list")

    def record_title(self, record: Any) -> str:
        """Return the title of the record."""
        return str(record.name)

    def record_tags(self, _record: Any) -> list[Any]:
        """Return the coloured labels beside the title."""
        return []

    def cells_of(self, _records: Sequence[Any], _actor: Actor) -> Mapping[int, Mapping[str, Any]]:
        """Return record → column → content, for cells that need a statement: one for a whole page."""
        return {}

    def record_cells(self, record: Any, actor: Actor) -> Mapping[str, Any]:
        """Return column → content of the record's own page, for what needs a statement."""
        return self.cells_of([record], actor).get(record.id, {})

    def row_offers(self, _actor: Actor) -> Sequence[RowOffer]:
        """Return the buttons that every row has, as far as the actor's roles permit them."""
        return ()

    def row_buttons(self, record: Any, actor: Actor, facts: Any) -> list[Button]:
        """Return the buttons of a row; a view overrides it where they differ from record to record."""
        meant = [one for one in self.row_offers(actor) if one.is_meant_for(record)]
        return [one.button(record, one.reason(record, actor, facts)) for one in meant]

    def detail_buttons(self, record: Any, actor: Actor, facts: Any) -> list[Button]:
        """Return the operation buttons of the record."""
        return self.row_buttons(record, actor, facts)

    def facts_of(self, _records: Sequence[Any], _actor: Actor) -> Mapping[int, Any]:
        """Return what the policies of a row's operations read, for a whole page at once, and nothing else."""
        return {}

    def facts_for(self, record: Any, actor: Actor) -> Any:
        """Return what the policies of the record's own page and operations read."""
        return self.facts_of([record], actor).get(record.id)

    def sections_of(self, _record: Any) -> Sequence[Any]:
        """Return the sections of the detail with their fields."""
        sections: Sequence[Any] = self.show_fieldsets
        return sections

    def tabs_for(self, _record: Any, actor: Actor) -> list[DetailTab]:
        """Return the tabs of the detail that the user may open."""
        return [tab for tab in self.detail_tabs if tab.read is None or actor.may(tab.read)]

    def tab_counts(self, record: Any, actor: Actor) -> Mapping[str, Select[Any]]:
        """Return tab → the rows that it shows, where their number is shown beside its name."""
        return {
            tab.key: tab.rows(record, actor) for tab in self.tabs_for(record, actor) if tab.rows is not None
        }

    def timeline(self, _record: Any, _actor: Actor) -> Sequence[TimelineSource]:
        """Return what happened to the record, as far as the actor may see it."""
        return ()

    def timeline_buttons(self, _record: Any, _actor: Actor) -> list[Button]:
        """Return the buttons of the timeline."""
        return []

    def edited_in_place(self, _record: Any, _actor: Actor, _facts: Any) -> Mapping[str, Sequence[str]]:
        """Return shown field → fields of the edit form, for those that the actor may edit on the page."""
        return {}

    # ---- routes

    def routes(self) -> set[str]:
        """Return the names of the methods that are registered as routes."""
        return set(self.include_route_methods or ())

    @expose("/<int:pk>", methods=["GET"])
    @permitted(BasicPermission.READ)
    def show(self, pk: int) -> str:
        """Show the detail."""
        actor = current_actor()
        page = record_page(self, self.get_record(pk, actor), actor)
        return render_template("kernel/detail.html", page=page)

    @expose("/<int:pk>/tab/<string:key>", methods=["GET"])
    @permitted(BasicPermission.READ)
    def tab(self, pk: int, key: str) -> str:
        """Return one tab of the detail, as a fragment."""
        actor = current_actor()
        record = self.get_record(pk, actor)
        if key == TIMELINE:
            return self._timeline(record, actor)
        tab = next((tab for tab in self.tabs_for(record, actor) if tab.key == key), None)
        if tab is None:
            raise NotFound
        number = request.args.get("page", 1, type=int)
        content = tab.render(record, max(1, min(number, 10_000)))
        kind = "timeline" if isinstance(content, TimelineTab) else "tab"
        return render_template(f"kernel/{kind}.html", tab=content)

    def _timeline(self, record: Any, actor: Actor) -> str:
        sources = self.timeline(record, actor)
        if not sources:
            raise NotFound
        kind, before = request.args.get("kind", ""), request.args.get("before", "")
        content = timeline_tab(self, record, actor, sources, kind=kind, before=before)
        return render_template("kernel/timeline.html", tab=content)

    # ---- building the page objects

    def formatter_of(self, name: str) -> Callable[[Any], Any]:
        """Return the function of the record that returns a column's content."""
        formatter: Callable[[Any], Any] | None = self.formatters_columns.get(name)
        return formatter or attrgetter(name)

    def value_of(self, record: Any, name: str) -> Any:
        """Return a column's value as it is shown."""
        return cell(self.formatter_of(name)(record))

    def label_of(self, name: str) -> str:
        """Return a column's label."""
        return str(self.label_columns.get(name, name))

    def shown_cell(self, record: Any, name: str, cells: Mapping[str, Any]) -> Any:
        """Return a column's value as it is shown, with what a statement found for the page."""
        return cell(cells[name]) if name in cells else self.value_of(record, name)
