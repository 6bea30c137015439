"""Words under which records are found by the global search (PLAT-17).

Neither a part of a name nor its pinyin can be looked up in an index of the name. So a table beside each kind
of record keeps everything that people type for it, folded: the name from each of its characters on, the same
in full pinyin and in initials, codes, the last four digits of numbers. A search is then one range of one
index. No whole number is kept, so none can be compared.

The words are updated with every record that the session writes; :func:`fill_words` adds those of rows written
past it (bulk loads).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import (
    Column,
    ForeignKey,
    Index,
    PrimaryKeyConstraint,
    SmallInteger,
    Table,
    and_,
    delete,
    event,
    insert,
    inspect,
    select,
)

from app.kernel.access.guard import unscoped
from app.kernel.database.derived import BYTES
from app.kernel.database.session import Model, db
from app.kernel.folding import search_key
from app.kernel.pinyin import first_readings, syllables_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from sqlalchemy import ColumnElement
    from sqlalchemy.engine import Connection

BEGINS, INSIDE = 0, 1  # whether a word is the whole name from its beginning, or a later part of it
MAX_WORD = 32  # characters; longer names are found by their beginnings
_STARTS = 20  # characters of a name that a part may begin with
_TAIL = 4  # digits
_BATCH = 2_000
_LAST = "\U0010ffff"  # sorts after every letter
_SEPARATORS = str.maketrans("", "", "'’-_")  # typed between syllables, or in a code


def folded(text: str) -> str:
    """Return a text as words are compared: as names are folded (PLAT-18), without the signs that people put
    between syllables.
    """
    return search_key(text).translate(_SEPARATORS)[:MAX_WORD]


def words_of(names: Iterable[str | None], codes: Iterable[str | None] = ()) -> dict[str, int]:
    """Return the words of a record, with the place of each (``BEGINS`` or ``INSIDE``)."""
    found: dict[str, int] = {}
    for name in names:
        for word, place in _words_of_name(search_key(name or "").translate(_SEPARATORS)):
            kept = word[:MAX_WORD]
            found[kept] = min(place, found.get(kept, place))
    found.update({folded(code): BEGINS for code in codes if code and folded(code)})
    return found


def _words_of_name(name: str) -> Iterable[tuple[str, int]]:
    if not name:
        return
    typed = syllables_of(name)
    yield name, BEGINS
    for head in [typed[:1], *first_readings(name)]:
        rest = typed[len(head) :]
        later = "".join(one[:1] for one in rest)
        yield "".join([*head, *rest]), BEGINS
        yield "".join(one[:1] for one in head) + later, BEGINS
        yield "".join(head) + later, BEGINS
    for start in range(1, min(len(typed), _STARTS)):
        yield name[start:], INSIDE
        yield "".join(typed[start:]), INSIDE
        initials = "".join(one[:1] for one in typed[start:])
        if len(initials) > 1:
            yield initials, INSIDE


@dataclass(frozen=True, eq=False)
class WordIndex:
    """The words of one kind of record: which columns are names, codes, and numbers of which only the last
    four digits are kept.
    """

    model: Any
    table: Table
    names: tuple[str, ...]
    codes: tuple[str, ...] = ()
    numbers: tuple[str, ...] = ()

    @property
    def sources(self) -> tuple[str, ...]:
        """All columns that the words are made of."""
        return (*self.names, *self.codes, *self.numbers)

    def rows(self, pk: int, values: Mapping[str, Any]) -> list[dict[str, Any]]:
        """Return the rows of the table for one record."""
        tails = [(values[name] or "")[-_TAIL:] for name in self.numbers]
        found = words_of(
            [values[name] for name in self.names], [*(values[name] for name in self.codes), *tails]
        )
        return [{"record_id": pk, "word": word, "place": place} for word, place in sorted(found.items())]


_kept: list[WordIndex] = []


def word_table(owner: str) -> Table:
    """Return the table of words of the records in ``owner``; they go with their record."""
    name = f"{owner}_word"
    record: Column[Any] = Column("record_id", ForeignKey(f"{owner}.id", ondelete="CASCADE"), nullable=False)
    word, place = Column("word", BYTES, nullable=False), Column("place", SmallInteger, nullable=False)
    return Table(
        name,
        Model.metadata,
        record,
        word,
        place,
        PrimaryKeyConstraint("record_id", "word"),
        Index(f"ix_{name}_word", place, word, record.desc()),  # of the same word the newest record first
        sqlite_with_rowid=False,
    )


def keep_words(index: WordIndex) -> WordIndex:
    """Keep the words of a model's records up to date, in the transaction that writes the record."""
    _kept.append(index)

    def write(connection: Connection, record: Any) -> None:
        rows = index.rows(record.id, {name: getattr(record, name) for name in index.sources})
        if rows:
            connection.execute(insert(index.table), rows)

    def after_insert(_mapper: Any, connection: Connection, record: Any) -> None:
        write(connection, record)

    def after_update(_mapper: Any, connection: Connection, record: Any) -> None:
        state: Any = inspect(record)
        if any(state.attrs[name].history.has_changes() for name in index.sources):
            connection.execute(delete(index.table).where(index.table.c.record_id == record.id))
            write(connection, record)

    event.listen(index.model, "after_insert", after_insert)
    event.listen(index.model, "after_update", after_update)
    return index


def write_words(model: Any, records: Iterable[Mapping[str, Any]]) -> None:
    """Write the words of records that were just inserted past the session: columns with their ``id``."""
    for index in _kept:
        if index.model is model:
            rows = [row for record in records for row in index.rows(record["id"], record)]
            if rows:
                db.session.execute(insert(index.table), rows)


def kept_words() -> tuple[WordIndex, ...]:
    """Return the words of all kinds of records."""
    return tuple(_kept)


def in_range(index: WordIndex, typed: str) -> ColumnElement[bool]:
    """Return the condition that a word begins with the folded text: one range of the index."""
    word = index.table.c.word
    return and_(word >= typed, word < typed + _LAST)


def fill_words(index: WordIndex) -> int:
    """Write the words of records that have none, in batches of the present transaction; return how many
    records it mended.
    """
    table, words = index.model.__table__, index.table
    missing = ~select(words.c.word).where(words.c.record_id == table.c.id).exists()
    columns = [table.c[name] for name in index.sources]
    mended = last = 0
    while True:
        statement = select(table.c.id, *columns).where(table.c.id > last, missing)
        with unscoped("every record is found by its name, whoever may see it"):
            batch = db.session.execute(statement.order_by(table.c.id).limit(_BATCH)).all()
        if not batch:
            return mended
        rows = [
            row
            for pk, *values in batch
            for row in index.rows(pk, dict(zip(index.sources, values, strict=True)))
        ]
        if rows:
            db.session.execute(insert(words), rows)
        mended, last = mended + len(batch), batch[-1][0]
