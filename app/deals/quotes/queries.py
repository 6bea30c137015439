"""Queries of quotes: always scoped to the actor (CUST-15)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import func
from sqlalchemy.orm import selectinload

from app.deals.quotes.models import Quote
from app.deals.shared.money import to_cents
from app.deals.shared.queries import get_record, records_in_scope, with_people
from app.kernel.access.actor import cached_per_actor
from app.kernel.database.session import db

if TYPE_CHECKING:
    from decimal import Decimal

    from sqlalchemy import Select

    from app.kernel.access.actor import Actor

PEOPLE = (*with_people(Quote), selectinload(Quote.lines))
_Q = Quote.__table__.c


@cached_per_actor
def visible_quotes(actor: Actor) -> Select[Quote]:
    """Select the quotes of customers that the actor opens, and the actor's own (CUST-15)."""
    return records_in_scope(Quote, actor)


def get_quote(pk: int, *, actor: Actor, lock: bool = False) -> Quote:
    """Return a quote that the actor may see; its lines are loaded when they are read.

    :raises NotFound: when it does not exist, or is out of reach.
    """
    return get_record(Quote, pk, actor=actor, lock=lock)


def sums_of_quotes(statement: Select[Any]) -> dict[str, Decimal]:
    """Return the total amounts of a scoped statement by currency."""
    asked = statement.with_only_columns(_Q.currency, func.sum(_Q.amount)).order_by(None).group_by(_Q.currency)
    return {currency: to_cents(amount) for currency, amount in db.session.execute(asked)}
