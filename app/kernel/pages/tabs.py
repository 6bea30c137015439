"""Tabs of lists and details, and the tables that they show."""

from __future__ import annotations

from dataclasses import dataclass
from operator import attrgetter
from typing import TYPE_CHECKING, Any

from flask_babel import lazy_gettext as _

from app.kernel.database.session import db
from app.kernel.pages.elements import Column, Row, TableTab
from app.kernel.pages.formatting import cell, qs

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from sqlalchemy import Select

    from app.kernel.access.actor import Actor
    from app.kernel.access.permissions import Permission
    from app.kernel.errors import Sentence
    from app.kernel.pages import elements as pages
    from app.kernel.pages.elements import Button


@dataclass(frozen=True)
class ListTab:
    """A tab of a list: its own scope (``scope(actor)``).  A tab with ``is_offered`` False is reached only by
    links.
    """

    key: str
    label: Sentence
    scope: Callable[[Actor], Select[Any]]
    is_offered: bool = True


@dataclass(frozen=True)
class DetailTab:
    """A tab of a detail, rendered on demand: ``render(record, page)`` returns the fragment's page object.

    ``read`` is the permission that a user needs to see the tab, where it is not the record's own;
    ``rows(record, actor)`` selects what it shows, to be counted beside its name.
    """

    key: str
    label: Sentence
    render: Callable[[Any, int], pages.TableTab | pages.TimelineTab]
    read: Permission | None = None
    rows: Callable[[Any, Actor], Select[Any]] | None = None


PAGE = 20


@dataclass(frozen=True)
class TabColumn:
    """A column of a tab's table; ``value(row)`` returns the content of its cell."""

    key: str
    label: Sentence
    value: Callable[[Any], Any]
    number: bool = False
    wide: bool = False


TIME = TabColumn("time", _("Time"), attrgetter("created_at"))


def one_page(statement: Select[Any], page: int) -> tuple[list[Any], str]:
    """Return one page of a tab's rows, and the address of the next page."""
    rows = db.session.scalars(statement.limit(PAGE + 1).offset((page - 1) * PAGE)).unique().all()
    return list(rows[:PAGE]), qs(page=page + 1) if len(rows) > PAGE else ""


def newest_page(statement: Select[Any], model: Any, page: int) -> tuple[list[Any], str]:
    """Return one page of a tab's rows, newest first."""
    return one_page(statement.order_by(model.created_at.desc(), model.id.desc()), page)


def table_of(
    rows: Iterable[Any],
    columns: Sequence[TabColumn],
    empty: Sentence,
    *,
    more: str = "",
    url_of: Callable[[Any], str] | None = None,
    buttons_of: Callable[[Any], list[Button]] | None = None,
    buttons: Sequence[Button] = (),
) -> TableTab:
    """Return the table of loaded rows; ``url_of`` returns the address of a row's page, ``empty`` is the hint
    shown when there are no rows.
    """
    shown = [
        Row(
            number,
            url_of(row) if url_of else "",
            {column.key: cell(column.value(row)) for column in columns},
            buttons_of(row) if buttons_of else [],
        )
        for number, row in enumerate(rows)
    ]
    heads = [Column(one.key, str(one.label), number=one.number, wide=one.wide) for one in columns]
    return TableTab(heads, shown, str(empty), more, [*buttons])


def newest_table(
    statement: Select[Any], model: Any, page: int, columns: Sequence[TabColumn], empty: Sentence, **how: Any
) -> TableTab:
    """Return one page of a table, newest first; ``how`` as in :func:`table_of`."""
    rows, more = newest_page(statement, model, page)
    return table_of(rows, columns, empty, more=more, **how)
