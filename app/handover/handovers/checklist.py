"""The checklist of a handover, made of what hangs on the customer (HAND-2)."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from app.deals.contracts.models import Contract
from app.deals.opportunities.models import Opportunity
from app.deals.payments.models import Payment
from app.deals.payments.queries import is_owed
from app.deals.shared.currencies import money
from app.deals.tickets.choices import OPEN_STATUSES
from app.deals.tickets.models import Ticket
from app.kernel import clock
from app.kernel.access.guard import unscoped
from app.kernel.clock import to_local
from app.kernel.database.conditions import id_in
from app.kernel.database.session import db
from app.kernel.translation import N_

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from app.customers.shared.models import Customer

BASICS = N_("%(name)s (%(code)s): numbers, contacts, needs and agreements")
OPPORTUNITY = N_("Opportunity “%(title)s”: %(amount)s, expected %(day)s")
IN_FORCE = N_("Contract %(code)s “%(title)s”: %(amount)s, from %(begin)s to %(end)s")
PAST = N_("Past contracts: %(count)s, the last is %(code)s")
TICKET = N_("Ticket “%(title)s”, due %(day)s")
PAYMENT = N_("%(unpaid)s of contract %(code)s, due %(day)s, are not paid")


@dataclass
class Checklist:
    """Items as (kind, msgid, facts); ``has_business``: somebody has to go through them (HAND-1)."""

    items: list[tuple[str, str, dict[str, str]]] = field(default_factory=list)
    has_business: bool = False

    def add(self, kind: str, message: str, **facts: Any) -> None:
        """Add an item; a day or time that is not known is a dash."""
        self.items.append((kind, message, {key: str(value or "—") for key, value in facts.items()}))


def checklists_of(customers: Sequence[Customer]) -> dict[int, Checklist]:
    """Return the checklists of customers, in a fixed number of statements."""
    made = {one.id: Checklist() for one in customers}
    for one in customers:
        made[one.id].add("basic_info", BASICS, name=one.name, code=one.code)
    with unscoped("the checklist names what hangs on the customer, whoever made it (HAND-2)"):
        _add_opportunities(made)
        _add_contracts(made)
        _add_tickets(made)
        _add_payments(made)
    return made


def _records(model: Any, made: dict[int, Checklist], *conditions: Any, load: tuple[Any, ...] = ()) -> Any:
    of_these = id_in(model.__table__.c.customer_id, [*made])
    return db.session.scalars(select(model).where(of_these, *conditions).order_by(model.id).options(*load))


def _add_opportunities(made: dict[int, Checklist]) -> None:
    for one in _records(Opportunity, made, Opportunity.status == "open"):
        amount = money(one.amount, one.currency)
        checklist = made[one.customer_id]
        checklist.has_business = True
        checklist.add("opportunities", OPPORTUNITY, title=one.title, amount=amount, day=one.expected_on)


def _add_contracts(made: dict[int, Checklist]) -> None:
    past: dict[int, list[Contract]] = {}
    contracts: Iterable[Contract] = _records(Contract, made, Contract.state.in_(["signed", "ended"]))
    for one in contracts:
        if one.state == "ended" or (one.ends_on is not None and one.ends_on < clock.today()):
            past.setdefault(one.customer_id, []).append(one)
            continue
        made[one.customer_id].has_business = True
        made[one.customer_id].add(
            "contracts",
            IN_FORCE,
            code=one.code,
            title=one.title,
            amount=money(one.amount, one.currency),
            begin=one.starts_on,
            end=one.ends_on,
        )
    for customer_id, ended in past.items():
        made[customer_id].add("contracts", PAST, count=len(ended), code=ended[-1].code)


def _add_tickets(made: dict[int, Checklist]) -> None:
    for one in _records(Ticket, made, Ticket.status.in_(OPEN_STATUSES)):
        day = to_local(one.due_at).date() if one.due_at else None
        made[one.customer_id].has_business = True
        made[one.customer_id].add("service_tickets", TICKET, title=one.title, day=day)


def _add_payments(made: dict[int, Checklist]) -> None:
    """Every unpaid instalment is open business; those overdue or partly paid are items."""
    unpaid = Payment.received < Payment.amount, is_owed()
    for one in _records(Payment, made, *unpaid, load=(joinedload(Payment.contract),)):
        made[one.customer_id].has_business = True
        if one.is_overdue or one.is_partly_paid:
            left = money(one.unpaid, one.contract.currency)
            made[one.customer_id].add(
                "payment_issues", PAYMENT, unpaid=left, code=one.contract.code, day=one.due_on
            )
