"""Queries of contracts: always scoped to the actor, marked for the guard (CUST-15, CUST-16)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import Select, and_, func, or_, select
from sqlalchemy.orm import joinedload

from app.customers.shared.queries import facts_of, lock_customer
from app.deals.contracts.models import Contract
from app.deals.contracts.policies import ContractFacts, facts_from
from app.deals.shared.queries import get_record, records_in_scope, records_of, with_people
from app.kernel import clock
from app.kernel.access.actor import cached_per_actor
from app.kernel.access.guard import scoped
from app.kernel.database.records import get_one
from app.kernel.database.session import db
from app.kernel.errors import NotFound

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy import ColumnElement

    from app.customers.shared.models import Customer
    from app.kernel.access.actor import Actor

_K = Contract.__table__.c
CONTRACT_PEOPLE = with_people(Contract)


@cached_per_actor
def visible_contracts(actor: Actor) -> Select[Contract]:
    """Select the contracts that the actor may read (CUST-15)."""
    return records_in_scope(Contract, actor)


@cached_per_actor
def own_contracts(actor: Actor) -> Select[Contract]:
    """Select the tab of the actor's own contracts."""
    return scoped(select(Contract).where(_K.owner_id == actor.id))


def overdue_contracts(actor: Actor) -> Select[Contract]:
    """Select the tab of contracts with an overdue instalment; not cached, because the day changes."""
    return visible_contracts(actor).where(is_overdue())


def is_overdue() -> ColumnElement[bool]:
    """Return the condition of :attr:`Contract.is_overdue`."""
    return and_(
        _K.next_due_on.is_not(None), _K.state.in_(["signed", "ended"]), _K.next_due_on < clock.today()
    )


def is_partly_paid() -> ColumnElement[bool]:
    """Return the condition of :attr:`Contract.is_partly_paid`."""
    return and_(_K.received > 0, _K.received < _K.amount)


def is_in_force() -> ColumnElement[bool]:
    """Return the condition of :attr:`Contract.is_in_force`."""
    today = clock.today()
    return and_(
        _K.state == "signed",
        or_(_K.starts_on.is_(None), _K.starts_on <= today),
        or_(_K.ends_on.is_(None), _K.ends_on >= today),
    )


def signed_unpaid(customer_id: Any, _today: Any) -> Select[Any]:
    """Select what is signed and unpaid of a customer, by currency (CUST-18)."""
    unpaid = func.sum(_K.amount - _K.received)
    signed = select(_K.currency, unpaid).where(_K.customer_id == customer_id, _K.state == "signed")
    return signed.group_by(_K.currency)


def get_contract(pk: int, *, actor: Actor) -> Contract:
    """Return a contract that the actor may read, with its customer and people.

    :raises NotFound: when it does not exist, or is out of reach.
    """
    return get_record(Contract, pk, actor=actor)


def lock_contract(pk: int, *, actor: Actor) -> Contract:
    """Return the same for a change: first its customer is locked, then the contract (CUST-18).

    Whatever changes the exposure of one customer is done one after the other, and reads what the others left.
    """
    customer_id = db.session.scalar(
        visible_contracts(actor).where(_K.id == pk).with_only_columns(_K.customer_id)
    )
    if customer_id is None:
        raise NotFound
    customer = lock_customer(customer_id)
    found = visible_contracts(actor).where(_K.id == pk).options(joinedload(Contract.owner))
    contract: Contract = get_one(found, lock=True, of=(Contract,))
    contract.customer = customer
    return contract


def contracts_of(customer: Customer, actor: Actor) -> Select[Contract]:
    """Select the contracts of a customer that the actor can open, whoever made them (CUST-15)."""
    return records_of(Contract, customer, actor).options(joinedload(Contract.customer))


def contract_facts(contracts: Sequence[Contract], actor: Actor) -> dict[int, ContractFacts]:
    """Return the facts that the policies need about a page of contracts, in one statement."""
    customers = {one.customer_id: one.customer for one in contracts}
    facts = facts_of([*customers.values()], actor)
    return {one.id: facts_from(actor, one.customer, facts[one.customer_id]) for one in contracts}


def facts_for_contract(contract: Contract, actor: Actor) -> ContractFacts:
    """Return the facts about one contract."""
    return contract_facts([contract], actor)[contract.id]
