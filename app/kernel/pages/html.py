"""Buttons, rows of tables and fields of filter cards as HTML.

A list page holds hundreds of them, and they are most of its cost: building them here takes a fraction of a
template's time.  The templates place them.
"""

from __future__ import annotations

from functools import lru_cache
from threading import Lock
from typing import TYPE_CHECKING, Any

from cachetools import LRUCache, cached
from flask import current_app
from flask_babel import get_locale, gettext
from markupsafe import Markup, escape

from app.kernel.pages.elements import ListRows
from app.kernel.pages.formatting import NOTHING, cell, qs
from app.kernel.pages.shells import marks_or_none

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from app.kernel.lists.filters import FilterField
    from app.kernel.pages.elements import Button, Column, ListPage, Pages, Row


_ON_PHONES = 6  # cells of a card, beside its title and state
_FLAGS = {"post": "", "download": " data-download"}


def button(b: Button, look: str = "btn", extra: str = "") -> Markup:
    """Return one button.  ``look``: ``btn`` (toolbar, head), ``link`` (table row), ``menu`` (drop-down
    entry).
    """
    why = gettext("Choose rows first") if b.batch and not b.reason else ""
    make = _button_around if b.ask else _known_button_around  # a question may name the record
    before, after = make(
        b.label, b.icon, b.mode, b.ask, b.reason, why, look, extra, danger=b.danger, primary=b.primary
    )
    return Markup(f"{before}{escape(b.url)}{after}") if after else Markup(before)  # noqa: S704 - escaped there


def _button_around(
    label: str, icon: str, mode: str, ask: str, reason: str, why: str, look: str, extra: str,
    *, danger: bool, primary: bool,
) -> tuple[str, str]:  # fmt: skip
    """Return a button's HTML before and after its address; a disabled one has none."""
    style = escape(f"{_style(look, danger=danger, primary=primary)} {extra}".rstrip())
    said = escape(label)
    image = f'<i class="fa {escape(icon)}" aria-hidden="true"></i>' if icon and look != "link" else ""
    face = f"{image}<span>{said}</span>"
    asking = f' data-ask="{escape(ask)}"' if ask else ""
    if reason:
        return (
            f'<button type="button" class="{style} is-off" aria-disabled="true" '
            f'title="{escape(reason)}">{face}</button>'
        ), ""
    if why:
        return f'<button type="button" class="{style}" disabled data-batch="', (
            f'" data-mode="{escape(mode)}" data-title="{said}" title="{escape(why)}"{asking}'
            f"{' data-danger' if danger else ''}>{face}</button>"
        )
    if mode in _FLAGS:
        flags = f"{_FLAGS[mode]}{asking}{' data-danger' if danger else ''}"
        return (
            f'<button type="submit" class="{style}" form="post-form" formaction="',
            f'"{flags}>{face}</button>',
        )
    if mode == "drawer":
        return f'<a class="{style}" href="', f'" data-drawer="{said}">{face}</a>'
    return f'<a class="{style}" href="', f'"{asking}>{face}</a>'


_known_button_around = lru_cache(4000)(_button_around)


def _style(look: str, *, danger: bool, primary: bool) -> str:
    if look == "btn":
        if primary:
            return "btn btn-danger" if danger else "btn btn-primary"
        return "btn btn-default is-danger" if danger else "btn btn-default"
    return {"link": "op", "menu": "menu-btn"}[look] + (" op-danger" if danger else "")


def filter_field(f: FilterField, more: bool) -> Markup:  # noqa: FBT001 - called from a template
    """Return a field of a list's filter card, ``more`` for the folded part; an empty field is the same for
    all users.
    """
    marks = marks_or_none()
    if marks:
        return marks("filter", f.name, more, default=_filter_field(f, more=more))
    if f.active or f.error or f.value or f.value_to:
        return _filter_field(f, more=more)
    return _empty_filter_field(f, more, str(get_locale()))


@cached(LRUCache(2000), lock=Lock())
def _empty_filter_field(f: FilterField, more: bool, _locale: str) -> Markup:  # noqa: FBT001 - part of the key
    return _filter_field(f, more=more)


def _filter_field(f: FilterField, *, more: bool) -> Markup:
    template = current_app.jinja_env.get_template("kernel/filter.html")
    return Markup(template.render(f=f, more=more))  # noqa: S704 - a template's output


def table_rows(
    columns: Sequence[Column],
    rows: Iterable[Row] | ListRows,
    *,
    selectable: bool = False,
    has_ops: bool = False,
) -> Markup:
    """Return the body of a table."""
    if isinstance(rows, ListRows):
        return rows.html
    heads, check = heads_of(columns), check_cell() if selectable else ""
    parts: list[str] = []
    for row in rows:
        ops = "".join(button(b, "link") for b in row.buttons or ()) if has_ops else ""
        end = f'<td class="c-ops"><span class="row-ops">{ops}</span></td>' if has_ops else ""
        faces = [face(row.cells.get(one.key)) for one in columns]
        url = escape(row.url) if row.url else ""
        write_row(parts, row.id, url, heads, faces, check=check, end=end, struck=row.struck)
    return Markup("".join(parts))  # noqa: S704 - every value above was escaped


def face(value: Any) -> str:
    """Return the content of a cell as HTML; :data:`NOTHING` itself for an empty one."""
    kind = type(value)
    if kind is str:
        plain = value.isalnum()  # letters and digits need no escaping, and most cells are nothing else
        return value if plain else escape(value) if value else NOTHING
    if kind is Markup:
        return value or NOTHING
    shown = cell(value)
    return NOTHING if shown is NOTHING else escape(shown)


def heads_of(columns: Sequence[Column]) -> list[_Head]:
    """Return the properties that all cells of each column share."""
    keys = [column.key for column in columns]
    title = "name" if "name" in keys else (keys[0] if keys else "")
    return [
        _Head.of(one.key, one.label, one.marks(n), one.number, one.wide, one.key == title)
        for n, one in enumerate(columns)
    ]


def check_cell() -> str:
    """Return the cell in which a row is chosen; ``%s`` is its id."""
    label = escape(gettext("Choose this row"))
    return (
        '<td class="c-check"><label class="check-hit"><input type="checkbox" class="js-pick" '
        f'value="%s" aria-label="{label}"></label></td>'
    )


def button_around(label: str, mode: str, *, danger: bool) -> tuple[str, str]:
    """Return the HTML before and after the address of an enabled button in a row."""
    return _known_button_around(label, "", mode, "", "", "", "link", "", danger=danger, primary=False)


def write_row(
    parts: list[str], pk: int, url: str, heads: Sequence[_Head], faces: Sequence[str],
    *, check: str = "", end: str = "", struck: bool = False,
) -> None:  # fmt: skip
    """Add a row to the parts of a table: cells, address and ``end`` are HTML already.

    On phones each row is a card: title, state, the first non-empty cells.
    """
    opens = f' data-url="{url}"' if url else ""
    parts.append(f'<tr{opens} class="is-struck">' if struck else f"<tr{opens}>")
    if check:
        parts.append(check.replace("%s", str(int(pk))))
    shown = 0
    for head, content in zip(heads, faces, strict=True):
        if head.is_main:
            start = head.hidden if content is NOTHING else head.shown
        elif content is NOTHING:
            start = head.hidden
        else:
            shown += 1
            start = head.hidden if shown > _ON_PHONES else head.shown
        if head.is_title and url and "<a " not in content:
            parts.append(f'{start}<a class="row-link" href="{url}">{content}</a></td>')
        else:
            parts.append(f"{start}{content}</td>")
    parts += (end, "</tr>\n")


def asked_for(filters: Iterable[FilterField]) -> Markup:
    """Return what the filters ask for, as paper says it (OFF-14)."""
    marks = marks_or_none()
    if marks:
        return marks("asked")
    line = Markup("<span>{}: {}</span>")
    return Markup().join(line.format(one.label, words) for one in filters if (words := one.in_words))


_BEYOND = 2  # pages that are linked on either side of the present one


def pager(page: ListPage | Pages) -> Markup:
    """Return the links to other pages.  Numbers count from the start; previous and next go on from where the
    page is, as fast at any depth.
    """
    marks = marks_or_none()
    if marks:
        return marks("pager")
    present, pages = page.page, page.pages
    first = max(min(present - _BEYOND, pages - 2 * _BEYOND), 1)
    last = min(first + 2 * _BEYOND, pages)
    parts = [_step(page.previous_url, "prev", gettext("Previous page"), "fa-angle-left")]
    if first > 1:
        parts.append(_numbered(1, 0) + ('<li class="gap">…</li>' if first > 2 else ""))  # noqa: PLR2004
    parts += [_numbered(number, present, "pg-far") for number in range(first, last + 1)]
    if last < pages:
        parts.append(('<li class="gap">…</li>' if last < pages - 1 else "") + _numbered(pages, 0))
    parts.append(_step(page.next_url, "next", gettext("Next page"), "fa-angle-right"))
    label = escape(gettext("Pages"))
    return Markup(f'<nav aria-label="{label}"><ul class="pager-u">{"".join(parts)}</ul></nav>')  # noqa: S704 - escaped


def _step(url: str, rel: str, label: str, icon: str) -> str:
    if not url:
        return f'<li class="off"><span aria-hidden="true"><i class="fa {icon}"></i></span></li>'
    start = f'<li class=""><a href="{escape(url)}" rel="{rel}" aria-label="{escape(label)}">'
    return f'{start}<i class="fa {icon}" aria-hidden="true"></i></a></li>'


def _numbered(number: int, present: int, other: str = "") -> str:
    style = ' class="on"' if number == present else f' class="{other}"' if other else ""
    current = ' aria-current="page"' if number == present else ""
    return f'<li{style}><a href="{escape(qs(page=number))}"{current}>{number}</a></li>'


def sum_row(
    columns: Sequence[Column], sums: Mapping[str, Any] | Markup, *, before: int, after: int
) -> Markup:
    """Return the row under a table with the totals of the whole result; ``before`` and ``after`` are extra
    columns on either side.
    """
    if isinstance(sums, Markup):  # the mark of a shell
        return sums
    empty = "<td></td>"
    parts = [empty * before]
    said = escape(gettext("Total"))
    for number, column in enumerate(columns):
        marks = " ".join(filter(None, [column.marks(number), "is-num" * column.number]))
        value = escape(cell(sums[column.key])) if column.key in sums else ""
        face = f"{said} {value}".rstrip() if number == 0 else value
        label = f' data-label="{escape(column.label)}"' if value else ""
        parts.append(f'<td class="{marks}"{label}>{face}</td>')
    return Markup("".join([*parts, empty * after]))  # noqa: S704 - every value above was escaped


class _Head:
    """The properties that all cells of a column share."""

    def __init__(self, key: str, label: str, place: str, *, number: bool, wide: bool, title: bool) -> None:
        self.key = key
        self.is_title = title
        self.is_main = title or key == "status"
        kind = "c-title" if title else "c-status" if key == "status" else "c-cell"
        marks = [kind, place, "is-num" * number, "is-wide" * wide]
        start = f'<td data-label="{escape(label)}" data-key="{escape(key)}" class="'
        style = " ".join(filter(None, marks))
        self.shown = f'{start}{style}">'
        self.hidden = f'{start}{style} m-hide">'

    @staticmethod
    @lru_cache(4000)
    def of(key: str, label: str, place: str, number: bool, wide: bool, title: bool) -> _Head:  # noqa: FBT001 - parts of a key
        """Return the head of a column like this; the lists of all people share it."""
        return _Head(key, label, place, number=number, wide=wide, title=title)
