"""Reading imports: all users see their own (CUST-26)."""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING, Any

from sqlalchemy import Select, case, select

from app.customers.imports.models import ImportBatch, ImportMapping, ImportRow
from app.customers.imports.options import Options
from app.kernel.database.records import get_one
from app.kernel.database.session import db
from app.kernel.keys import keys

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from app.kernel.access.actor import Actor
    from app.kernel.sheets.headings import Column

_ERRORS_FIRST = case({"error": 0, "kept": 1, "updated": 2, "created": 3}, value=ImportRow.fate, else_=4)


def visible_imports(actor: Actor) -> Select[ImportBatch]:
    """Return the actor's own imports."""
    return select(ImportBatch).where(ImportBatch.owner_id == actor.id)


def get_import(pk: int, *, actor: Actor, lock: bool = False) -> ImportBatch:
    """Return the actor's own import.

    :raises NotFound: when it belongs to another user, or does not exist.
    """
    return get_one(visible_imports(actor).where(ImportBatch.id == pk), lock=lock)


def import_of_run(run_id: int, *, actor: Actor) -> ImportBatch:
    """Return the actor's own import that a background run writes.

    :raises NotFound: when there is none.
    """
    return get_one(visible_imports(actor).where(ImportBatch.run_id == run_id))


def options_of(batch: ImportBatch) -> Options:
    """Return what the importer chose."""
    return Options.from_json(json.loads(keys().fernet.decrypt(batch.options_cipher.encode())))


def rows_to_show(pk: int, most: int) -> Sequence[ImportRow]:
    """Return the first rows of an import, errors first."""
    rows = select(ImportRow).where(ImportRow.batch_id == pk).order_by(_ERRORS_FIRST, ImportRow.row)
    return db.session.scalars(rows.limit(most)).all()


def error_rows(pk: int) -> dict[int, list[dict[str, Any]]]:
    """Return the messages of the rows with errors, by row."""
    found = select(ImportRow.row, ImportRow.messages).where(
        ImportRow.batch_id == pk, ImportRow.fate == "error"
    )
    return dict(db.session.execute(found.order_by(ImportRow.row)).all())


def headings_key(columns: Sequence[Column]) -> str:
    """Return what a set of headings is remembered by."""
    return hashlib.sha256("\n".join(column.key for column in columns).encode()).hexdigest()


def remembered_mappings(sets: Iterable[str], actor: Actor) -> dict[str, dict[int, str]]:
    """Return how the actor mapped these sets of headings before, by what they are remembered by."""
    found = select(ImportMapping.headings, ImportMapping.mapping).where(
        ImportMapping.account_id == actor.id, ImportMapping.headings.in_([*sets])
    )
    return {
        key: {int(place): name for place, name in mapping.items()}
        for key, mapping in db.session.execute(found)
    }


def content_names() -> Iterable[str]:
    """Return the names of all sheets that imports keep."""
    rows = db.session.scalars(select(ImportBatch.content_name).where(ImportBatch.content_name.is_not(None)))
    return [name for name in rows if name]
