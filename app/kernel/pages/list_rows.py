"""The rows of a list as HTML.

A page has hundreds of cells and buttons.  What all rows share (the columns' labels and classes, the buttons'
labels and addresses) is resolved once; for each row there remain its values and the verdicts of the policies.
A cell that depends on one attribute alone (:class:`ByColumn`) is made once for each value.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from markupsafe import Markup, escape

from app.kernel.pages.elements import ListRows
from app.kernel.pages.formatting import ByColumn, address_around
from app.kernel.pages.html import button, button_around, check_cell, face, heads_of, write_row
from app.kernel.pages.records import RecordPages

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from app.kernel.access.actor import Actor
    from app.kernel.lists.paging import Page
    from app.kernel.pages.elements import Column
    from app.kernel.pages.row_buttons import RowOffer
    from app.kernel.pages.views import ScopedModelView


@dataclass(frozen=True)
class RowFrame:
    """What the rows of a list share for everybody with the same roles: the columns, the buttons."""

    keys: Sequence[str]
    heads: Sequence[Any]
    check: str
    offers: Sequence[tuple[RowOffer, str, str]]  # with the HTML before and after the record's id

    @classmethod
    def of(
        cls, view: ScopedModelView, columns: Sequence[Column], actor: Actor, *, selectable: bool
    ) -> RowFrame:
        """Return the frame of a list's rows with these columns."""
        check = check_cell() if selectable else ""
        offers = [(one, *_around(one)) for one in view.row_offers(actor)]
        return cls([one.key for one in columns], heads_of(columns), check, offers)


def list_rows(view: ScopedModelView, page: Page[Any], frame: RowFrame, actor: Actor) -> ListRows:
    """Return the rows of a page of the list."""
    records = page.items
    facts = view.facts_of(records, actor) if page.facts is None else page.facts
    found = view.cells_of(records, actor)
    faces = [(key, _face_of(view, key)) for key in frame.keys]
    buttons = _buttons_of(view, frame, actor)
    made = [buttons(one, found.get(one.id, {}), facts.get(one.id)) for one in records]
    has_buttons = any(made)
    url_of = _address_of(view)
    parts: list[str] = []
    for record, ops in zip(records, made, strict=True):
        cells = found.get(record.id, {})
        if cells:
            shown = [face(cells[key]) if key in cells else face_of(record) for key, face_of in faces]
        else:
            shown = [face_of(record) for _key, face_of in faces]
        end = f'<td class="c-ops"><span class="row-ops">{ops}</span></td>' if has_buttons else ""
        struck = view.is_struck(record)
        url = url_of(record, cells)
        write_row(parts, record.id, url, frame.heads, shown, check=frame.check, end=end, struck=struck)
    return ListRows(Markup("".join(parts)), len(records), has_buttons)  # noqa: S704 - every value was escaped


def _face_of(view: ScopedModelView, name: str) -> Callable[[Any], str]:
    """Return the function that returns a column's cell of a record as HTML."""
    formatter = view.formatter_of(name)
    if not isinstance(formatter, ByColumn):
        return lambda record: face(formatter(record))
    known: dict[Any, str] = {}
    attribute, show = formatter.attribute, formatter.show

    def by_value(record: Any) -> str:
        value = getattr(record, attribute)
        if value not in known:
            known[value] = face(show(record))
        return known[value]

    return by_value


def _address_of(view: ScopedModelView) -> Callable[[Any, Mapping[str, Any]], str]:
    """Return the function that returns the address of a row, escaped."""
    own: Any = type(view)
    if own.row_url is not RecordPages.row_url or own.record_url is not RecordPages.record_url:
        return lambda record, cells: str(escape(view.row_url(record, cells)))
    if "show" not in view.routes():
        return lambda _record, _cells: ""
    before, after = map(escape, address_around(f"{view.endpoint}.show"))
    return lambda record, _cells: f"{before}{record.id}{after}"


def _buttons_of(
    view: ScopedModelView, frame: RowFrame, actor: Actor
) -> Callable[[Any, Mapping[str, Any], Any], str]:
    """Return the function that returns the buttons of a record with these cells and facts."""
    if type(view).row_buttons is not RecordPages.row_buttons:
        return lambda record, cells, facts: "".join(
            button(one, "link")
            for one in [*view.row_links(record, cells), *view.row_buttons(record, actor, facts)]
        )
    offers = [(_offered(*one), one[0].is_meant_for) for one in frame.offers]
    has_links = type(view).row_links is not RecordPages.row_links

    def buttons(record: Any, cells: Mapping[str, Any], facts: Any) -> str:
        made = "".join([one(record, actor, facts) for one, is_meant in offers if is_meant(record)])
        if not has_links:
            return made
        return "".join([*(button(one, "link") for one in view.row_links(record, cells)), made])

    return buttons


def _around(offer: RowOffer) -> tuple[str, str]:
    """Return the HTML of an enabled button before and after the record's id."""
    before, after = button_around(offer.label, offer.mode, danger=offer.danger)
    return f"{before}{escape(offer.before)}", f"{escape(offer.after)}{after}"


def _offered(offer: RowOffer, start: str, end: str) -> Callable[[Any, Actor, Any], str]:
    """Return the function that returns a button of a row: enabled, or disabled with the reason."""
    refused: dict[str, str] = {}
    if offer.policy is None and offer.question is None:
        return lambda record, _actor, _facts: f"{start}{record.id}{end}"

    def shown(record: Any, actor: Actor, facts: Any) -> str:
        reason = offer.reason(record, actor, facts)
        if reason:
            if reason not in refused:
                refused[reason] = button(offer.button(record, reason), "link")
            return refused[reason]
        if offer.question:
            return button(offer.button(record, ""), "link")
        return f"{start}{record.id}{end}"

    return shown
