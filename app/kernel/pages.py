"""What a view hands to a template: plain objects, so that templates decide nothing."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from flask import g, request, url_for
from flask_babel import get_locale, gettext
from markupsafe import Markup, escape
from werkzeug.datastructures import MultiDict

from app.kernel import clock

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from app.kernel.dictionaries import Dictionary

_PLACEHOLDER_ID = 987_654_321_987
_MAX_ASSETS = 1000
NOTHING = Markup('<span class="u-nil">—</span>')


def local_time(moment: datetime | None) -> str:
    """A moment as the users' wall clock shows it, to the minute."""
    return clock.to_local(moment).isoformat(" ", "minutes")[:16] if moment else ""


def cell(value: Any) -> Any:
    """A value as a table or a description shows it; nothing is a dash."""
    if value is None or value == "":
        return NOTHING
    if value is True or value is False:
        return gettext("Yes") if value else gettext("No")
    if isinstance(value, datetime):
        return local_time(value)
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Decimal):
        return f"{value:,f}"
    return value


def join_names(names: Iterable[str]) -> str:
    """Names one after the other, parted as the reader's language parts them."""
    return ("、" if str(get_locale()).startswith("zh") else ", ").join(names)


def tag(text: Any, tone: str = "gray") -> Markup:
    """A small coloured label."""
    return Markup(f'<span class="tag tag-{escape(tone)}">{escape(text)}</span>')  # noqa: S704 - both are escaped


def code_tag(dictionary: Dictionary, code: str | None) -> Markup:
    """A dictionary's code as its label in its tone; the rows of a list repeat the same few."""
    if not code:
        return NOTHING
    made: dict[tuple[str, str], Markup] = g.setdefault("kepan_tags", {})
    key = dictionary.name, code
    if key not in made:
        made[key] = tag(dictionary.label(code), dictionary.tone(code))
    return made[key]


def join_html(parts: list[Any], separator: str = " ") -> Markup:
    """Escaped parts, joined."""
    return Markup(escape(separator)).join(parts)


def qs(**changes: Any) -> str:
    """The present address with some arguments changed; None removes one."""
    args = MultiDict(request.args)
    if "page" in changes:  # another page is reached by its number, or by a place that is given along
        args.poplist("after")
        args.poplist("before")
    for key, value in changes.items():
        args.poplist(key)
        if value is not None:
            args.setlist(key, [str(value)])
    values = {**(request.view_args or {}), **{key: args.getlist(key) for key in args}}
    return url_for(request.endpoint or "", **values)


def record_address(endpoint: str, pk: int) -> str:
    """The address of a record's page: as ``url_for``, which a list would ask hundreds of times."""
    made: dict[str, tuple[str, str]] = g.setdefault("kepan_addresses", {})
    if endpoint not in made:
        before, _pk, after = url_for(endpoint, pk=_PLACEHOLDER_ID).partition(str(_PLACEHOLDER_ID))
        made[endpoint] = before, after
    before, after = made[endpoint]
    return f"{before}{pk}{after}"


_assets: dict[tuple[Any, ...], str] = {}


def address(endpoint: str, **values: Any) -> str:
    """``url_for`` of templates; the addresses of assets, two dozen a page, are made once."""
    if not endpoint.endswith("static") or request.script_root or len(_assets) > _MAX_ASSETS:
        return url_for(endpoint, **values)
    key = (endpoint, *values.items())
    if key not in _assets:
        _assets[key] = url_for(endpoint, **values)
    return _assets[key]


@dataclass(frozen=True)
class Button:
    """Something to press.  With a ``reason`` it is disabled and says why; ``batch`` is for chosen rows."""

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
    """Buttons of a head, which shows a few and puts the rest into a menu: after the first ``kept``, those
    that can be pressed now come before those that say why not.
    """
    return [*buttons[:kept], *sorted(buttons[kept:], key=lambda button: bool(button.reason))]


@dataclass(frozen=True)
class Tab:
    """A tab of a list (another address) or of a detail (a fragment fetched on demand)."""

    key: str
    label: str
    url: str
    active: bool = False
    count: int | None = None


@dataclass(frozen=True)
class Column:
    """A column of a table."""

    key: str
    label: str
    sort_url: str = ""
    direction: str = ""
    number: bool = False
    wide: bool = False


@dataclass(frozen=True)
class Row:
    """A row of a table; cells by column key.  One that is ``struck`` counts no more."""

    id: int
    url: str
    cells: dict[str, Any]
    buttons: list[Button] = field(default_factory=list)
    struck: bool = False


@dataclass(frozen=True)
class FilterField:
    """One field of the filter card."""

    name: str
    label: str
    kind: str
    value: str = ""
    value_to: str = ""
    name_to: str = ""
    choices: tuple[tuple[str, str], ...] = ()
    text: str = ""
    url: str = ""
    active: bool = False
    error: str = ""
    placeholder: str = ""


@dataclass(frozen=True)
class SavedChip:
    """A filter that the person kept by name."""

    name: str
    url: str
    active: bool
    rename_url: str
    delete_url: str


@dataclass(frozen=True)
class ListPage:
    """A whole list.  ``sums``: column → what the whole result comes to, not only this page."""

    key: str
    title: str
    columns: list[Column]
    rows: list[Row]
    total: int
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
    note: str = ""
    saved: list[SavedChip] = field(default_factory=list)
    save: Button | None = None
    page_sizes: tuple[int, ...] = (10, 20, 50, 100)
    previous_url: str = ""
    next_url: str = ""
    sums: Mapping[str, Any] = field(default_factory=dict)

    @property
    def pages(self) -> int:
        """Number of pages, at least one."""
        return max(1, -(-self.total // self.page_size))


@dataclass(frozen=True)
class Item:
    """A label and its value in a description."""

    label: str
    value: Any
    wide: bool = False


@dataclass(frozen=True)
class Section:
    """A titled group of descriptions."""

    title: str
    items: list[Item]


@dataclass(frozen=True)
class DetailPage:
    """A whole record."""

    title: str
    back_url: str
    sections: list[Section]
    subtitle: str = ""
    tags: list[Markup] = field(default_factory=list)
    buttons: list[Button] = field(default_factory=list)
    tabs: list[Tab] = field(default_factory=list)


@dataclass(frozen=True)
class FileLink:
    """A file, with its small picture if it is one."""

    name: str
    url: str
    size: int
    thumbnail_url: str = ""


_KB_IN_MB = 1024


def file_size(size: int) -> str:
    """A size as people read it: ``12 KB``, ``3.4 MB``."""
    kilobytes = size / 1024
    return f"{max(1, round(kilobytes))} KB" if kilobytes < _KB_IN_MB else f"{kilobytes / _KB_IN_MB:.1f} MB"


def file_link_html(link: FileLink) -> Markup:
    """A file as a link, with its small picture or a sign of its kind."""
    if link.thumbnail_url:
        small = Markup('<img class="file-thumb" src="{}" alt="" loading="lazy">').format(link.thumbnail_url)
    else:
        small = Markup('<i class="fa-regular fa-file file-icon" aria-hidden="true"></i>')
    target = Markup(' target="_blank" rel="noopener"') if link.thumbnail_url else ""
    face = Markup('<a class="file-link" href="{}"{}>{}<span>{}</span></a>')
    return face.format(link.url, target, small, link.name)


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
    """One entry of a timeline."""

    title: str
    time: str
    text: str = ""
    meta: str = ""
    tags: list[Markup] = field(default_factory=list)
    files: list[FileLink] = field(default_factory=list)


@dataclass(frozen=True)
class TimelineTab:
    """A detail's tab that is a timeline."""

    entries: list[Entry]
    empty_text: str
    more_url: str = ""
    buttons: list[Button] = field(default_factory=list)


@dataclass(frozen=True)
class BatchRow:
    """What became of one record of a batch; ``message`` says why it was refused."""

    label: str
    url: str
    done: bool
    message: str = ""


@dataclass(frozen=True)
class BatchPage:
    """The result of a batch: first what was refused, then what was done."""

    title: str
    rows: list[BatchRow]
    back_url: str

    @property
    def done(self) -> int:
        """How many records the operation was done to."""
        return sum(row.done for row in self.rows)


@dataclass(frozen=True)
class Alert:
    """Why a form was refused as a whole, with a link to what stands in the way."""

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
