"""What a view hands to a template: plain objects, so that templates decide nothing."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from flask import request, url_for
from flask_babel import gettext
from markupsafe import Markup, escape
from werkzeug.datastructures import MultiDict

from app.kernel import clock

if TYPE_CHECKING:
    from app.kernel.dictionaries import Dictionary

NOTHING = Markup('<span class="u-nil">—</span>')


def local_time(moment: datetime | None) -> str:
    """A moment as the users' wall clock shows it, to the minute."""
    return clock.to_local(moment).strftime("%Y-%m-%d %H:%M") if moment else ""


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


def tag(text: Any, tone: str = "gray") -> Markup:
    """A small coloured label."""
    return Markup('<span class="tag tag-{}">{}</span>').format(tone, text)


def code_tag(dictionary: Dictionary, code: str | None) -> Markup:
    """A dictionary's code as its label in its tone."""
    return tag(dictionary.label(code), dictionary.tone(code)) if code else NOTHING


def join_html(parts: list[Any], separator: str = " ") -> Markup:
    """Escaped parts, joined."""
    return Markup(escape(separator)).join(parts)


def qs(**changes: Any) -> str:
    """The present address with some arguments changed; None removes one."""
    args = MultiDict(request.args)
    for key, value in changes.items():
        args.poplist(key)
        if value is not None:
            args.setlist(key, [str(value)])
    values = {**(request.view_args or {}), **{key: args.getlist(key) for key in args}}
    return url_for(request.endpoint or "", **values)


@dataclass(frozen=True)
class Button:
    """Something to press.  With a ``reason`` it is shown disabled, and says why."""

    label: str
    url: str
    icon: str = ""
    mode: str = "link"  # link | drawer | post
    ask: str = ""
    danger: bool = False
    primary: bool = False
    reason: str = ""


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
    """A row of a table; cells by column key."""

    id: int
    url: str
    cells: dict[str, Any]
    buttons: list[Button] = field(default_factory=list)


@dataclass(frozen=True)
class FilterField:
    """One field of the filter card."""

    name: str
    label: str
    kind: str
    value: str = ""
    value_to: str = ""
    name_to: str = ""
    choices: list[tuple[str, str]] = field(default_factory=list)
    text: str = ""
    url: str = ""
    active: bool = False
    error: str = ""
    placeholder: str = ""


@dataclass(frozen=True)
class ListPage:
    """A whole list."""

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
    page_sizes: tuple[int, ...] = (10, 20, 50, 100)

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
class TableTab:
    """A detail's tab that is a table."""

    columns: list[Column]
    rows: list[Row]
    empty_text: str
    more_url: str = ""


@dataclass(frozen=True)
class Entry:
    """One entry of a timeline."""

    title: str
    time: str
    text: str = ""
    meta: str = ""
    tags: list[Markup] = field(default_factory=list)


@dataclass(frozen=True)
class TimelineTab:
    """A detail's tab that is a timeline."""

    entries: list[Entry]
    empty_text: str
    more_url: str = ""
    buttons: list[Button] = field(default_factory=list)


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
