"""Writing and verifying the operation log."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any, ClassVar

from flask_babel import force_locale, gettext
from sqlalchemy import select
from sqlalchemy.orm import lazyload
from sqlalchemy.orm.attributes import set_committed_value

from app.audit.models import AuditHead, OperationLog, RecordKey
from app.audit.personal import HIDDEN, LoggedValues, is_personal, new_record_key, split
from app.audit.seals import CURRENT, end_mark, erasure_of, mark_after, predecessor_of, seal_of
from app.kernel import clock
from app.kernel.database.conditions import id_in
from app.kernel.database.records import insert_many
from app.kernel.database.session import db
from app.kernel.database.transactions import transactional
from app.kernel.settings.dictionaries import Coded
from app.kernel.translation import N_

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from app.kernel.access.actor import Actor

STORED_LANGUAGE = "zh"
FirstRow = tuple[Any, Mapping[str, str]]  # a record, and what its sentence is filled in with


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
    place = (subject.__audit__, subject.id)
    head = db.session.get(AuditHead, place, with_for_update={"of": AuditHead})
    return append(head or create_head(subject), actor, operation, subject, message, differences, **parameters)


def lock_heads(subjects: Sequence[Any]) -> dict[int, AuditHead]:
    """Lock the heads of the chains of records of one kind until the transaction ends: id → head.

    For operations on many records at once: :func:`append` adds a row to each chain; :func:`next_row` and
    :func:`store` do so for very many.
    """
    if not subjects:
        return {}
    kind, ids = subjects[0].__audit__, [subject.id for subject in subjects]
    statement = select(AuditHead).where(AuditHead.record_type == kind, id_in(AuditHead.record_id, ids))
    statement = statement.order_by(AuditHead.record_id).with_for_update(of=AuditHead)
    found = {head.record_id: head for head in db.session.scalars(statement)}
    return {subject.id: found.get(subject.id) or create_head(subject) for subject in subjects}


def create_head(subject: Any) -> AuditHead:
    """Create the head of a chain without rows."""
    kind, pk = subject.__audit__, subject.id
    head = AuditHead(record_type=kind, record_id=pk, number=0, seal=end_mark(kind, pk, 0, ""))
    set_committed_value(head, "record_key", None)
    db.session.add(head)
    return head


def _key_of(head: AuditHead) -> RecordKey:
    """Return the record's key, created with its first personal data; the lock on the head prevents a second
    one.
    """
    if head.record_key is not None:
        return head.record_key
    made = RecordKey(record_type=head.record_type, record_id=head.record_id, key_cipher=new_record_key())
    db.session.add(made)
    set_committed_value(head, "record_key", made)
    return made


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
    row = next_row(head, actor, operation, subject, message, differences, **parameters)
    db.session.add(row)
    return row


def store(rows: Sequence[Any]) -> None:
    """Write many rows of :func:`next_row` at once, without loading them afterwards."""
    stored = {
        one.columns[0].name: one.key
        for one in OperationLog.__mapper__.column_attrs
        if one.key not in {"id", "erasure"}
    }
    insert_many(
        OperationLog.__table__,
        [{name: getattr(row, key) for name, key in stored.items()} for row in rows],
    )


def begin_chains(actor: Actor, operation: str, message: str, first: Sequence[FirstRow]) -> None:
    """Write the first row of the chains of very many new records of one kind; without personal data."""
    made, heads = [], []
    with force_locale(STORED_LANGUAGE):
        sentence = gettext(message)
    moment = clock.now()
    for subject, parameters in first:
        kind, pk = subject.__audit__, subject.id
        if any(is_personal(kind, operation, name) for name in parameters):
            raise ValueError(operation)  # it would need a key for each record
        row = SimpleNamespace(
            record_type=kind, record_id=pk, number=1, at=moment, actor_id=actor.id, actor_name=actor.name,
            operation=operation, sentence=sentence % parameters, message=message,
            open_parameters=dict(parameters), open_differences={}, personal=None, source=actor.source,
            request_id=actor.request_id, company_id=subject.company_id, seal_version=CURRENT,
        )  # fmt: skip
        row.seal = seal_of(row, CURRENT, end_mark(kind, pk, 0, ""))
        made.append(row)
        heads.append({"record_type": kind, "record_id": pk, "number": 1, "seal": mark_after(row)})
    store(made)
    insert_many(AuditHead.__table__, heads)


def next_row(
    head: AuditHead,
    actor: Actor,
    operation: str,
    subject: Any,
    message: str,
    differences: Mapping[str, tuple[Any, Any]] | None = None,
    **parameters: Any,
) -> OperationLog:
    """Return the next row of a chain, sealed, and update its head; the caller writes both."""
    readable, personal, sentence = _words(head.record_type, operation, message, parameters, differences or {})
    key = _key_of(head) if personal else head.record_key
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
        open_parameters=readable.parameters,
        open_differences=readable.differences,
        personal=personal.encrypt(key.key_cipher) if personal and key else None,
        source=actor.source,
        request_id=actor.request_id,
        company_id=getattr(subject, "company_id", None),
        seal_version=CURRENT,
    )
    set_committed_value(row, "record_key", key)
    row.seal = seal_of(row, CURRENT, head.seal)
    head.number, head.seal = row.number, mark_after(row)
    return row


def _words(
    kind: str,
    operation: str,
    message: str,
    parameters: Mapping[str, Any],
    differences: Mapping[str, tuple[Any, Any]],
) -> tuple[LoggedValues, LoggedValues, str]:
    """Return the readable values, the values to encrypt, and the sentence without the latter."""
    with force_locale(STORED_LANGUAGE):
        texts = {key: str(value) for key, value in parameters.items()}
        codes = {key: value.stored for key, value in parameters.items() if isinstance(value, Coded)}
        changes = {key: [str(before), str(after)] for key, (before, after) in differences.items()}
        readable, personal = split(kind, operation, {**texts, **codes}, changes)
        shown = {key: HIDDEN if key in personal.parameters else text for key, text in texts.items()}
        return readable, personal, gettext(message) % shown if shown else gettext(message)


def seal_chains(rows: Iterable[OperationLog]) -> tuple[list[AuditHead], list[RecordKey]]:
    """Encrypt and seal rows that were written in another installation, each chain from its beginning.

    Return the ends of the chains and the records' keys; the caller writes all of them (demo data).

    :param rows: the rows of whole chains, those of one record in their order, with all values readable.
    """
    heads: dict[tuple[str, int], AuditHead] = {}
    made: dict[tuple[str, int], RecordKey] = {}
    for row in rows:
        kind, pk = place = (row.record_type, row.record_id)
        before = heads[place].seal if place in heads else end_mark(kind, pk, 0, "")
        readable, personal = split(kind, row.operation, row.open_parameters, row.open_differences)
        if personal:
            if place not in made:
                made[place] = RecordKey(record_type=kind, record_id=pk, key_cipher=new_record_key())
            row.personal = personal.encrypt(made[place].key_cipher)
            row.open_parameters, row.open_differences = readable.parameters, readable.differences
        row.seal_version = CURRENT
        row.seal = seal_of(row, CURRENT, before)
        heads[place] = AuditHead(record_type=kind, record_id=pk, number=row.number, seal=mark_after(row))
    return [*heads.values()], [*made.values()]


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


@dataclass(frozen=True)
class ExportRecorder:
    """What a list logs its export with (``kernel.exports.views.offer_export``), under this operation."""

    operation: str

    def __call__(self, actor: Actor, rows: int, filters: str) -> OperationLog:
        """Log one export."""
        return record_export(actor, self.operation, rows, filters)


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
    all_heads = select(AuditHead).options(lazyload(AuditHead.record_key))
    heads = {(h.record_type, h.record_id): h for h in db.session.scalars(all_heads)}
    every = (
        select(OperationLog)
        .order_by(OperationLog.record_type, OperationLog.record_id, OperationLog.number)
        .options(lazyload(OperationLog.record_key))
        .execution_options(yield_per=batch)
    )
    with db.session.scalars(
        every
    ) as rows:  # a caller that stops at the first broken row leaves no cursor open
        for row in rows:
            key = (row.record_type, row.record_id)
            if previous is not None and (previous.record_type, previous.record_id) != key:
                yield from _check_end(previous, heads, broken)
                previous = None
            if broken != key:
                reason = check_row(row, previous)
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
    return (head.number, head.seal) == (last.number, mark_after(last))


def check_row(row: OperationLog, previous: OperationLog | None) -> str:
    """Return why a row is not a valid successor of the one before it; empty when it is. See
    :func:`verify`.
    """
    expected = 1 if previous is None else previous.number + 1
    if row.number != expected:
        return "missing"
    before = predecessor_of(row, row.seal_version, previous)
    if row.erasure is not None:
        return "" if row.erasure == erasure_of(row, row.seal_version, before) else "changed"
    return "" if row.seal == seal_of(row, row.seal_version, before) else "changed"


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
