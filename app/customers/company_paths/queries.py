"""Queries of customers' company paths: always scoped to the actor (CUST-12, ACC-14)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy.orm import joinedload

from app.customers.company_paths.models import CompanyPath
from app.customers.shared.belongings import belongings_of, get_belonging, visible_belongings
from app.kernel.access.actor import cached_per_actor

if TYPE_CHECKING:
    from sqlalchemy import Select

    from app.customers.shared.models import Customer
    from app.kernel.access.actor import Actor


@cached_per_actor
def visible_paths(actor: Actor) -> Select[CompanyPath]:
    """Select the company paths of customers of which the actor sees more than the basics."""
    return visible_belongings(CompanyPath, actor)


def get_path(pk: int, *, actor: Actor, lock: bool = False) -> CompanyPath:
    """Return a company path with its customer; both locked for a change if asked.

    :raises NotFound: when there is none, or its customer is out of reach.
    """
    return get_belonging(CompanyPath, pk, actor=actor, lock=lock)


def paths_of(customer: Customer) -> Select[CompanyPath]:
    """Select the company paths of a customer."""
    return belongings_of(CompanyPath, customer).options(
        joinedload(CompanyPath.customer), joinedload(CompanyPath.created_by)
    )
