"""What becomes of contracts when their customer changes hands, is merged or erased (CUST-32)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from app.audit import services as audit
from app.deals.contracts.models import Contract
from app.kernel.access.guard import unscoped
from app.kernel.database.conditions import id_in
from app.kernel.database.session import db
from app.kernel.translation import N_
from app.notices.services import reassign_todos

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy import ColumnElement

    from app.customers.shared.models import Customer
    from app.customers.shared.parts import HandOver, Merge
    from app.kernel.access.actor import Actor

HANDED_OVER = N_("Went to %(owner)s with the customer")


def hand_over_contracts(step: HandOver) -> None:
    """Give contracts in draft or in force to the new person; closed ones keep theirs (CUST-32)."""
    followed = _locked(
        Contract.customer_id == step.customer.id,
        Contract.state.in_(["draft", "signed"]),
        Contract.owner_id != step.receiver.id,
    )
    for contract in followed:
        owners = {"owner": (contract.owner.name, step.receiver.name)}
        contract.hand_over(step.receiver)
        audit.record(
            step.actor, "contract.hand_over", contract, HANDED_OVER, owners, owner=step.receiver.name
        )
    reassign_todos([one.reminder_id for one in followed if one.reminder_id], step.receiver.id)


def merge_contracts(step: Merge) -> None:
    """The survivor takes the contracts of the merged file (CUST-9)."""
    step.take(Contract.customer_id)


def erase_contracts(customers: Sequence[Customer], _actor: Actor) -> None:
    """Keep the contracts of erased files with the customer's name as it then was (CUST-22)."""
    names = {customer.id: customer.name for customer in customers}
    for contract in _locked(id_in(Contract.customer_id, names)):
        contract.customer_name = names[contract.customer_id]


def _locked(*conditions: ColumnElement[bool]) -> Sequence[Contract]:
    found = select(Contract).where(*conditions).order_by(Contract.id).options(joinedload(Contract.owner))
    with unscoped("the contracts follow their customer, whoever may open them (CUST-32)"):
        return db.session.scalars(found.with_for_update(of=Contract)).all()
