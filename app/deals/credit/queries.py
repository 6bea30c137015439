"""Reading a customer's credit (CUST-17, CUST-18)."""

from __future__ import annotations

from decimal import Decimal
from functools import cache
from typing import TYPE_CHECKING, Any

from sqlalchemy import Select, bindparam, false, literal_column, select, union_all
from sqlalchemy.orm import joinedload

from app.customers.shared.queries import sees_history
from app.deals.credit.models import CreditLimit, CreditLimitChange
from app.deals.credit.parts import declared_amounts
from app.deals.credit.policies import Credit, CreditLine
from app.kernel import clock
from app.kernel.access.guard import scoped
from app.kernel.database.session import db

if TYPE_CHECKING:
    from app.customers.shared.models import Customer
    from app.kernel.access.actor import Actor

_L = CreditLimit.__table__.c


@cache
def _lines() -> Any:
    """Return the statement of all lines of a customer: kind, currency, amount; built once."""
    pk: Any = bindparam("customer_id")
    today: Any = bindparam("today")
    limits = select(literal_column("'limit'"), _L.currency, _L.amount).where(_L.customer_id == pk)
    parts = [
        select(literal_column(f"'{kind}'"), *amounts(pk, today).subquery().c)
        for kind, amounts in declared_amounts()
    ]
    return scoped(union_all(limits, *parts))


def credit_of(customer: Customer) -> Credit:
    """Return the credit of a customer that the caller has found in scope, in one statement.

    Where it decides, the customer's row is locked: whatever changes its exposure waits (CUST-18).
    """
    found: dict[str, dict[str, Decimal]] = {}
    given = {"customer_id": customer.id, "today": clock.today()}
    for kind, currency, amount in db.session.execute(_lines(), given):
        values = found.setdefault(currency, {})
        values[kind] = values.get(kind, Decimal(0)) + Decimal(amount or 0)
    lines = {currency: CreditLine(**values) for currency, values in sorted(found.items())}
    return Credit(customer.credit_enabled, lines)


def changes_of(customer: Customer, actor: Actor) -> Select[CreditLimitChange]:
    """Select the history of the customer's limits; none while it is known only through a push (POOL-17)."""
    found = select(CreditLimitChange).where(CreditLimitChange.customer_id == customer.id)
    if not sees_history(customer, actor):
        found = found.where(false())
    return found.options(joinedload(CreditLimitChange.created_by))


def find_limit(customer_id: int, currency: str) -> CreditLimit | None:
    """Return the limit of a locked customer in a currency."""
    wanted = select(CreditLimit).where(_L.customer_id == customer_id, _L.currency == currency)
    return db.session.scalars(wanted).one_or_none()
