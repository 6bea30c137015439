"""Writing and verifying the operation log."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

from flask_babel import force_locale, gettext
from sqlalchemy import select

from app.audit.models import AuditHead, OperationLog
from app.kernel import clock
from app.kernel.db import db
from app.kernel.keys import keys
from app.kernel.marks import N_
from app.kernel.transactions import transactional

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from app.kernel.actor import Actor

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
    :param differences: field → (before, after), numbers already masked.
    """
    head = db.session.get(AuditHead, (subject.__audit__, subject.id), with_for_update=True)
    return append(head or new_head(subject), actor, operation, subject, message, differences, **parameters)


def new_head(subject: Any) -> AuditHead:
    """The head of a chain without rows."""
    head = AuditHead(record_type=subject.__audit__, record_id=subject.id, number=0, seal="")
    db.session.add(head)
    return head


def append(
    head: AuditHead,
    actor: Actor,
    operation: str,
    subject: Any,
    message: str,
    differences: Mapping[str, tuple[Any, Any]] | None = None,
    **parameters: Any,
) -> OperationLog:
    """Append one row to a chain whose head is at hand; see :func:`record`."""
    texts = {key: str(value) for key, value in parameters.items()}
    with force_locale(STORED_LANGUAGE):
        sentence = gettext(message) % texts if texts else gettext(message)
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
        parameters=texts,
        differences={k: [str(a), str(b)] for k, (a, b) in (differences or {}).items()},
        source=actor.source,
        request_id=actor.request_id,
        company_id=getattr(subject, "company_id", None),
    )
    row.seal = keys().seal(row.sealed_content(head.seal))
    head.number, head.seal = row.number, row.seal
    db.session.add(row)
    return row


@dataclass(frozen=True)
class _Exports:
    """What a person has exported: one chain a person."""

    id: int
    company_id: int | None
    __audit__: ClassVar[str] = "export"


@transactional
def record_export(actor: Actor, operation: str, rows: int, filters: str) -> OperationLog:
    """Who exported how much of what (PLAT-6); ``filters`` without what was typed into them."""
    return record(
        actor,
        operation,
        _Exports(actor.id, actor.company_id),
        N_("%(rows)s rows exported; %(filters)s"),
        rows=rows,
        filters=filters,
    )


@dataclass(frozen=True)
class BrokenRow:
    """The first row of a chain that does not hold."""

    record_type: str
    record_id: int
    number: int
    reason: str


def verify(batch: int = 1000) -> Iterator[BrokenRow]:
    """Check every chain; yields the first broken row of each record (``audit-verify``).

    Reasons: ``missing`` (a row was removed), ``changed`` (a row differs from its seal), ``cut`` (rows at the
    end were removed), ``headless`` (the record's end mark was removed).
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


def _check_row(row: OperationLog, previous: OperationLog | None) -> str:
    expected = 1 if previous is None else previous.number + 1
    if row.number != expected:
        return "missing"
    seal = keys().seal(row.sealed_content("" if previous is None else previous.seal))
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
    elif (head.number, head.seal) != (last.number, last.seal):
        yield BrokenRow(*key, last.number + 1, "cut")
