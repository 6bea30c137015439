"""Business records, made for the operations of the API."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any

from app.deals.contracts.services import end_contract
from app.deals.opportunities.services import create_opportunity, lose_opportunity
from app.deals.quotes.services import accept_quote, create_quote, send_quote
from app.deals.tickets.services import create_ticket, solve_ticket
from tests.support import deals, make

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.support.databases.database import Database


def business_records(database: Database) -> dict[str, list[Any]]:
    """Create business records in the states that operations need."""
    agent = database.world.actor("agent")
    customer = make.make_customer(agent).id
    here: dict[str, Any] = {"customer_id": customer, "actor": agent}

    def opportunity() -> int:
        return create_opportunity(title="商机", amount=Decimal(100), **here).id

    def quote(*steps: Callable[..., Any]) -> int:
        made = create_quote(title="报价", amount=Decimal(100), **here).id
        for step in steps:
            step(made, actor=agent)
        return made

    lost, solved = opportunity(), create_ticket(title="工单", **here).id
    lose_opportunity(lost, reason="price", actor=agent)
    solve_ticket(solved, actor=agent)
    return {
        "opportunities": [opportunity()],
        "ending_opportunities": [opportunity()],
        "losing_opportunities": [opportunity()],
        "lost_opportunities": [lost],
        "quotes": [quote()],
        "draft_quotes": [quote()],
        "sent_quotes": [quote(send_quote)],
        "refusable_quotes": [quote(send_quote)],
        "accepted_quotes": [quote(send_quote, accept_quote)],
        "agreed_quotes": [quote(send_quote, accept_quote)],
        "tickets": [create_ticket(title="工单", **here).id],
        "waiting_tickets": [create_ticket(title="工单", **here).id],
        "closing_tickets": [create_ticket(title="工单", **here).id],
        "open_tickets": [create_ticket(title="工单", **here).id],
        "solved_tickets": [solved],
        "with_deals": [customer],
    }


def contracts(database: Database) -> dict[str, list[Any]]:
    """Create contracts in each state, with instalments and receipts, for their operations."""
    agent, finance = (database.world.actor(name) for name in ("agent", "finance"))
    firm = make.make_customer(agent, kind="enterprise")
    drafts = [deals.make_contract(firm, agent) for _ in range(5)]
    signed = [deals.make_signed(firm, agent) for _ in range(2)]
    ended = end_contract(deals.make_signed(firm, agent).id, actor=agent)
    other = deals.make_signed(make.make_customer(agent, kind="enterprise"), agent)
    payments = [deals.make_payment(one, agent, 500) for one in (signed[0], other)]
    deals.make_payment(drafts[4], agent)
    receipt = deals.make_receipt(payments[1], finance, 100)
    return {
        "firms": [firm.id],
        "contracts": [drafts[0].id],
        "drafts": [drafts[1].id],
        "voided_contracts": [drafts[2].id],
        "planned_contracts": [drafts[3].id],
        "signed_contracts": [signed[1].id],
        "ended_contracts": [ended.id],
        "payments": [payments[0].id],
        "received_payments": [payments[1].id],
        "receipts": [receipt.id],
    }
