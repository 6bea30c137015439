"""Erasure of personal data from the operation log, which leaves every chain valid (PLAT-1, ADR 16).

The record's key is deleted, so that what was encrypted with it, here and in every copy of the rows, cannot be
read. Rows of older versions were sealed unencrypted: their personal values are removed, they keep their
seals, and a mark made with the audit key proves that the application removed them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask_babel import force_locale, gettext
from sqlalchemy import delete, select
from sqlalchemy.orm import lazyload

from app.audit.models import OperationLog, RecordKey
from app.audit.personal import HIDDEN, split
from app.audit.seals import ENCRYPTED, erasure_of, predecessor_of
from app.audit.services import STORED_LANGUAGE, check_row, lock_heads
from app.kernel.database.session import db
from app.kernel.settings.dictionaries import Coded

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence


def erase_personal_data(subjects: Sequence[Any]) -> None:
    """Make the personal data in the log of records of one kind unreadable, in the caller's transaction."""
    for pk, head in lock_heads(subjects).items():
        place = (OperationLog.record_type == head.record_type, OperationLog.record_id == pk)
        rows = select(OperationLog).where(*place).order_by(OperationLog.number)
        previous: OperationLog | None = None
        for row in db.session.scalars(rows.options(lazyload(OperationLog.record_key))).all():
            if row.seal_version < ENCRYPTED:
                _rewrite(row, previous, _take_words_out)
            previous = row
        of_record = (RecordKey.record_type == head.record_type, RecordKey.record_id == pk)
        db.session.execute(delete(RecordKey).where(*of_record))
        db.session.flush()
        db.session.refresh(head)


def erase_actor_name(actor_id: int) -> None:
    """Remove a person's name from the rows of their operations; their id stays."""
    rows = select(OperationLog).where(OperationLog.actor_id == actor_id, OperationLog.actor_name != "")
    for row in db.session.scalars(rows.order_by(OperationLog.id)).all():
        before = select(OperationLog).where(
            OperationLog.record_type == row.record_type,
            OperationLog.record_id == row.record_id,
            OperationLog.number == row.number - 1,
        )
        _rewrite(row, db.session.scalar(before), _take_name_out)


def _rewrite(
    row: OperationLog, previous: OperationLog | None, change: Callable[[OperationLog], None]
) -> None:
    """Remove values from a row and mark it as erased. A row that is broken already gets no mark: it stays
    broken.
    """
    held = not check_row(row, previous)
    change(row)
    if held and row in db.session.dirty:
        row.erasure = erasure_of(row, row.seal_version, predecessor_of(row, row.seal_version, previous))


def _take_name_out(row: OperationLog) -> None:
    row.actor_name = ""


def _take_words_out(row: OperationLog) -> None:
    readable, personal = split(row.record_type, row.operation, row.open_parameters, row.open_differences)
    if not personal:
        return
    row.open_parameters, row.open_differences = readable.parameters, readable.differences
    with force_locale(STORED_LANGUAGE):
        shown = {key: Coded.shown(value) for key, value in readable.parameters.items()}
        shown |= dict.fromkeys(personal.parameters, HIDDEN)
        row.sentence = gettext(row.message) % shown if shown else gettext(row.message)
