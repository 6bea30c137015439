"""Columns derived from another one: the search key and the sort key of a name (PLAT-18)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import Text, event, inspect, text
from sqlalchemy.orm import mapped_column

from app.kernel.database.session import Model
from app.kernel.folding import search_key
from app.kernel.pinyin import sort_key

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from sqlalchemy import Table
    from sqlalchemy.engine import Connection
    from sqlalchemy.orm import MappedColumn, Mapper


_RULE = "derived"
# Ordered and compared byte by byte on both databases, whatever the language that PostgreSQL was set up with.
BYTES = Text().with_variant(Text(collation="C"), "postgresql")
SEPARATOR = "\n"  # no key contains one, so that no search matches across two names


def _derived(rule: Callable[[str], str], sources: tuple[str, ...]) -> MappedColumn[str]:
    def of_row(row: Mapping[str, Any]) -> str:
        return SEPARATOR.join(rule(row[name]) for name in sources if row.get(name))

    return mapped_column(
        BYTES,
        nullable=False,
        server_default=text("''"),  # so that it can be added to a table with rows
        default=lambda context: of_row(context.get_current_parameters()),
        info={_RULE: (of_row, sources)},
    )


def searched_by(*sources: str) -> MappedColumn[str]:
    """Return a column with the search keys of others of the same table, updated with every write."""
    return _derived(search_key, sources)


def sorted_by(source: str) -> MappedColumn[str]:
    """Return a column by which people are sorted: by pinyin, then by the name as written."""
    return _derived(sort_key, (source,))


def searched_partner(column: Any) -> Any | None:
    """Return the column that :func:`searched_by` derived from this one alone, or None."""
    table, key = getattr(column, "table", None), getattr(column, "key", None)
    if table is None:
        return None
    return next(
        (one for one in table.columns if one.name == f"{key}_search" and one.info.get(_RULE)),
        None,
    )


def derived_values(table: Table, row: Mapping[str, Any]) -> dict[str, Any]:
    """Return the values of a table's derived columns for a row that is written past the session."""
    rules = {one.name: one.info[_RULE][0] for one in table.columns if _RULE in one.info}
    return {name: of_row(row) for name, of_row in rules.items()}


def _update_derived(mapper: Mapper[Any], _connection: Connection, target: Any) -> None:
    """Update the derived columns whenever the names change; a new row has all of them."""
    state: Any = inspect(target)
    for column in mapper.local_table.columns:
        rule = column.info.get(_RULE)
        if rule is None:
            continue
        of_row, sources = rule
        if not state.persistent or any(state.attrs[name].history.has_changes() for name in sources):
            setattr(
                target,
                mapper.get_property_by_column(column).key,
                of_row({name: getattr(target, name) for name in sources}),
            )


event.listen(Model, "before_insert", _update_derived, propagate=True)
event.listen(Model, "before_update", _update_derived, propagate=True)
