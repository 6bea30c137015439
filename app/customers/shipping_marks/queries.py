"""Queries of customers' shipping marks: always scoped to the actor (CUST-12, ACC-14)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy.orm import joinedload

from app.customers.shared.belongings import belongings_of, get_belonging, visible_belongings
from app.customers.shipping_marks.models import ShippingMark
from app.kernel.access.actor import cached_per_actor

if TYPE_CHECKING:
    from sqlalchemy import Select

    from app.customers.shared.models import Customer
    from app.kernel.access.actor import Actor


@cached_per_actor
def visible_marks(actor: Actor) -> Select[ShippingMark]:
    """Select the shipping marks of customers of which the actor sees more than the basics."""
    return visible_belongings(ShippingMark, actor)


def get_mark(pk: int, *, actor: Actor, lock: bool = False) -> ShippingMark:
    """Return a shipping mark with its customer; both locked for a change if asked.

    :raises NotFound: when there is none, or its customer is out of reach.
    """
    return get_belonging(ShippingMark, pk, actor=actor, lock=lock)


def marks_of(customer: Customer) -> Select[ShippingMark]:
    """Select the shipping marks of a customer."""
    return belongings_of(ShippingMark, customer).options(
        joinedload(ShippingMark.customer), joinedload(ShippingMark.author)
    )
