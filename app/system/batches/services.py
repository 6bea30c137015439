"""Services of batches: keeping one that was done, beginning a long one, and writing verdicts (OFF-4)."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from flask_babel import lazy_gettext as _
from sqlalchemy import delete, func, insert, select, update

from app.kernel import clock
from app.kernel.database.conditions import id_in
from app.kernel.database.session import db
from app.kernel.database.transactions import transactional
from app.kernel.errors import Invalid
from app.kernel.keys import keys
from app.kernel.pages.selections import ListFilter
from app.system.batches.models import MAX_CODE, MAX_REASON, Batch, BatchRow
from app.system.runs.services import start_run

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from app.kernel.access.actor import Actor
    from app.kernel.errors import Decision
    from app.kernel.pages.batches import BatchRequest


MAX_ASKED = 4000
RETENTION = timedelta(days=90)
KIND = "batch"


@transactional
def keep_batch(asked: BatchRequest, verdicts: Mapping[int, Decision], *, actor: Actor) -> Batch:
    """Keep a batch that was done within the request, with the verdict on each row."""
    batch = _new_batch(asked, len(verdicts), actor)
    _add_rows(batch, [{"record_id": pk, **_written(verdict)} for pk, verdict in verdicts.items()])
    return batch


@transactional
def begin_batch(asked: BatchRequest, pks: Sequence[int], *, actor: Actor) -> Batch:
    """Write down the chosen rows, and begin the background run that works on them.

    :raises Denied: ``run.too_many`` while too many of the actor's runs have not ended.
    """
    batch = _new_batch(asked, len(pks), actor)
    _add_rows(batch, [{"record_id": pk, "state": "waiting", "code": "", "reason": ""} for pk in pks])
    batch.run_id = start_run(KIND, title=batch.title, arguments={"batch": batch.id}, actor=actor).id
    return batch


def _new_batch(asked: BatchRequest, total: int, actor: Actor) -> Batch:
    found_by = asked.found_by
    content = {
        "posted": [[*pair] for pair in asked.posted],
        "found_by": [found_by.tab, [[*pair] for pair in found_by.args]] if found_by else None,
    }
    written = json.dumps(content, ensure_ascii=False)
    if len(written) > MAX_ASKED:
        raise Invalid(ids=_("At most %(n)s characters", n=MAX_ASKED))
    batch = Batch(
        company_id=actor.company_id,
        owner_id=actor.id,
        retry_of_id=asked.retry_of,
        view=asked.view,
        operation=asked.operation,
        title=asked.title[:120],
        asked_cipher=keys().fernet.encrypt(written.encode()).decode(),
        total=total,
        created_at=clock.now(),
    )
    db.session.add(batch)
    db.session.flush()
    return batch


def _add_rows(batch: Batch, rows: Iterable[dict[str, Any]]) -> None:
    placed = [{"batch_id": batch.id, "place": place, **row} for place, row in enumerate(rows)]
    db.session.execute(insert(BatchRow), placed)


def read_asked(batch: Batch) -> tuple[list[tuple[str, str]], ListFilter | None]:
    """Return the form as it was posted, and the filter that found the rows."""
    content = json.loads(keys().fernet.decrypt(batch.asked_cipher.encode()))
    posted = [(name, value) for name, value in content["posted"]]
    if content["found_by"] is None:
        return posted, None
    tab, args = content["found_by"]
    return posted, ListFilter(tab, tuple((name, value) for name, value in args))


@transactional
def write_verdicts(pk: int, verdicts: Mapping[int, Decision]) -> None:
    """Write the verdicts on rows by their places, in the transaction that does the rows."""
    done = [place for place, verdict in verdicts.items() if verdict]
    rows = update(BatchRow).where(BatchRow.batch_id == pk)
    if done:
        db.session.execute(rows.where(id_in(BatchRow.place, done)).values(state="done"))
    for place, verdict in verdicts.items():
        if not verdict:
            db.session.execute(rows.where(BatchRow.place == place).values(**_written(verdict)))


def _written(verdict: Decision) -> dict[str, str]:
    """Return a verdict as its row keeps it."""
    state = "done" if verdict else "refused"
    return {"state": state, "code": verdict.code[:MAX_CODE], "reason": verdict.reason[:MAX_REASON]}


@transactional
def forget_batches(*, dry_run: bool = False) -> int:
    """Delete batches and their rows after a while.  Return the number of batches."""
    old = Batch.created_at < clock.now() - RETENTION
    if dry_run:
        return db.session.scalar(select(func.count()).select_from(Batch).where(old)) or 0
    ids = db.session.scalars(select(Batch.id).where(old)).all()
    if ids:
        db.session.execute(update(Batch).where(id_in(Batch.retry_of_id, ids)).values(retry_of_id=None))
        db.session.execute(delete(BatchRow).where(id_in(BatchRow.batch_id, ids)))
        db.session.execute(delete(Batch).where(id_in(Batch.id, ids)))
    return len(ids)
