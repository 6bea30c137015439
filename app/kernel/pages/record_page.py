"""The page object of a record: its card, timeline, tabs with counts, and its place in a list (OFF-1)."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl, urlencode, urlsplit

from flask import request, url_for
from markupsafe import Markup
from werkzeug.datastructures import MultiDict

from app.kernel.lists.asking import refuse_typed
from app.kernel.lists.counts import counts_and_presence
from app.kernel.lists.paging import neighbours
from app.kernel.lists.requests import apply_filters, read_list_request
from app.kernel.pages.elements import (
    DetailPage,
    FormPage,
    Item,
    Neighbours,
    Section,
    Tab,
    TimelineTab,
)
from app.kernel.pages.formatting import cell, record_address
from app.kernel.pages.modes import PAGE_ARGUMENTS
from app.kernel.pages.timelines import TIMELINE, read_position, read_timeline

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from sqlalchemy import Select

    from app.kernel.access.actor import Actor
    from app.kernel.errors import Decision
    from app.kernel.pages.records import RecordPages
    from app.kernel.pages.timelines import TimelineSource


OF_LIST = "of"  # the argument that carries the list's own arguments from record to record
MOST_COUNTED = 9_999
_LONGEST = 1500  # characters of a list's arguments in an address


def record_page(view: RecordPages, record: Any, actor: Actor) -> DetailPage:
    """Return the page of a record that the actor may open."""
    facts = view.facts_for(record, actor)
    items = _Items(view, record, view.record_cells(record, actor), view.edited_in_place(record, actor, facts))
    sections = [
        Section(str(title), [items.item(name) for name in names["fields"] if name not in view.lead_fields])
        for title, names in view.sections_of(record)
    ]
    filled = [Section(one.title, [item for item in one.items if not item.is_empty]) for one in sections]
    sources = view.timeline(record, actor)
    counts, kinds = _counts(view.tab_counts(record, actor), sources)
    place = _place(view)
    return DetailPage(
        title=view.record_title(record),
        back_url=place.back_url if place else view.back_url(record),
        tags=view.record_tags(record),
        buttons=view.detail_buttons(record, actor, facts),
        lead=[items.item(name) for name in view.lead_fields],
        sections=[one for one in filled if one.items],
        empty=[item for one in sections for item in one.items if item.is_empty],
        tabs=_tabs(view, record, actor, counts),
        neighbours=place.neighbours(view, record, actor) if place else None,
        timeline=timeline_tab(view, record, actor, sources, kinds=kinds) if sources else None,
        timeline_url=url_for(f"{view.endpoint}.tab", pk=record.id, key=TIMELINE) if sources else "",
        **_box(view, record, actor, facts),
    )


@dataclass(frozen=True)
class _Items:
    """The fields of one record as descriptions."""

    view: RecordPages
    record: Any
    cells: Mapping[str, Any]
    edited: Mapping[str, Sequence[str]]

    def item(self, name: str) -> Item:
        """Return a field with its label, and its buttons."""
        own = self.view.item_values.get(name)
        value = cell(own(self.record)) if own else self.view.shown_cell(self.record, name, self.cells)
        found = Item(
            self.view.label_of(name),
            value,
            wide=name in self.view.wide_columns,
            edit_url=self._edit_url(name),
        )
        may_copy = name in self.view.copied_fields and not found.is_empty
        return replace(found, copied=_text(value)) if may_copy else found

    def _edit_url(self, name: str) -> str:
        if name not in self.edited:
            return ""
        address = record_address(f"{self.view.endpoint}.edit", self.record.id)
        return f"{address}?{urlencode([('only', field) for field in self.edited[name]])}"


def _text(value: Any) -> str:
    return value.striptags() if isinstance(value, Markup) else str(value)


def _tabs(view: RecordPages, record: Any, actor: Actor, counts: Mapping[str, int]) -> list[Tab]:
    """Return the tabs with their counts."""
    return [
        Tab(
            tab.key,
            str(tab.label),
            url_for(f"{view.endpoint}.tab", pk=record.id, key=tab.key),
            count=_count(counts[tab.key]) if tab.key in counts else "",
        )
        for tab in view.tabs_for(record, actor)
    ]


def _count(number: int) -> str:
    return f"{MOST_COUNTED:,}+" if number > MOST_COUNTED else f"{number:,}"


def _box(view: RecordPages, record: Any, actor: Actor, facts: Any) -> dict[str, Any]:
    """Return the form that is always open, or why the actor may not use it; nothing without permission."""
    operation = view.box
    if operation is None or not actor.has_permission(operation.needs, view.class_permission_name):
        return {}
    verdict: Decision = operation.policy(actor, record, facts)
    if not verdict:
        return {"box_note": verdict.reason}
    form = operation.build_form(record)
    label = str(operation.label)
    action = record_address(f"{view.endpoint}.{operation.name}", record.id)
    send = str(operation.page.submit_label) or label
    return {"box": FormPage(label, form, form.page_sections, action, send, "")}


def timeline_tab(
    view: RecordPages,
    record: Any,
    actor: Actor,
    sources: Sequence[TimelineSource],
    *,
    kind: str = "",
    before: str = "",
    kinds: Collection[str] | None = None,
) -> TimelineTab:
    """Return one page of the record's timeline, all kinds or one; ``kinds`` are those that have lines."""
    shown = [source for source in sources if source.key == kind] or sources
    kind = shown[0].key if len(shown) == 1 < len(sources) else ""
    entries, older = read_timeline(shown, read_position(shown, before))
    if kinds is None:  # further lines are added to a page that offers the kinds already
        kinds = () if before else _counts({}, sources)[1]

    def address(**arguments: Any) -> str:
        return url_for(f"{view.endpoint}.tab", pk=record.id, key=TIMELINE, **arguments)

    return TimelineTab(
        entries,
        str(view.timeline_empty),
        address(kind=kind or None, before=older) if older else "",
        view.timeline_buttons(record, actor),
        [
            Tab(one.key, str(one.label), address(kind=one.key), active=one.key == kind)
            for one in sources
            if one.key in kinds
        ],
        address(),
    )


def _counts(
    counted: Mapping[str, Select[Any]], sources: Sequence[TimelineSource]
) -> tuple[dict[str, int], frozenset[str]]:
    """Return the counts of the tabs, and the kinds that have lines, in one statement."""
    asked = {source.key: source.rows for source in sources if source.counted_by not in counted}
    counts, present = counts_and_presence(counted, asked, MOST_COUNTED)
    return counts, present | {source.key for source in sources if counts.get(source.counted_by)}


@dataclass(frozen=True)
class _Place:
    """The list from which the user came, as the arguments of its address."""

    arguments: MultiDict[str, str]
    query: str
    back_url: str

    def neighbours(self, view: Any, record: Any, actor: Actor) -> Neighbours | None:
        """Return the addresses of the records before and after this one; None where the list was refused."""
        asked = read_list_request(view.spec, self.arguments)
        refuse_typed(view.spec, asked)
        if asked.errors:
            return None
        tab = view.tab_of(self.arguments)
        statement = apply_filters((tab.scope if tab else type(view).scope)(actor), view.spec, asked, actor)
        pks = neighbours(statement, view.spec, asked, record)
        urls = [
            f"{record_address(f'{view.endpoint}.show', pk)}?{urlencode({OF_LIST: self.query})}" if pk else ""
            for pk in (*pks, record.id)
        ]
        return Neighbours(*urls)


def _place(view: RecordPages) -> _Place | None:
    """Return the list that the user came from: named in the address, else the page that led here."""
    if "list" not in view.routes():
        return None
    address = url_for(f"{view.endpoint}.list")
    query = request.args.get(OF_LIST)
    back = address
    if query is None:
        came = urlsplit(request.referrer or "")
        if came.netloc != request.host or came.path != address:
            return None
        query = came.query
    elif query:
        back = f"{address}?{query}"
    if len(query) > _LONGEST:
        return None
    kept = [(name, value) for name, value in parse_qsl(query) if name not in PAGE_ARGUMENTS and value]
    return _Place(MultiDict(kept), urlencode(kept), back)
