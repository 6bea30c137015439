"""``Idempotency-Key`` on creations (PLAT-9): the same key and fields return the first response again.

The key's row is written in the creation's own transaction, so a refused creation leaves none, and of two
simultaneous requests one waits for the other and then repeats its response.
"""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from flask_babel import lazy_gettext as _
from sqlalchemy import Index, Integer, String, Text, UniqueConstraint, delete, func, select
from sqlalchemy.orm import Mapped, mapped_column

from app.kernel import clock
from app.kernel.database.columns import BigId, UtcDateTime
from app.kernel.database.session import Model, db
from app.kernel.database.transactions import lock, transactional
from app.kernel.errors import Invalid
from app.kernel.keys import keys

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from sqlalchemy import Select


MAX_KEY = 128
RETENTION = timedelta(days=30)  # longer than any client retries
_BATCH = 1000


class IdempotencyKey(Model):
    """One answered creation.  ``key`` and ``fingerprint`` are keyed hashes: of the key as sent (some clients
    build it from personal data such as phone numbers), and of the path and the fields.
    """

    __tablename__ = "idempotency_key"
    __table_args__ = (
        UniqueConstraint("user_id", "key"),
        Index("ix_idempotency_key_created_at", "created_at"),
    )
    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    user_id: Mapped[int] = mapped_column(Integer, nullable=False)
    key: Mapped[str] = mapped_column(String(MAX_KEY), nullable=False)
    fingerprint: Mapped[str] = mapped_column(String(32), nullable=False)
    answer: Mapped[str] = mapped_column(Text, nullable=False)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, nullable=False)


@transactional
def run_once(
    user_id: int, key: str, path: str, fields: Any, create: Callable[[], Mapping[str, Any]]
) -> Mapping[str, Any]:
    """Return the result of ``create()``, or its first result when this user used the key for these fields
    before.

    :raises Invalid: when the key was used with other fields, or is too long.
    """
    if not key:
        return create()
    if len(key) > MAX_KEY:
        raise Invalid(idempotency_key=_("At most %(n)s characters", n=MAX_KEY))
    fingerprint = keys().index(path + json.dumps(fields, sort_keys=True, ensure_ascii=False))
    hashed = keys().index(f"idempotency-key:{key}")
    lock(f"idempotency:{user_id}:{hashed}")
    known = db.session.scalar(
        select(IdempotencyKey).where(IdempotencyKey.user_id == user_id, IdempotencyKey.key == hashed)
    )
    if known is not None:
        if known.fingerprint != fingerprint:
            raise Invalid(idempotency_key=_("This key was used with other fields"))
        answer: dict[str, Any] = json.loads(known.answer)
        return answer
    made = create()
    db.session.add(
        IdempotencyKey(
            user_id=user_id,
            key=hashed,
            fingerprint=fingerprint,
            answer=json.dumps(made, ensure_ascii=False),
            created_at=clock.now(),
        )
    )
    return made


def delete_old_answers(*, dry_run: bool = False) -> int:
    """Delete expired responses, one batch per transaction.  Return the number of deleted rows."""
    old = IdempotencyKey.created_at < clock.now() - RETENTION
    if dry_run:
        return db.session.scalar(select(func.count()).select_from(IdempotencyKey).where(old)) or 0
    total = 0
    while number := _forget(select(IdempotencyKey.id).where(old).limit(_BATCH)):
        total += number
    return total


@transactional
def _forget(chosen: Select[int]) -> int:
    gone = delete(IdempotencyKey).where(IdempotencyKey.id.in_(chosen)).returning(IdempotencyKey.id)
    return len(db.session.scalars(gone).all())
