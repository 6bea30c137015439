"""Writing and verifying the operation log."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

from flask_babel import force_locale, gettext
from sqlalchemy import insert, select

from app.audit.models import AuditHead, OperationLog
from app.kernel import clock
from app.kernel.database.conditions import id_in
from app.kernel.database.session import db
from app.kernel.database.transactions import transactional
from app.kernel.keys import keys
from app.kernel.settings.dictionaries import Coded
from app.kernel.translation import N_

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from app.kernel.access.actor import Actor

STORED_LANGUAGE = "zh"


def record(
    actor: Actor,
    operation: str,
    subject: Any,
    message: str,
    differences: Mapping[str, tuple[Any, Any]] | None = None,
    **parameters: Any,
) -> OperationLog:
    """Append one row to the record's chain, in the caller's transaction (PLAT-1).

    :param subject: the record; its ``__audit__`` names the kind, ``id`` the row.
    :param message: an English msgid (mark it with ``N_``), filled in from ``parameters``.
    :param parameters: the values in the sentence; a :class:`Coded` is shown in each reader's language.
    :param differences: field → (before, after), numbers already masked.
    """
    head = db.session.get(AuditHead, (subject.__audit__, subject.id), with_for_update=True)
    return append(head or create_head(subject), actor, operation, subject, message, differences, **parameters)


def lock_heads(subjects: Sequence[Any]) -> dict[int, AuditHead]:
    """Lock the heads of the chains of records of one kind until the transaction ends: id → head.

    For operations on many records at once; :func:`append` continues each chain, :func:`follow` and
    :func:`store` very many.
    """
    if not subjects:
        return {}
    kind, ids = subjects[0].__audit__, [subject.id for subject in subjects]
    statement = select(AuditHead).where(AuditHead.record_type == kind, id_in(AuditHead.record_id, ids))
    statement = statement.order_by(AuditHead.record_id).with_for_update()
    found = {head.record_id: head for head in db.session.scalars(statement)}
    return {subject.id: found.get(subject.id) or create_head(subject) for subject in subjects}


def create_head(subject: Any) -> AuditHead:
    """Create the head of a chain without rows."""
    kind, pk = subject.__audit__, subject.id
    head = AuditHead(record_type=kind, record_id=pk, number=0, seal=_mark(kind, pk, 0, ""))
    db.session.add(head)
    return head


def _mark(record_type: str, record_id: int, number: int, last_seal: str) -> str:
    """Return the sealed end of a chain whose last row is this one."""
    return keys().seal(AuditHead.marked_content(record_type, record_id, number, last_seal))


def _mark_after(row: OperationLog) -> str:
    return _mark(row.record_type, row.record_id, row.number, row.seal)


def append(
    head: AuditHead,
    actor: Actor,
    operation: str,
    subject: Any,
    message: str,
    differences: Mapping[str, tuple[Any, Any]] | None = None,
    **parameters: Any,
) -> OperationLog:
    """Append one row to a chain whose head is loaded; see :func:`record`."""
    row = follow(head, actor, operation, subject, message, differences, **parameters)
    db.session.add(row)
    return row


def store(rows: Sequence[OperationLog]) -> None:
    """Write many rows of :func:`follow` at once, without loading them afterwards."""
    if rows:
        columns = [column.key for column in OperationLog.__table__.columns if column.key != "id"]
        db.session.execute(
            insert(OperationLog), [{name: getattr(row, name) for name in columns} for row in rows]
        )


def follow(
    head: AuditHead,
    actor: Actor,
    operation: str,
    subject: Any,
    message: str,
    differences: Mapping[str, tuple[Any, Any]] | None = None,
    **parameters: Any,
) -> OperationLog:
    """Return the next row of a chain, sealed and recorded in its head, for the caller to write."""
    with force_locale(STORED_LANGUAGE):
        texts = {key: str(value) for key, value in parameters.items()}
        sentence = gettext(message) % texts if texts else gettext(message)
    stored = {key: value.stored for key, value in parameters.items() if isinstance(value, Coded)}
    row = OperationLog(
        record_type=head.record_type,
        record_id=head.record_id,
        number=head.number + 1,
        at=clock.now(),
        actor_id=actor.id,
        actor_name=actor.name,
        operation=operation,
        sentence=sentence,
        message=message,
        parameters={**texts, **stored},
        differences={k: [str(a), str(b)] for k, (a, b) in (differences or {}).items()},
        source=actor.source,
        request_id=actor.request_id,
        company_id=getattr(subject, "company_id", None),
    )
    row.seal = keys().seal(row.sealed_content(head.seal))
    head.number, head.seal = row.number, _mark_after(row)
    return row


def seal_chains(rows: Iterable[OperationLog]) -> list[AuditHead]:
    """Seal rows that were written in another installation, each record's chain from its beginning, and return
    the ends of the chains; the caller writes both (demo data).

    :param rows: the rows of whole chains, those of one record in their order.
    """
    heads: dict[tuple[str, int], AuditHead] = {}
    for row in rows:
        kind, pk = row.record_type, row.record_id
        head = heads.get((kind, pk))
        before = head.seal if head else _mark(kind, pk, 0, "")
        row.seal = keys().seal(row.sealed_content(before))
        heads[kind, pk] = AuditHead(record_type=kind, record_id=pk, number=row.number, seal=_mark_after(row))
    return [*heads.values()]


@dataclass(frozen=True)
class _Exports:
    """The exports of a person: one chain per person."""

    id: int
    company_id: int | None
    __audit__: ClassVar[str] = "export"


@transactional
def record_export(actor: Actor, operation: str, rows: int, filters: str) -> OperationLog:
    """Log the actor, size and subject of an export (PLAT-6); ``filters`` without typed text."""
    return record(
        actor,
        operation,
        _Exports(actor.id, actor.company_id),
        N_("%(rows)s rows exported; %(filters)s"),
        rows=rows,
        filters=filters,
    )


def export_recorder(operation: str) -> Callable[[Actor, int, str], OperationLog]:
    """Return the function with which a list logs its export (``kernel.exports.views.offer_export``)."""

    def note(actor: Actor, rows: int, filters: str) -> OperationLog:
        return record_export(actor, operation, rows, filters)

    return note


@dataclass(frozen=True)
class BrokenRow:
    """The first row of a chain that fails verification."""

    record_type: str
    record_id: int
    number: int
    reason: str


def verify(batch: int = 1000) -> Iterator[BrokenRow]:
    """Check every chain; yield the first broken row of each record (``audit-verify``).

    Reasons: ``missing`` (a row was removed), ``changed`` (a row differs from its seal), ``cut`` (rows at the
    end were removed, or the end mark has no valid seal), ``headless`` (the record's end mark was removed).
    If rows and end mark were replaced together by an earlier copy, only an anchor reveals it (ADR 10).
    """
    previous: OperationLog | None = None
    broken: tuple[str, int] | None = None
    heads = {(h.record_type, h.record_id): h for h in db.session.scalars(select(AuditHead))}
    rows = db.session.scalars(
        select(OperationLog)
        .order_by(OperationLog.record_type, OperationLog.record_id, OperationLog.number)
        .execution_options(yield_per=batch)
    )
    for row in rows:
        key = (row.record_type, row.record_id)
        if previous is not None and (previous.record_type, previous.record_id) != key:
            yield from _check_end(previous, heads, broken)
            previous = None
        if broken != key:
            reason = _check_row(row, previous)
            if reason:
                broken = key
                yield BrokenRow(row.record_type, row.record_id, row.number, reason)
        previous = row
        db.session.expunge(row)
    if previous is not None:
        yield from _check_end(previous, heads, broken)
    for head in heads.values():
        yield BrokenRow(head.record_type, head.record_id, 1, "missing")


def end_holds(head: AuditHead) -> bool:
    """Return True if the chain ends where its head says, sealed with the current key."""
    last = db.session.scalar(
        select(OperationLog).where(
            OperationLog.record_type == head.record_type,
            OperationLog.record_id == head.record_id,
            OperationLog.number == head.number,
        )
    )
    return last is not None and _ends_with(head, last)


def _ends_with(head: AuditHead, last: OperationLog) -> bool:
    return (head.number, head.seal) == (last.number, _mark_after(last))


def _check_row(row: OperationLog, previous: OperationLog | None) -> str:
    expected = 1 if previous is None else previous.number + 1
    if row.number != expected:
        return "missing"
    before = _mark(row.record_type, row.record_id, 0, "") if previous is None else _mark_after(previous)
    seal = keys().seal(row.sealed_content(before))
    return "" if seal == row.seal else "changed"


def _check_end(
    last: OperationLog, heads: dict[tuple[str, int], AuditHead], broken: tuple[str, int] | None
) -> Iterator[BrokenRow]:
    key = (last.record_type, last.record_id)
    head = heads.pop(key, None)
    if broken == key:
        return
    if head is None:
        yield BrokenRow(*key, last.number, "headless")
    elif not _ends_with(head, last):
        yield BrokenRow(*key, last.number + 1, "cut")
