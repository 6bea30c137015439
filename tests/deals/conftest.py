"""A customer of ``agent``, and records of it by the real services."""

from __future__ import annotations

from decimal import Decimal
from types import SimpleNamespace
from typing import Any

import pytest

from app.deals.opportunities.services import create_opportunity
from app.deals.quotes.lines import LineValues
from app.deals.quotes.services import create_quote
from app.deals.tickets.services import create_ticket
from tests.support.make import make_customer


def line(item="年费", quantity="1", price="100", discount="0", tax="0") -> LineValues:
    """Return a line of a quote."""
    return LineValues(item, *(Decimal(one) for one in (quantity, price, discount, tax)))


@pytest.fixture
def deals(world) -> SimpleNamespace:
    """Makers of records: ``opportunity``, ``quote``, ``ticket``; ``customer`` is agent's own."""
    agent = world.actor("agent")
    customer = make_customer(agent, kind="enterprise", name="蓉城科技")

    def opportunity(actor: Any = agent, **values: Any) -> Any:
        usual = {"customer_id": customer.id, "title": "年度采购", "amount": Decimal("1000.00")}
        return create_opportunity(**{**usual, **values}, actor=actor)

    def quote(actor: Any = agent, **values: Any) -> Any:
        usual = {"customer_id": customer.id, "title": "采购报价", "lines": [line()]}
        return create_quote(**{**usual, **values}, actor=actor)

    def ticket(actor: Any = agent, **values: Any) -> Any:
        return create_ticket(**{"customer_id": customer.id, "title": "门锁损坏", **values}, actor=actor)

    return SimpleNamespace(
        customer=customer, opportunity=opportunity, quote=quote, ticket=ticket, agent=agent, line=line
    )
