"""Queries of opportunities: always scoped to the actor (CUST-15)."""

from __future__ import annotations

from collections import defaultdict
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from sqlalchemy import func

from app.deals.opportunities.choices import OPEN
from app.deals.opportunities.models import Opportunity
from app.deals.opportunities.settings import probability_of
from app.deals.shared.money import ZERO, to_cents
from app.deals.shared.queries import get_record, records_in_scope, with_people
from app.kernel.access.actor import cached_per_actor
from app.kernel.database.session import db

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sqlalchemy import Select

    from app.kernel.access.actor import Actor

PEOPLE = with_people(Opportunity)
_O = Opportunity.__table__.c


@cached_per_actor
def visible_opportunities(actor: Actor) -> Select[Opportunity]:
    """Select the opportunities of customers that the actor opens, and the actor's own (CUST-15)."""
    return records_in_scope(Opportunity, actor)


def get_opportunity(pk: int, *, actor: Actor, lock: bool = False) -> Opportunity:
    """Return an opportunity that the actor may see.

    :raises NotFound: when it does not exist, or is out of reach.
    """
    return get_record(Opportunity, pk, actor=actor, lock=lock)


def weighted(amount: Decimal, stage: str) -> Decimal:
    """Return an amount times the probability of its stage, to the cent."""
    return to_cents(amount * probability_of(stage) / 100)


def sums_by_stage(statement: Select[Any]) -> Mapping[tuple[str, str], Mapping[str, Decimal]]:
    """Return the total amounts of a scoped statement, in one statement: (status, stage) → currency →
    amount.
    """
    columns = (_O.status, _O.stage, _O.currency)
    asked = statement.with_only_columns(*columns, func.sum(_O.amount)).order_by(None).group_by(*columns)
    found: dict[tuple[str, str], dict[str, Decimal]] = defaultdict(dict)
    for status, stage, currency, amount in db.session.execute(asked):
        found[status, stage][currency] = to_cents(Decimal(amount))
    return found


def total_amounts(
    sums: Mapping[tuple[str, str], Mapping[str, Decimal]],
) -> tuple[dict[str, Decimal], dict[str, Decimal]]:
    """Return the totals by currency: of all, and of open ones weighted by the probability of their stage."""
    whole: dict[str, Decimal] = defaultdict(lambda: ZERO)
    likely: dict[str, Decimal] = defaultdict(lambda: ZERO)
    for (status, stage), amounts in sums.items():
        for currency, amount in amounts.items():
            whole[currency] += amount
            if status == OPEN:
                likely[currency] += weighted(amount, stage)
    return whole, likely
