"""Queries of batches: all users see their own (OFF-4)."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import Select, case, func, select

from app.kernel.database.conditions import id_in
from app.kernel.database.records import get_one
from app.kernel.database.session import db
from app.system.batches.models import Batch, BatchRow

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from app.kernel.access.actor import Actor


def visible_batches(actor: Actor) -> Select[Batch]:
    """Return the actor's own batches."""
    return select(Batch).where(Batch.owner_id == actor.id)


def get_batch(pk: int, *, actor: Actor) -> Batch:
    """Return the actor's own batch.

    :raises NotFound: when it belongs to another user, or does not exist.
    """
    return get_one(visible_batches(actor).where(Batch.id == pk))


def batch_of_run(run_id: int, *, actor: Actor) -> Batch:
    """Return the actor's own batch that a background run works on.

    :raises NotFound: when there is none.
    """
    return get_one(visible_batches(actor).where(Batch.run_id == run_id))


def retry_of(pk: int, *, actor: Actor) -> Batch | None:
    """Return the latest batch that took up the rest of this one."""
    later = visible_batches(actor).where(Batch.retry_of_id == pk).order_by(Batch.id.desc()).limit(1)
    return db.session.scalars(later).one_or_none()


@dataclass(frozen=True)
class Tally:
    """The number of rows of a batch that are done, were refused, and were not reached."""

    done: int = 0
    refused: int = 0
    waiting: int = 0

    @property
    def finished(self) -> int:
        """The number of rows that have their verdict."""
        return self.done + self.refused


def tallies(pks: Sequence[int]) -> Mapping[int, Tally]:
    """Return the tally of each batch, all in one statement."""
    counted = (
        select(BatchRow.batch_id, BatchRow.state, func.count())
        .where(id_in(BatchRow.batch_id, pks))
        .group_by(BatchRow.batch_id, BatchRow.state)
    )
    found: dict[int, Counter[str]] = {pk: Counter() for pk in pks}
    for pk, state, number in db.session.execute(counted) if pks else ():
        found[pk][state] = number
    return {pk: Tally(**counts) for pk, counts in found.items()}


def tally_of(pk: int) -> Tally:
    """Return the tally of one batch."""
    return tallies([pk])[pk]


_UNDONE_FIRST = case({"refused": 0, "waiting": 1}, value=BatchRow.state, else_=2)


def rows_to_show(pk: int, most: int) -> Sequence[BatchRow]:
    """Return the first rows of a batch: refused ones, then those not done, then the others."""
    rows = select(BatchRow).where(BatchRow.batch_id == pk)
    return db.session.scalars(rows.order_by(_UNDONE_FIRST, BatchRow.place).limit(most)).all()


def undone_rows(pk: int) -> Sequence[BatchRow]:
    """Return all rows of a batch that were refused or not reached, as they were chosen."""
    rows = select(BatchRow).where(BatchRow.batch_id == pk, BatchRow.state != "done")
    return db.session.scalars(rows.order_by(BatchRow.place)).all()


def next_rows(pk: int, most: int) -> list[tuple[int, int]]:
    """Return place and record of the next rows that have no verdict yet."""
    rows = select(BatchRow.place, BatchRow.record_id).where(
        BatchRow.batch_id == pk, BatchRow.state == "waiting"
    )
    return [
        (place, record) for place, record in db.session.execute(rows.order_by(BatchRow.place).limit(most))
    ]
