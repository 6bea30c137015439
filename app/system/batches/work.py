"""The work on a long batch, in the background (OFF-4).

Each row, or small group of rows where the operation does several at once, is one transaction together with
its verdict: after a crash the batch goes on behind the last one, nothing is done twice and nothing half.
Before each, the owner's account and permissions are read again.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import structlog
from flask_babel import lazy_gettext as _

from app.kernel.access.current import set_actor
from app.kernel.database.session import db, is_outage, transaction_intent
from app.kernel.database.transactions import transactional
from app.kernel.errors import MESSAGES, Decision, Invalid, KepanError, NotFound, conflict, forbidden
from app.kernel.jobs.lease import LeaseLostError, WorkEndedError
from app.kernel.logs import log_crash
from app.kernel.pages.batch_rows import do_row, refusal_of, shares_of
from app.kernel.pages.batches import find_batch, posted_form
from app.kernel.pages.selections import count_kinds
from app.kernel.translation import N_
from app.org.sessions.actors import present_actor
from app.system.batches.queries import get_batch, next_rows, tally_of
from app.system.batches.services import read_asked, write_verdicts
from app.system.runs.services import Result

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from app.kernel.access.actor import Actor
    from app.kernel.exports.lists import ProgressMeter
    from app.kernel.pages.operations import Operation
    from app.kernel.pages.selections import ListFilter
    from app.kernel.pages.views import ScopedModelView


log = structlog.get_logger("kepan.batches")

GROUP = 20  # rows in one transaction, where an operation does several at once
_READ = 100  # rows read at a time
LEFT = conflict("batch.left", _("It is no longer among the records that the filter finds"))
CRASHED = Decision(allowed=False, code="internal", message=_("Something went wrong on our side"), status=500)


class AccountClosedError(KepanError):
    """The account was closed while its batch ran: the rest is not done."""

    @property
    def message(self) -> Any:
        return _("The account was closed meanwhile; the rest was not done")


def may_batch(arguments: Mapping[str, Any], actor: Actor) -> bool:
    """Return True if the actor may do the batch: it is their own, and its operation is permitted."""
    try:
        batch = get_batch(arguments["batch"], actor=actor)
    except NotFound:
        return False
    found = find_batch(batch.view, batch.operation)
    return found is not None and actor.has_permission(found[1].needs, found[0].class_permission_name)


def work_on_batch(arguments: Mapping[str, Any], actor: Actor, meter: ProgressMeter) -> Result:
    """Work on the rows of a batch that have no verdict yet.

    :raises AccountClosedError: as soon as the owner's account is closed.
    """
    worker = _prepare(arguments["batch"], actor)
    tally = tally_of(worker.pk)
    finished = tally.finished
    meter.expect(finished + tally.waiting)
    while rows := next_rows(worker.pk, _READ):
        db.session.rollback()
        for start in range(0, len(rows), worker.step):
            group = rows[start : start + worker.step]
            meter.at(finished)
            worker.do(group, _present(actor))
            finished += len(group)
    tally = tally_of(worker.pk)
    return Result(
        notice=N_("“%(title)s”: %(done)s done, %(refused)s refused"),
        parameters={"done": tally.done, "refused": tally.refused},
        about=get_batch(worker.pk, actor=actor),
    )


def _present(actor: Actor) -> Actor:
    """Return the owner with the rights of this moment."""
    found = present_actor(actor.id, source=actor.source)
    db.session.rollback()
    if found is None:
        raise AccountClosedError
    set_actor(found)
    return found


def _prepare(pk: int, actor: Actor) -> _Worker:
    """Read the batch and its form once.

    :raises Invalid: for a form that is no longer valid.
    """
    batch = get_batch(pk, actor=actor)
    found = find_batch(batch.view, batch.operation)
    if found is None:
        raise NotFound
    view, operation = found
    posted, found_by = read_asked(batch)
    kinds: Mapping[str, int] = {}
    if operation.batch and operation.batch.kinds:
        records = [record for _place, record in next_rows(pk, batch.total)]
        kinds = count_kinds(view, operation.batch.kinds.column, records, actor)
    form = posted_form(operation, kinds, posted)
    if not form.validate():
        raise Invalid(**form.complaints())
    values = form.values()
    db.session.rollback()
    return _Worker(pk, view, operation, values, found_by)


@dataclass(frozen=True)
class _Worker:
    """Does the rows of one batch; a row is its place in the batch and the record's id."""

    pk: int
    view: ScopedModelView
    operation: Operation
    values: Mapping[str, Any]
    found_by: ListFilter | None

    @property
    def step(self) -> int:
        """The number of rows in one transaction."""
        return GROUP if self._together else 1

    @property
    def _together(self) -> Any:
        return self.operation.batch.service if self.operation.batch else None

    def do(self, rows: Sequence[tuple[int, int]], actor: Actor) -> None:
        """Give each of the rows its verdict."""
        with transaction_intent(to_change=True):
            try:
                self._decide(rows, actor)
            except (LeaseLostError, WorkEndedError):
                raise
            except KepanError as error:
                write_verdicts(self.pk, dict.fromkeys((place for place, _record in rows), refusal_of(error)))
            except Exception as error:
                if is_outage(error):
                    raise
                log_crash(log, "batch_row_failed", error, batch=self.pk, rows=len(rows))
                self._after_crash(rows, actor)
            finally:
                db.session.rollback()

    def _after_crash(self, rows: Sequence[tuple[int, int]], actor: Actor) -> None:
        """One row that fails does not spoil the group: each is tried alone, and the culprit is refused."""
        if len(rows) == 1:
            write_verdicts(self.pk, {rows[0][0]: CRASHED})
            return
        for row in rows:
            self.do([row], actor)

    @transactional
    def _decide(self, rows: Sequence[tuple[int, int]], actor: Actor) -> None:
        """Do the rows and write their verdicts, in one transaction."""
        if not actor.has_permission(self.operation.needs, self.view.class_permission_name):
            write_verdicts(self.pk, {place: forbidden(*MESSAGES[403]) for place, _record in rows})
            return
        places = {record: place for place, record in rows}
        verdicts: dict[int, Decision] = {}
        if self.found_by is not None:
            still = self.found_by.still_found(self.view, [*places], actor)
            verdicts |= {record: LEFT for record in places if record not in still}
        left = [record for record in places if record not in verdicts]
        verdicts |= self._apply(left, actor) if left else {}
        write_verdicts(self.pk, {places[record]: verdict for record, verdict in verdicts.items()})

    def _apply(self, records: Sequence[int], actor: Actor) -> Mapping[int, Decision]:
        if self._together is not None:
            found: Mapping[int, Decision] = self._together(records, actor=actor, **self.values)
            return found
        shares = shares_of(self.operation, records, self.values, actor)
        return {record: do_row(self.operation, record, shares[record], actor) for record in records}
