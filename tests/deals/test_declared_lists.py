"""CUST-15, CUST-16: the lists of opportunities, quotes and tickets, on the page, in the API and of a customer."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import ClassVar

from app.deals.opportunities.services import create_opportunity, win_opportunity
from app.deals.quotes.services import create_quote, send_quote
from app.deals.tickets.services import create_ticket, solve_ticket
from app.kernel import clock
from tests.support.make import make_customer
from tests.support.web.kit import ApiTests, ListViewTests

LONG_AGO = datetime(2026, 1, 1, 4, tzinfo=UTC)
OUTSIDERS = ("director", "onsite", "broker", "visitor")


class _Records:
    """Two records of two customers of agent: one of January, one of today."""

    column = "title"
    allowed = ("agent", "manager", "auditor", "finance")
    outsiders = OUTSIDERS
    strangers = ("agent3", "other_agent", "sales")

    def prepare(self):
        self.agent = self.people.actor("agent")
        self.old, self.new = (make_customer(self.agent, name=name) for name in ("旧客户", "新客户"))
        self.known = {"agent": self.agent.id, "nobody": self.people.actor("manager").id, "old": self.old.id}
        with clock.frozen(LONG_AGO):
            self.make_old()
        self.make_new()


COMMON = {
    "title=旧": ["旧单"], "title=单": ["旧单", "新单"], "customer_id={old}": ["旧单"], "owner_id={agent}": ["旧单", "新单"],
    "owner_id={nobody}": [], "created_to=2026-01-31": ["旧单"], "created_from=2026-02-01": ["新单"],
}  # fmt: skip


class TestOpportunities(_Records, ListViewTests):
    """CUST-15, CUST-16: who opens the customer reads its opportunities, finance and auditors too."""

    view = "OpportunityView"
    api = "/opportunities"
    allowed = ("agent", "manager", "auditor")
    filters: ClassVar = {
        **COMMON, "status=won": ["旧单"], "stage=needs": ["新单"], "currency=USD": ["新单"],
        "expected_to=2026-02-28": ["旧单"], "expected_from=2026-03-01": ["新单"], "amount_from=150": ["新单"],
        "amount_to=150": ["旧单"], "late=yes": ["新单"],
    }  # fmt: skip
    orders: ClassVar = {
        "created_at": ["旧单", "新单"], "amount": ["旧单", "新单"], "expected_on": ["旧单", "新单"]
    }  # fmt: skip
    most = 9  # the totals, too

    def make_old(self):
        made = self.make(self.old, "旧单", 100, expected_on=clock.today())
        win_opportunity(made.id, actor=self.agent)

    def make_new(self):
        yesterday = clock.today() - timedelta(days=1)
        self.make(self.new, "新单", 200, stage="needs", currency="USD", expected_on=yesterday)

    def make(self, customer, title, amount, **more):
        values = {"customer_id": customer.id, "title": title, "amount": Decimal(amount), **more}
        return create_opportunity(**values, actor=self.agent)

    def add(self, number):
        self.make(make_customer(self.agent), f"商机{number}", 1)


class TestQuotes(_Records, ListViewTests):
    """CUST-15, CUST-16: who opens the customer reads its quotes."""

    view = "QuoteView"
    api = "/quotes"
    allowed = ("agent", "manager", "auditor")
    filters: ClassVar = {
        **COMMON, "status=sent": ["旧单"], "code={code}": ["旧单"], "currency=USD": ["新单"],
        "valid_until_to=2026-02-28": ["旧单"], "valid_until_from=2026-03-01": ["新单"], "amount_from=150": ["新单"],
    }  # fmt: skip
    orders: ClassVar = {
        "created_at": ["旧单", "新单"], "amount": ["旧单", "新单"], "valid_until": ["旧单", "新单"]
    }  # fmt: skip
    most = 10

    def make_old(self):
        made = self.make(self.old, "旧单", 100, valid_until=clock.today())
        self.known["code"] = made.code
        send_quote(made.id, actor=self.agent)

    def make_new(self):
        self.make(self.new, "新单", 200, currency="USD", valid_until=clock.today())

    def make(self, customer, title, amount, **more):
        values = {"customer_id": customer.id, "title": title, "amount": Decimal(amount), **more}
        return create_quote(**values, actor=self.agent)

    def add(self, number):
        self.make(make_customer(self.agent), f"报价{number}", 1)


class TestTickets(_Records, ListViewTests):
    """CUST-15, CUST-16: who opens the customer reads its tickets."""

    view = "TicketView"
    api = "/tickets"
    allowed = ("agent", "manager", "auditor")
    filters: ClassVar = {
        **COMMON, "status=solved": ["旧单"], "open=yes": ["新单"], "priority=urgent": ["新单"], "kind=repair": ["新单"],
        "due_to=2026-02-28": ["旧单"], "due_from=2026-03-01": ["新单"], "late=yes": ["新单"],
    }  # fmt: skip
    orders: ClassVar = {"created_at": ["旧单", "新单"], "due_at": ["旧单", "新单"]}

    def make_old(self):
        made = self.make(self.old, "旧单", due_at=clock.now())
        solve_ticket(made.id, actor=self.agent)

    def make_new(self):
        due = clock.now() - timedelta(hours=1)
        self.make(self.new, "新单", priority="urgent", kind="repair", due_at=due)

    def make(self, customer, title, **more):
        return create_ticket(customer_id=customer.id, title=title, **more, actor=self.agent)

    def add(self, number):
        self.make(make_customer(self.agent), f"工单{number}")


class _OfACustomer:
    """Two records of one customer."""

    column = "title"
    allowed = ("agent", "manager", "admin", "auditor")
    outsiders = OUTSIDERS
    strangers = ("agent3", "other_agent")
    orders: ClassVar = {"created_at": ["单1", "单2"]}

    def prepare(self):
        self.agent = self.people.actor("agent")
        self.pk = make_customer(self.agent).id
        self.add(1)
        self.add(2)


class TestOpportunitiesOfACustomer(_OfACustomer, ApiTests):
    """CUST-15: a part of the customer."""

    path = "/customers/<int:pk>/opportunities"

    def add(self, number):
        create_opportunity(customer_id=self.pk, title=f"单{number}", amount=Decimal(1), actor=self.agent)


class TestQuotesOfACustomer(_OfACustomer, ApiTests):
    """CUST-15: a part of the customer."""

    path = "/customers/<int:pk>/quotes"

    def add(self, number):
        create_quote(customer_id=self.pk, title=f"单{number}", amount=Decimal(1), actor=self.agent)


class TestTicketsOfACustomer(_OfACustomer, ApiTests):
    """CUST-15: a part of the customer."""

    path = "/customers/<int:pk>/tickets"

    def add(self, number):
        create_ticket(customer_id=self.pk, title=f"单{number}", actor=self.agent)
