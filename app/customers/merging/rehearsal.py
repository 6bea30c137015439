"""A merge tried out: everything is done, looked at, and rolled back (``dry_run``, CUST-9)."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from app.customers.merging.services import merge_customers
from app.kernel.database.session import db
from app.kernel.database.transactions import transactional

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from app.customers.merging.services import Merged
    from app.kernel.access.actor import Actor


class _RolledBackError(Exception):
    """Carries the outcome out of the transaction that it ends."""

    def __init__(self, outcome: Merged) -> None:
        super().__init__()
        self.outcome = outcome


def rehearse_merge(
    pk: int, *, other_ids: Sequence[int], choices: Mapping[str, Any] | None = None, actor: Actor
) -> Merged:
    """Return what a merge would come to; nothing stays. It is refused as the merge would be."""
    try:
        _merge_and_roll_back(pk, other_ids, choices, actor)
    except _RolledBackError as done:
        return done.outcome
    message = "a rehearsal ends by its exception"
    raise RuntimeError(message)


@transactional
def _merge_and_roll_back(
    pk: int, other_ids: Sequence[int], choices: Mapping[str, Any] | None, actor: Actor
) -> None:
    merged = merge_customers(pk, other_ids=other_ids, choices=choices, actor=actor)
    db.session.flush()
    for one in (merged.customer, *merged.merged):
        _load(one)
        db.session.expunge(one)  # it is shown as it would be, though it is not
    raise _RolledBackError(replace(merged, is_rehearsal=True))


def _load(customer: Any) -> None:
    """Load what the record of the API shows, before the rows are gone."""
    db.session.refresh(customer)
    for name in ("owner", "handler", "private_holder", "department", "district", "demand_districts"):
        getattr(customer, name)
