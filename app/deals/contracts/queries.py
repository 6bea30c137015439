"""Queries of contracts: always scoped to the actor, marked for the guard (CUST-15, CUST-16)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import Select, and_, false, func, or_, select
from sqlalchemy.orm import joinedload

from app.customers.shared.models import Customer
from app.customers.shared.queries import (
    facts_of,
    fully_open_customers,
    in_data_scope,
    lock_customer,
    sees_history,
)
from app.deals.contracts.models import Contract
from app.deals.contracts.policies import ContractFacts, facts_from
from app.kernel import clock
from app.kernel.access.actor import cached_per_actor
from app.kernel.access.guard import scoped
from app.kernel.database.records import get_one
from app.kernel.database.session import db
from app.kernel.errors import NotFound
from app.kernel.lists.grounds import AccessGround, narrow_to_grounds

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy import ColumnElement

    from app.kernel.access.actor import Actor

_K = Contract.__table__.c
_C = Customer.__table__.c
_FEW = 5  # departments, as for customers
CONTRACT_PEOPLE = (
    joinedload(Contract.owner),
    joinedload(Contract.customer).joinedload(Customer.owner),
    joinedload(Contract.customer).joinedload(Customer.handler),
    joinedload(Contract.customer).joinedload(Customer.private_holder),
)


def in_reach(statement: Select[Any], owner: Any, customer: Any, actor: Actor) -> Select[Any]:
    """Narrow records of customers to those that the actor may read: who has scope over their owner, and who
    may open the customer (CUST-15).

    :param owner: the column of the record's owner.
    :param customer: the column of its customer.
    """
    found = scoped(statement)
    if actor.opens_all:
        return found
    customers = fully_open_customers(actor).with_only_columns(_C.id)
    few = len(actor.departments) <= _FEW
    of_customers = AccessGround(None, customer, customers) if few else AccessGround(customer.in_(customers))
    return narrow_to_grounds(found, [in_data_scope(owner, actor), of_customers])


@cached_per_actor
def visible_contracts(actor: Actor) -> Select[Contract]:
    """Select the contracts that the actor may read (CUST-15)."""
    return in_reach(select(Contract), _K.owner_id, _K.customer_id, actor)


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
    return get_one(visible_contracts(actor).where(_K.id == pk).options(*CONTRACT_PEOPLE))


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
    found = scoped(select(Contract).where(_K.customer_id == customer.id))
    if not sees_history(customer, actor):
        found = found.where(false())
    return found.options(joinedload(Contract.owner), joinedload(Contract.customer))


def contract_facts(contracts: Sequence[Contract], actor: Actor) -> dict[int, ContractFacts]:
    """Return the facts that the policies need about a page of contracts, in one statement."""
    customers = {one.customer_id: one.customer for one in contracts}
    facts = facts_of([*customers.values()], actor)
    return {one.id: facts_from(actor, one.customer, facts[one.customer_id]) for one in contracts}


def facts_for_contract(contract: Contract, actor: Actor) -> ContractFacts:
    """Return the facts about one contract."""
    return contract_facts([contract], actor)[contract.id]
