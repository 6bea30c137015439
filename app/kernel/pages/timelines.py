"""The joined timeline of a record: rows of several tables, newest first, in one statement (OFF-1).

Each kind of row is a :class:`TimelineSource`, whose ``rows`` are what the actor may see of the record: the
timeline has no rule of its own.  A page is found by the moments of all sources at once, and its rows are
loaded beside them; further pages follow a cursor, as fast at any depth.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from sqlalchemy import and_, inspect, literal_column, or_, select, tuple_, union_all

from app.kernel.access.guard import require_scope, scoped
from app.kernel.database.session import db
from app.kernel.lists.requests import Position, plain_value

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from sqlalchemy import ColumnElement, Select

    from app.kernel.errors import Sentence
    from app.kernel.pages.elements import Entry


TIMELINE = "timeline"  # the key of its tab, and the last part of its address
LINES = 20


@dataclass(frozen=True)
class TimelineSource:
    """Rows of one kind in a timeline.

    ``rows`` selects those that the actor may see, ``moment`` is the column of their time.  ``entries`` shows
    the rows of one page, in their order; ``options`` load what it reads of other tables.  ``counted_by`` is
    the tab whose count tells whether there are any.  Of rows of the same moment the first source's come
    first.
    """

    key: str
    label: Sentence
    rows: Select[Any]
    moment: Any
    entries: Callable[[Sequence[Any]], Sequence[Entry]]
    options: tuple[Any, ...] = ()
    icon: str = "fa-circle-dot"
    tone: str = "gray"
    counted_by: str = ""

    @property
    def model(self) -> Any:
        """The class of the rows."""
        return self.rows.column_descriptions[0]["entity"]

    def position(self, row: Any) -> Position:
        """Return the place of a row in the timeline, for the cursor."""
        return Position(self.key, getattr(row, self.moment.key), row.id)


def read_position(sources: Sequence[TimelineSource], word: str) -> Position | None:
    """Parse the cursor of a timeline; one that is wrong, or of a source that is not shown, is the start."""
    for source in sources:
        try:
            return Position.read(word, source.key)
        except ValueError:
            continue
    return None


def read_timeline(
    sources: Sequence[TimelineSource], before: Position | None = None, size: int = LINES
) -> tuple[list[Entry], str]:
    """Return one page of the timeline, and the cursor of the older ones; empty where there are none."""
    if not sources:
        return [], ""
    models = [source.model for source in sources]
    if len({*models}) < len(models):
        message = "two sources of one timeline show the same table"
        raise TypeError(message)
    found = db.session.execute(_page(sources, before, size + 1)).all()
    lines = [(row[0], row[1 + row[0]]) for row in found[:size]]
    entries = {
        place: iter(_shown(sources[place], lines, place)) for place in {place for place, _row in lines}
    }
    last = lines[-1] if len(found) > size else None
    older = sources[last[0]].position(last[1]).word() if last else ""
    return [next(entries[place]) for place, _row in lines], older


def _shown(source: TimelineSource, lines: Sequence[tuple[int, Any]], place: int) -> list[Entry]:
    rows = [row for at, row in lines if at == place]
    return [
        replace(
            entry,
            kind=entry.kind or str(source.label),
            icon=entry.icon or source.icon,
            tone=entry.tone or source.tone,
        )
        for entry in source.entries(rows)
    ]


def _page(sources: Sequence[TimelineSource], before: Position | None, size: int) -> Select[Any]:
    """Return the statement of one page: place of the source, then the row among the sources' entities."""
    parts = [_keys(place, sources, before, size) for place in range(len(sources))]
    newest = union_all(*parts).subquery("newest")
    order = (newest.c.at.desc(), newest.c.place, newest.c.id.desc())
    page = select(newest).order_by(*order).limit(size).subquery("page")
    joined: Any = page
    options: list[Any] = []
    for place, source in enumerate(sources):
        key = inspect(source.model).primary_key[0]
        is_its = page.c.place == literal_column(str(place))
        joined = joined.outerjoin(source.model, and_(is_its, key == page.c.id))
        options += source.options
    statement = select(page.c.place, *[source.model for source in sources]).select_from(joined)
    return scoped(statement.order_by(page.c.at.desc(), page.c.place, page.c.id.desc()).options(*options))


def _keys(place: int, sources: Sequence[TimelineSource], before: Position | None, size: int) -> Any:
    """Return the newest rows of one source, as place, key and moment."""
    source = sources[place]
    require_scope(source.rows)
    key, moment = inspect(source.model).primary_key[0], plain_value(source.moment)
    columns: Any = (literal_column(str(place)).label("place"), key.label("id"), moment.label("at"))
    rows = source.rows.with_only_columns(*columns)
    if before is not None:
        cut = next(number for number, one in enumerate(sources) if one.key == before.order_by)
        rows = rows.where(_older(moment, key, before, place - cut))
    found = rows.order_by(None).order_by(moment.desc(), key.desc()).limit(size).subquery()
    return select(found)  # a limit of its own within a union: SQLite wants it wrapped


def _older(moment: Any, key: Any, before: Position, distance: int) -> ColumnElement[bool]:
    """Return the condition of the rows that come after the cursor's: ``distance`` of the sources in the order
    of rows of the same moment.
    """
    if distance == 0:
        there = tuple_(before.value, before.key, types=[moment.type, key.type])
        return tuple_(moment, key) < there
    return moment < before.value if distance < 0 else or_(moment < before.value, moment == before.value)
