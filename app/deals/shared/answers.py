"""What becomes of business records when their customer changes hands, is merged or deleted (CUST-32)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from app.audit import services as audit
from app.customers.shared.parts import Answers, nothing
from app.kernel.access.guard import unscoped
from app.kernel.database.conditions import id_in
from app.kernel.database.session import db
from app.kernel.translation import N_

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from app.customers.shared.models import Customer
    from app.customers.shared.parts import HandOver, Merge
    from app.deals.shared.models import BusinessRecord
    from app.kernel.access.actor import Actor

HANDED_OVER = N_("Went to %(receiver)s with the customer")


def answers_of(
    model: type[BusinessRecord],
    open_statuses: Sequence[str],
    erase: Callable[[Any], None] | None = None,
) -> Answers:
    """Return the answers of a kind of records: open ones follow the customer's new owner, closed ones keep
    theirs; a merge moves all; a deletion keeps them with the customer's name as it then was (CUST-22).
    Nothing else changes them. ``erase(record)`` removes what is personal in a record.
    """

    def hand_over(step: HandOver) -> None:
        _hand_over(model, open_statuses, step)

    def merge(step: Merge) -> None:
        step.take(model.customer_id)

    def forget(customers: Sequence[Customer], _actor: Actor) -> None:
        for record in _records(model, customers):
            record.keep_name()
            if erase is not None:
                erase(record)

    return Answers(
        hand_over=hand_over, unshelve=nothing, recycle=nothing, freeze=nothing, merge=merge, erase=forget
    )


def _records(
    model: type[BusinessRecord], customers: Sequence[Customer], *conditions: Any
) -> list[BusinessRecord]:
    """Return records of customers, locked in one order, whoever made them."""
    of_these = id_in(model.__table__.c.customer_id, [one.id for one in customers])
    found = select(model).where(of_these, *conditions).order_by(model.id)
    found = found.options(joinedload(model.owner), joinedload(model.customer))
    found = found.with_for_update(of=model).execution_options(populate_existing=True)
    with unscoped("business records go with their customer, whoever made them (CUST-32)"):
        return [*db.session.scalars(found).unique()]


def _hand_over(model: type[BusinessRecord], open_statuses: Sequence[str], step: HandOver) -> None:
    """Give the former person's open records to the new one. A personal customer without a former owner
    comes out of the public pool: all its open records go along.
    """
    table: Any = model.__table__.c
    conditions = [table.status.in_(open_statuses)]
    if step.former_id is not None:
        conditions.append(table.owner_id == step.former_id)
    elif step.customer.pool != "personal":
        return
    for record in _records(model, [step.customer], *conditions):
        if record.owner_id == step.receiver.id:
            continue
        changed = {"owner": (record.owner.name, step.receiver.name)}
        record.hand_to(step.receiver)
        operation = f"{model.__audit__}.hand_over"
        audit.record(step.actor, operation, record, HANDED_OVER, changed, receiver=step.receiver.name)
