"""An import from its beginning to its end: begun in the background, written, cancelled (CUST-26).

Whoever ends an import locks its background run first, and the import after it.  The writer takes these locks
last, so that a cancellation need not wait for it, and writes nothing once somebody else has ended the import.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

from flask_babel import gettext
from flask_babel import lazy_gettext as _
from sqlalchemy import select

from app.audit import services as audit
from app.customers.imports.content import sheets_of
from app.customers.imports.models import ImportBatch
from app.customers.imports.policies import can_cancel_import, can_finish_writing, can_run_import
from app.customers.imports.queries import get_import, options_of
from app.customers.imports.services import Outcome, count_refused, evaluate, keep_rows
from app.customers.imports.settings import undo_time
from app.customers.imports.writing import create_rows, seal_former, update_row, write_history
from app.customers.shared.settings import DEDUPE_MODE
from app.kernel import clock
from app.kernel.database.session import db
from app.kernel.database.transactions import lock, transactional
from app.kernel.translation import N_
from app.notices import services as notices
from app.system.runs.models import BackgroundRun
from app.system.runs.services import cancel_run

if TYPE_CHECKING:
    from collections.abc import Callable

    from app.kernel.access.actor import Actor

IMPORTED_FOR_YOU = N_("%(who)s imported %(n)s customers for you")


def _nobody_asks(_done: int) -> None:
    """Report no progress."""


@transactional
def begin_import(pk: int, *, actor: Actor, start: Any) -> ImportBatch:
    """Begin to write an import in the background; ``start(title, arguments)`` begins the run.

    :raises Denied: ``import.not_open``; ``run.too_many`` while too many runs have not ended.
    """
    batch = get_import(pk, actor=actor, lock=True)
    can_run_import(actor, batch).enforce()
    batch.begin()
    batch.run_id = start(batch.file_name, {"import": batch.id}).id
    return batch


@transactional
def write_import(pk: int, *, actor: Actor, note: Callable[[int], None] = _nobody_asks) -> ImportBatch:
    """Write an import in one transaction: all rows, or those without an error where that was chosen.

    With an error row nothing is written unless the valid rows were chosen; the batch is then ``refused``.

    :param note: is told how many rows are done, and may raise to stop: nothing is then written.
    :raises Denied: 429 past the day's budget of number look-ups; ``import.not_open`` for one that was begun,
        written or changed meanwhile.
    """
    batch = get_import(pk, actor=actor)
    # No number may be given meanwhile: every operation that gives one shares this lock (CUST-7).
    lock(DEDUPE_MODE.name)
    db.session.refresh(batch)  # another thread may have written it, while this one waited for the lock
    if batch.state != "waiting":
        can_run_import(actor, batch).enforce()
    options = options_of(batch)
    outcome = evaluate(sheets_of(batch), options, actor)
    note(len(outcome.lines) // 3)
    count_refused(outcome, actor)
    if outcome.hidden:
        return _refuse(batch, outcome, _("Hidden rows: choose whether they count"))
    if outcome.figures["error"] and not options.valid_rows_only:
        return _refuse(batch, outcome, _("Rows with errors: nothing was written"))
    _write(batch, outcome, actor, note)
    return batch


def _hold(batch: ImportBatch) -> None:
    """Lock the import, after its run, until the commit.

    :raises Denied: ``import.not_open`` when it was ended or changed since it was read.
    """
    before = batch.state, batch.options_cipher, batch.content_name, batch.run_id
    if batch.run_id is not None:
        run = select(BackgroundRun.id).where(BackgroundRun.id == batch.run_id)
        db.session.scalar(run.with_for_update(read=True))
    db.session.refresh(batch, with_for_update=True)
    now = batch.state, batch.options_cipher, batch.content_name, batch.run_id
    can_finish_writing(changed=now != before).enforce()


def _refuse(batch: ImportBatch, outcome: Outcome, problem: Any) -> ImportBatch:
    _hold(batch)
    keep_rows(batch, outcome, {})
    batch.created = batch.updated = 0
    batch.finish("refused", problem=str(problem))
    return batch


def _write(batch: ImportBatch, outcome: Outcome, actor: Actor, note: Callable[[int], None]) -> None:
    create_rows(outcome.created_now, outcome.judge, actor)
    note(len(outcome.lines) * 2 // 3)
    updated = [line for line in outcome.lines if line.fate == "updated"]
    customers = outcome.judge.customers
    heads = audit.lock_heads([customers[line.customer_id] for line in updated if line.customer_id])
    former = {}
    for line in updated:
        customer_id = line.customer_id or 0
        update_row(line, customers[customer_id], heads[customer_id], actor)
        former[line.number] = seal_former(line.changes), heads[customer_id].number
    db.session.flush()
    write_history([one for one in outcome.lines if one.fate in {"created", "updated", "history"}], actor)
    _tell_owners(outcome, actor)
    note(len(outcome.lines))
    _hold(batch)
    keep_rows(batch, outcome, former)
    batch.finish("done", clock.now() + undo_time())
    audit.record(
        actor,
        "import.write",
        batch,
        N_("Import of “%(file)s”: %(created)s new, %(updated)s updated"),
        file=batch.file_name,
        created=batch.created,
        updated=batch.updated,
    )


def _tell_owners(outcome: Outcome, actor: Actor) -> None:
    """Notify colleagues who own new customers, each once (PLAT-3)."""
    owners = Counter(line.place.owner.id for line in outcome.created_now if line.place and line.place.owner)
    for owner_id, number in owners.items():
        if owner_id != actor.id:
            notices.notify(owner_id, IMPORTED_FOR_YOU, kind="customer", who=actor.name, n=number)


@transactional
def cancel_import(pk: int, *, actor: Actor) -> ImportBatch:
    """Cancel an import that is not written yet: a thread that is writing it can commit nothing more.

    :raises Denied: ``import.over``.
    """
    run_id = get_import(pk, actor=actor).run_id
    wanted = select(BackgroundRun).where(BackgroundRun.id == run_id).with_for_update()
    run = db.session.scalar(wanted.execution_options(populate_existing=True)) if run_id else None
    batch = get_import(pk, actor=actor, lock=True)
    can_cancel_import(actor, batch).enforce()
    if run is not None and run.is_under_way:
        cancel_run(run.id, actor=actor)
    if batch.state != "cancelled":
        batch.finish("cancelled")
    audit.record(actor, "import.cancel", batch, N_("Import of “%(file)s” cancelled"), file=batch.file_name)
    return batch


def end_with_run(run: BackgroundRun) -> None:
    """End the import of a run that was cancelled or has failed: it can be begun again while it is kept."""
    waiting = select(ImportBatch).where(ImportBatch.run_id == run.id, ImportBatch.state == "waiting")
    waiting = waiting.with_for_update().execution_options(populate_existing=True)
    for batch in db.session.scalars(waiting):
        batch.finish(run.state, problem=gettext(run.problem) if run.problem else "")
