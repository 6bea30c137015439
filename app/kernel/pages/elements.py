"""Page elements that a view passes to a template: plain objects, so that templates decide nothing."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from markupsafe import Markup

from app.kernel.pages.formatting import NOTHING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from app.kernel.lists.filters import FilterField


@dataclass(frozen=True)
class Button:
    """A button.  With a ``reason`` it is disabled and shows why; ``batch`` buttons act on the chosen rows."""

    label: str
    url: str
    icon: str = ""
    mode: str = "link"  # link | drawer | post | download
    ask: str = ""
    danger: bool = False
    primary: bool = False
    reason: str = ""
    batch: bool = False


def enabled_first(buttons: list[Button], kept: int) -> list[Button]:
    """Order the buttons of a head, which shows a few and puts the rest into a menu: after the first ``kept``,
    enabled buttons come before disabled ones.
    """
    return [*buttons[:kept], *sorted(buttons[kept:], key=lambda button: bool(button.reason))]


@dataclass(frozen=True)
class Tab:
    """A tab of a list (another address) or of a detail (a fragment fetched on demand)."""

    key: str
    label: str
    url: str
    active: bool = False
    count: str = ""
    icon: str = ""


@dataclass(frozen=True)
class Column:
    """A column of a table."""

    key: str
    label: str
    sort_url: str = ""
    direction: str = ""
    number: bool = False
    wide: bool = False
    width: int = 0
    pinned: bool | None = None

    def marks(self, place: int) -> str:
        """Return the classes of the column's cells: what stays in sight at the left, and its fixed width.

        Unless somebody chose, the first column stays; ``place`` is the column's number from 0.
        """
        pinned = place == 0 if self.pinned is None else self.pinned
        pin = f"c-pin c-pin-{place}" if pinned and place else "c-pin" if pinned else ""
        return f"{pin} w-{self.width}".strip() if self.width else pin


@dataclass(frozen=True)
class Row:
    """A row of a table; cells by column key.  A ``struck`` row is shown as no longer valid."""

    id: int
    url: str
    cells: dict[str, Any]
    buttons: list[Button] = field(default_factory=list)
    struck: bool = False


@dataclass(frozen=True)
class ListRows:
    """The rows of a list as HTML (:mod:`app.kernel.pages.list_rows`)."""

    html: Markup = field(default_factory=Markup)
    count: int = 0
    has_buttons: bool = False

    def __len__(self) -> int:
        return self.count


@dataclass(frozen=True)
class ViewTab:
    """A saved view above its list.  A shared view of a colleague has neither menu nor place of its own."""

    name: str
    url: str
    active: bool
    is_own: bool = True
    is_shared: bool = False
    is_default: bool = False
    links: Mapping[str, str] = field(default_factory=dict)  # edit, earlier, later, delete, withdraw


@dataclass(frozen=True)
class Pages:
    """Where a page stands among the pages of a list; the addresses are empty at its ends."""

    page: int
    pages: int
    previous_url: str = ""
    next_url: str = ""


@dataclass(frozen=True)
class ListPage:
    """A whole list.  ``sums``: column → total of the whole result, not only of this page; ``shown_total`` is
    the number of rows as people read it.
    """

    key: str
    title: str
    columns: list[Column]
    rows: list[Row] | ListRows
    total: int
    shown_total: str
    total_is_exact: bool
    page: int
    page_size: int
    filters: list[FilterField]
    reset_url: str
    empty_text: str
    tabs: list[Tab] = field(default_factory=list)
    counts_url: str = ""
    hidden: list[tuple[str, str]] = field(default_factory=list)
    buttons: list[Button] = field(default_factory=list)
    selectable: bool = False
    is_filtered: bool = False
    is_refused: bool = False
    note: str = ""
    search_url: str = ""
    filter_look: str = ""
    view_fields: Markup = field(default_factory=Markup)
    view_row: Markup = field(default_factory=Markup)
    layout_url: str = ""
    density: str = ""
    density_url: str = ""
    modes: list[Tab] = field(default_factory=list)
    page_sizes: tuple[int, ...] = (10, 20, 50, 100)
    previous_url: str = ""
    next_url: str = ""
    sums: Mapping[str, Any] = field(default_factory=dict)
    live: str = ""  # the name under which the page asks whether the list has changed

    @property
    def has_ops(self) -> bool:
        """True if a row has buttons, which stand in a column of their own."""
        if isinstance(self.rows, ListRows):
            return self.rows.has_buttons
        return any(row.buttons for row in self.rows)

    @property
    def pages(self) -> int:
        """Return the number of pages, at least one."""
        return max(1, -(-self.total // self.page_size))


@dataclass(frozen=True)
class Item:
    """A label and its value in a description.

    ``copied`` is the text that its button copies; ``edit_url`` the form that edits it in its place.
    """

    label: str
    value: Any
    wide: bool = False
    copied: str = ""
    edit_url: str = ""

    @property
    def is_empty(self) -> bool:
        """True if there is nothing to show."""
        return self.value is None or self.value == "" or self.value is NOTHING


@dataclass(frozen=True)
class Section:
    """A titled group of descriptions."""

    title: str
    items: list[Item]


@dataclass(frozen=True)
class Neighbours:
    """The records before and after this one in the list from which the user came; empty at its ends.
    ``own_url`` is this record's address with that list.
    """

    previous_url: str
    next_url: str
    own_url: str


@dataclass(frozen=True)
class DetailPage:
    """A whole record.

    ``lead`` is what to know first, above the ``sections``; ``empty`` are the fields without a value.  A
    record with a ``timeline`` shows its sections as a card beside it; ``box`` is the form above it, or
    ``box_note`` the reason why there is none.
    """

    title: str
    back_url: str
    sections: list[Section]
    subtitle: str = ""
    tags: list[Markup] = field(default_factory=list)
    buttons: list[Button] = field(default_factory=list)
    tabs: list[Tab] = field(default_factory=list)
    lead: list[Item] = field(default_factory=list)
    empty: list[Item] = field(default_factory=list)
    neighbours: Neighbours | None = None
    timeline: TimelineTab | None = None
    timeline_url: str = ""
    box: FormPage | None = None
    box_note: str = ""


@dataclass(frozen=True)
class FileLink:
    """A file, with its thumbnail if it is a picture."""

    name: str
    url: str
    size: int
    thumbnail_url: str = ""


def file_link_html(link: FileLink) -> Markup:
    """Return a file as a link, with its thumbnail or an icon of its kind; a picture opens in the page
    (OFF-15).
    """
    if link.thumbnail_url:
        small = Markup('<img class="file-thumb" src="{}" alt="" loading="lazy">').format(link.thumbnail_url)
    else:
        small = Markup('<i class="fa-regular fa-file file-icon" aria-hidden="true"></i>')
    picture = Markup(' data-picture="{}"').format(link.name) if link.thumbnail_url else ""
    face = Markup('<a class="file-link" href="{}"{}>{}<span>{}</span></a>')
    return face.format(link.url, picture, small, link.name)


@dataclass(frozen=True)
class TableTab:
    """A detail's tab that is a table."""

    columns: list[Column]
    rows: list[Row]
    empty_text: str
    more_url: str = ""
    buttons: list[Button] = field(default_factory=list)


@dataclass(frozen=True)
class Entry:
    """One entry of a timeline: ``what`` in the line of its title, ``text`` below it."""

    title: str
    time: str
    text: str = ""
    meta: str = ""
    tags: list[Markup] = field(default_factory=list)
    files: list[FileLink] = field(default_factory=list)
    what: str = ""
    kind: str = ""
    icon: str = ""
    tone: str = ""


@dataclass(frozen=True)
class TimelineTab:
    """A detail's tab that is a timeline.  ``kinds`` are addresses of the same timeline with entries of one
    kind alone, ``all_url`` that of all.
    """

    entries: list[Entry]
    empty_text: str
    more_url: str = ""
    buttons: list[Button] = field(default_factory=list)
    kinds: list[Tab] = field(default_factory=list)
    all_url: str = ""


@dataclass(frozen=True)
class BatchRow:
    """The outcome for one record of a batch; ``message`` says why it was refused."""

    label: str
    url: str
    state: str
    tone: str
    message: str = ""


@dataclass(frozen=True)
class BatchPage:
    """The result of a batch: refused records first, then the others, as many as fit (OFF-4).

    ``sentence`` says what was done, and ``undo_url`` undoes it.  ``waiting`` rows were not reached, or not
    yet while it ``is_running``; ``list_key`` names the list whose selection is used up; ``later_url`` is the
    batch that took up the rest.
    """

    title: str
    rows: list[BatchRow]
    back_url: str
    done: int
    refused: int
    waiting: int = 0
    sentence: str = ""
    undo_url: str = ""
    is_running: bool = False
    note: str = ""
    list_key: str = ""
    buttons: list[Button] = field(default_factory=list)
    later_url: str = ""
    cancel_url: str = ""
    own_url: str = ""

    @property
    def total(self) -> int:
        """Return the number of chosen records."""
        return self.done + self.refused + self.waiting


@dataclass(frozen=True)
class Alert:
    """The reason why a whole form was refused, with a link to the record that prevents it."""

    message: str
    url: str = ""
    link_label: str = ""


@dataclass(frozen=True)
class FormPage:
    """A whole form; ``sections`` name the form's fields, nested ones as ``demand.kind``."""

    title: str
    form: Any
    sections: list[tuple[str, list[str]]]
    action: str
    submit_label: str
    back_url: str
    alert: Alert | None = None
    ask: str = ""
    hint: str = ""
    warning: str = ""


ECHARTS = "echarts.min.js"
WHOLE = 100


@dataclass(frozen=True)
class Bar:
    """A labelled number with its length in per cent of the longest bar, and a link to the records counted."""

    label: str
    text: str
    value: int
    url: str
    length: int
    tone: str = "blue"
    detail: str = ""
    trend: str = ""

    def data(self) -> dict[str, Any]:
        """Return the bar's data for the script."""
        return {
            "name": self.label,
            "value": self.value,
            "text": self.text,
            "url": self.url,
            "tone": self.tone,
        }


def length(number: int, top: int) -> int:
    """Return the length in per cent of the longest bar."""
    return round(number * WHOLE / top) if top else 0
