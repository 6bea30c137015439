"""REST API records of imports (CUST-26)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any, NotRequired, TypedDict

from app.customers.imports.models import IMPORT_STATE
from app.kernel.api.base import iso
from app.kernel.api.schemas import Moment

if TYPE_CHECKING:
    from app.customers.imports.models import ImportBatch

_WHOLE = 100


class RowError(TypedDict):
    """The first error of a bad row; ``field`` is missing where it is the whole row's."""

    row: int
    field: NotRequired[str]
    code: str
    message: str


class ImportAnswer(TypedDict):
    """What an import at once did, or would do."""

    rows: int
    created: int
    errors: list[RowError]


class ImportBegun(TypedDict):
    """An import that was begun, or tried out."""

    id: int


class ImportRecord(TypedDict):
    """An import of the caller; ``progress`` in per cent."""

    id: int
    state: Annotated[str, IMPORT_STATE]
    file_name: str
    rows: int
    created: int
    updated: int
    same: int
    errors: int
    progress: int
    problem: str
    created_at: Moment | None
    finished_at: Moment | None
    undo_until: Moment | None


def import_record(batch: ImportBatch, progress: int = _WHOLE) -> ImportRecord:
    """Return the API record of an import."""
    return {
        "id": batch.id,
        "state": batch.state,
        "file_name": batch.file_name,
        "rows": batch.rows,
        "created": batch.created,
        "updated": batch.updated,
        "same": batch.same,
        "errors": batch.errors,
        "progress": 0 if batch.state in {"open", "waiting"} else progress,
        "problem": batch.problem,
        "created_at": iso(batch.created_at),
        "finished_at": iso(batch.finished_at),
        "undo_until": iso(batch.undo_until),
    }


def import_answer(rows: int, created: int, errors: list[Any]) -> ImportAnswer:
    """Return what an import at once did."""
    return {"rows": rows, "created": created, "errors": errors}
