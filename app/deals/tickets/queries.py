"""Queries of service tickets: always scoped to the actor (CUST-15)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from app.deals.shared.queries import get_record, records_in_scope, with_people
from app.deals.tickets.models import Ticket
from app.kernel.access.actor import cached_per_actor

if TYPE_CHECKING:
    from sqlalchemy import Select

    from app.kernel.access.actor import Actor

PEOPLE = with_people(Ticket)


@cached_per_actor
def visible_tickets(actor: Actor) -> Select[Ticket]:
    """Select the tickets of customers that the actor opens, and the actor's own (CUST-15)."""
    return records_in_scope(Ticket, actor)


def get_ticket(pk: int, *, actor: Actor, lock: bool = False) -> Ticket:
    """Return a ticket that the actor may see.

    :raises NotFound: when it does not exist, or is out of reach.
    """
    return get_record(Ticket, pk, actor=actor, lock=lock)
