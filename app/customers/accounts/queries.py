"""Queries of customers' bank accounts: always scoped to the actor (CUST-12, ACC-14)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy.orm import joinedload

from app.customers.accounts.models import BankAccount
from app.customers.shared.belongings import belongings_of, get_belonging, visible_belongings
from app.kernel.access.actor import cached_per_actor

if TYPE_CHECKING:
    from sqlalchemy import Select

    from app.customers.shared.models import Customer
    from app.kernel.access.actor import Actor


@cached_per_actor
def visible_accounts(actor: Actor) -> Select[BankAccount]:
    """Select the bank accounts of customers of which the actor sees more than the basics."""
    return visible_belongings(BankAccount, actor)


def get_account(pk: int, *, actor: Actor, lock: bool = False) -> BankAccount:
    """Return a bank account with its customer; both locked for a change if asked.

    :raises NotFound: when there is none, or its customer is out of reach.
    """
    return get_belonging(BankAccount, pk, actor=actor, lock=lock)


def accounts_of(customer: Customer) -> Select[BankAccount]:
    """Select the bank accounts of a customer."""
    return belongings_of(BankAccount, customer).options(
        joinedload(BankAccount.customer), joinedload(BankAccount.created_by)
    )
