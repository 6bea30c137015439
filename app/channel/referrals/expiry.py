"""The end of a protection (CH-17), written by the job or by the first operation that finds it due.

Rules and lists do not wait for it: they ask ``present_state``.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from sqlalchemy import and_, func, or_, select

from app.audit import services as audit
from app.channel.referrals.models import Binding, Referral, expiring
from app.channel.shared.settings import WARNING_DAYS
from app.kernel import clock
from app.kernel.access.actor import SYSTEM
from app.kernel.access.guard import scoped, unscoped
from app.kernel.database.session import db
from app.kernel.database.transactions import transactional
from app.kernel.translation import N_
from app.notices import services as notices

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence


BATCH = 50  # bindings: takes far less than the 200 ms for which a batch may hold its locks


def end_if_due(binding: Binding) -> bool:
    """End a due binding with its referral and keys, its log and its notice; False when it still lives.

    The caller holds the lock of the identity; a job that was faster is waited for.
    """
    if binding.lives_at(clock.now()):
        return False
    with unscoped("expiry: protections end whoever may see them (CH-17)"):
        statement = (
            select(Binding, Referral)
            .join(Referral, Referral.id == Binding.referral_id)
            .where(Binding.id == binding.id)
            .with_for_update()
            .execution_options(populate_existing=True)
        )
        found = db.session.execute(statement).one()
    if found.Binding.state == "live":
        _end([(found.Binding, found.Referral)])
    return True


@transactional
def expire_due_bindings(batch: int = BATCH) -> int:
    """Write the end of up to ``batch`` protections that are due, the longest overdue first.

    Return how many; the job repeats until none is left. Rows that another transaction has locked are skipped.
    """
    due = _due(batch, Binding.expires_at <= clock.now())
    _end(due)
    return len(due)


@transactional
def warn_due_bindings(batch: int = BATCH) -> int:
    """Warn the brokers of up to ``batch`` protections that end soon (CH-27).

    Each binding is warned of once on each day of the setting; days that passed while the job did not run are
    covered by a single warning. Return the number of bindings.
    """
    moment, days = clock.now(), WARNING_DAYS.get()
    if not days:
        return 0
    soon = _due(batch, *_ending_soon(moment, days))
    for binding, _referral in soon:
        binding.warned_at = moment
        binding.warned_days = min(one for one in days if binding.expires_at <= moment + timedelta(days=one))
    notices.notify_many(
        N_("The protection of %(name)s (%(code)s) ends on %(day)s"),
        [
            (
                binding.broker_id,
                {"name": referral.name, "code": referral.code, "day": _day(binding.expires_at)},
                referral,
            )
            for binding, referral in soon
        ],
    )
    return len(soon)


def count_due() -> int:
    """Count the protections that are due and not yet ended, for a dry run."""
    return _count(Binding.expires_at <= clock.now())


def count_to_warn() -> int:
    """Count the protections that end soon and have had no warning, for a dry run."""
    days = WARNING_DAYS.get()
    return _count(*_ending_soon(clock.now(), days)) if days else 0


def _count(*conditions: Any) -> int:
    with unscoped("expiry: protections end whoever may see them (CH-17)"):
        statement = select(func.count()).select_from(Binding).where(Binding.state == "live", *conditions)
        return db.session.scalar(statement) or 0


def _ending_soon(moment: datetime, days: Collection[int]) -> tuple[Any, ...]:
    """Return the condition that one of the days has come, and the broker was not warned for it or for a later
    one.
    """
    unwarned = [
        and_(
            Binding.expires_at <= moment + timedelta(days=one),
            or_(Binding.warned_days.is_(None), Binding.warned_days > one),
        )
        for one in days
    ]
    latest = moment + timedelta(days=max(days))
    return Binding.expires_at > moment, Binding.expires_at <= latest, or_(*unwarned)


def _day(moment: datetime) -> str:
    return f"{clock.to_local(moment):%Y-%m-%d %H:%M}"


def _due(batch: int, *conditions: Any) -> list[tuple[Binding, Referral]]:
    statement = (
        select(Binding, Referral)
        .join(Referral, Referral.id == Binding.referral_id)
        .where(Binding.state == "live", *conditions)
        .order_by(Binding.expires_at, Binding.id)
        .limit(batch)
        .with_for_update(skip_locked=True)
        .execution_options(populate_existing=True)
    )
    with unscoped("expiry: protections end whoever may see them (CH-17)"):
        return [(row.Binding, row.Referral) for row in db.session.execute(statement)]


def _end(pairs: Sequence[tuple[Binding, Referral]]) -> None:
    """End bindings and referrals, delete the keys, write a log row and a notice to the broker for each."""
    if not pairs:
        return
    heads = audit.lock_heads([referral for _binding, referral in pairs])
    changed = {"state": ("bound", "expired")}
    audit.store(
        [
            audit.next_row(
                heads[referral.id], SYSTEM, "referral.expire", referral, N_("The protection is over"), changed
            )
            for _binding, referral in pairs
        ]
    )
    notices.notify_many(
        N_("The protection of %(name)s (%(code)s) is over"),
        [
            (binding.broker_id, {"name": referral.name, "code": referral.code}, referral)
            for binding, referral in pairs
        ],
    )
    for written in expiring([binding for binding, _referral in pairs]):
        db.session.execute(scoped(written))
