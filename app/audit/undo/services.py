"""Keep what can be undone, and undo it (OFF-3)."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import delete, func, select

from app.audit import services as audit
from app.audit.models import OperationLog
from app.audit.queries import actor_name
from app.audit.undo.journal import is_as_made, open_journal, put_back
from app.audit.undo.models import UndoStep
from app.audit.undo.policies import UNDO_FOR, UndoFacts, can_undo, row_changed_since
from app.kernel import clock
from app.kernel.database.session import db
from app.kernel.database.transactions import transactional
from app.kernel.errors import ALLOW, OUT_OF_REACH, Decision, Denied, NotFound
from app.kernel.pages.answers import offer_undo

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from app.kernel.access.actor import Actor
    from app.kernel.access.permissions import Permission

State = dict[str, tuple[object, str]]


@dataclass(frozen=True)
class Undo:
    """How an operation is undone.

    ``operation`` and ``message`` are its row of the operation log.  ``load(pk)`` returns the record, locked,
    whoever asks: the operation may have ended the person's own access.  ``state(record)`` returns what the
    log shows as changed, ``check(record)`` whether the record may be as it was before: its holder may
    have departed.
    """

    operation: str
    message: str
    load: Callable[[int], Any]
    state: Callable[[Any], State] = lambda _record: {}
    check: Callable[[Any], Decision] = lambda _record: ALLOW


@dataclass(frozen=True)
class Undone:
    """The outcome for one record."""

    record_type: str
    record_id: int
    name: str
    verdict: Decision


_declared: dict[str, Undo] = {}
_takers: dict[type[Any], Callable[[Any, Any, Actor], None]] = {}


def declare_undo(permission: Permission, undo: Undo) -> None:
    """Declare that the operation can be undone; its service does its work within :func:`undoable`."""
    _declared[f"{permission.resource}.{permission}"] = undo


def takes_back(model: type[Any], take: Callable[[Any, Any, Actor], None]) -> None:
    """Declare how rows that an operation made are taken back where they are not simply deleted:
    ``take(row, record, actor)``.
    """
    _takers[model] = take


@contextmanager
def undoable(
    permission: Permission,
    records: Sequence[Any],
    actor: Actor,
    *,
    owner: str = "",
) -> Iterator[None]:
    """Keep what the block changes at the records, so that the actor may undo it (OFF-3).

    The block writes the row of the operation log too.  Of several records, the column ``owner`` of other
    tables names the record that a row is part of.
    """
    if not actor.request_id or not records:  # a job or a command
        yield
        return
    with open_journal() as journal:
        yield
    only = records[0].id if len(records) == 1 else None
    parts: dict[int | None, list[dict[str, Any]]] = {record.id: [] for record in records}
    for part_of, change in journal.entries(records[0].__tablename__, owner):
        parts.setdefault(only or part_of, []).append(change)
    moment = clock.now()
    for record in records:
        db.session.add(
            UndoStep(
                deed=actor.request_id,
                actor_id=actor.id,
                operation=f"{permission.resource}.{permission}",
                record_type=record.__audit__,
                record_id=record.id,
                number=journal.numbers[record.__audit__, record.id],
                changes=parts[record.id],
                created_at=moment,
            )
        )
    offer_undo("UndoView.undo", actor.request_id)


def undo(deed: str, *, actor: Actor) -> list[Undone]:
    """Undo what the actor did with a request, at every record where it can be undone.

    :raises NotFound: when the actor did nothing of the kind.
    """
    mine = select(UndoStep.id, UndoStep.record_type, UndoStep.record_id).where(
        UndoStep.actor_id == actor.id, UndoStep.deed == deed
    )
    steps = db.session.execute(mine.order_by(UndoStep.id)).all()
    if not steps:
        raise NotFound
    db.session.commit()  # each step has a transaction of its own
    return [Undone(kind, pk, *_try(step_id, actor)) for step_id, kind, pk in steps]


def _try(step_id: int, actor: Actor) -> tuple[str, Decision]:
    try:
        return undo_step(step_id, actor=actor), ALLOW
    except Denied as error:
        return _name_of(step_id), error.decision
    except NotFound:
        return "", OUT_OF_REACH


def _name_of(step_id: int) -> str:
    step = db.session.get_one(UndoStep, step_id)
    name = str(_declared[step.operation].load(step.record_id).name)
    db.session.rollback()
    return name


@transactional
def undo_step(step_id: int, *, actor: Actor) -> str:
    """Undo one operation at one record, log it and take its notices back.  Return the record's name.

    :raises Denied: 403 for anybody else; ``undo.too_late``, ``undo.undone``, ``undo.acted_since``.
    """
    step = db.session.get(UndoStep, step_id)
    if step is None or step.actor_id != actor.id:
        raise NotFound
    how = _declared[step.operation]
    record = how.load(step.record_id)
    db.session.refresh(step, with_for_update=True)
    can_undo(actor, step, _facts(step)).enforce()
    before = how.state(record)
    _remove_made(put_back(step.changes), record, actor)
    db.session.flush()
    db.session.expire(record)
    how.check(record).enforce()
    changes = _differences(before, how.state(record))
    audit.record(actor, how.operation, record, how.message, changes)
    step.close(clock.now())
    return str(record.name)


def _differences(before: State, after: State) -> dict[str, tuple[str, str]]:
    return {name: (was, after[name][1]) for name, (key, was) in before.items() if key != after[name][0]}


def _facts(step: UndoStep) -> UndoFacts:
    last = db.session.scalars(
        select(OperationLog)
        .where(OperationLog.record_type == step.record_type, OperationLog.record_id == step.record_id)
        .order_by(OperationLog.number.desc())
        .limit(1)
    ).one()
    return UndoFacts(clock.now(), last.number, last.actor_id, actor_name(last))


def _remove_made(made: Sequence[tuple[Any, str]], record: Any, actor: Actor) -> None:
    for row, seal in made:
        take = _takers.get(type(row))
        if take is not None:
            take(row, record, actor)
        elif is_as_made(row, seal):
            db.session.delete(row)
        else:
            row_changed_since().enforce()


def forget_steps(*, dry_run: bool = False) -> int:
    """Delete what can no longer be undone.  Return the number of deleted rows."""
    old = UndoStep.created_at < clock.now() - 2 * UNDO_FOR
    if dry_run:
        return db.session.scalar(select(func.count()).select_from(UndoStep).where(old)) or 0
    return _forget()


@transactional
def _forget() -> int:
    old = UndoStep.created_at < clock.now() - 2 * UNDO_FOR
    return len(db.session.scalars(delete(UndoStep).where(old).returning(UndoStep.id)).all())
