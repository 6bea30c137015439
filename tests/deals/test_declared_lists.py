"""The lists of contracts, instalments and their parts: CUST-16, CUST-17, PLAT-9."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import ClassVar

from app.deals.contracts.services import sign_contract
from app.deals.credit.services import set_credit
from app.kernel import clock
from tests.support.deals import make_contract, make_firm, make_payment, make_receipt
from tests.support.web.kit import ApiTests, ListViewTests

EARLY, LATE = (datetime(2026, month, 1, tzinfo=UTC) for month in (1, 2))


class _Records:
    """Two contracts of two customers: the early one signed, half paid and overdue; the late one a draft in
    dollars.
    """

    def prepare(self):
        world = self.people
        self.sales, self.finance = world.actor("sales"), world.actor("finance")
        self.firm, other = make_firm(world, name="甲公司"), make_firm(world, name="乙公司")
        with clock.frozen(EARLY):
            early = make_contract(self.firm, self.sales, 1000, title="早", ends_on=date(2026, 3, 1))
            sign_contract(early.id, actor=self.sales)
            self.first = make_payment(early, self.sales, 600, date(2026, 1, 15))
            self.receipt = make_receipt(self.first, self.finance, 300)
        with clock.frozen(LATE):
            late = make_contract(
                other, self.sales, 2000, title="晚", currency="USD", ends_on=date(2099, 1, 1)
            )
            self.second = make_payment(late, self.sales, 900, date(2099, 1, 1))
        self.early, self.late = early, late
        self.known = {
            "early": early.id, "code": early.code, "late": late.code, "firm": self.firm.id, "sales": self.sales.id,
            "nobody": world.actor("auditor").id,
        }  # fmt: skip


class TestContracts(_Records, ListViewTests):
    """CUST-15, CUST-16: who opens the customer, and who has scope over the owner, finds its contracts."""

    view = "ContractView"
    api = "/contracts"
    column = "title"
    allowed = ("sales", "finance", "admin", "auditor")
    outsiders = ("director", "onsite", "broker", "visitor")
    strangers = ("agent", "other_agent")
    filters: ClassVar = {
        "code={code}": ["早"], "title=早": ["早"], "customer_id={firm}": ["早", "路"], "status=signed": ["早"],
        "in_force=no": ["早", "晚", "路"], "in_force=yes": [], "partly_paid=yes": ["早"], "overdue=yes": ["早"],
        "overdue=no": ["晚", "路"], "owner_id={sales}": ["早", "晚", "路"], "owner_id={nobody}": [],
        "currency=USD": ["晚"], "amount_from=1600": ["晚"], "ends_to=2026-03-01": ["早"],
        "ends_from=2026-06-02": ["晚"], "created_to=2026-01-31": ["早", "路"], "company_path_id=1": ["路"],
    }  # fmt: skip
    orders: ClassVar = {
        "created_at": ["早", "路", "晚"], "amount": ["早", "路", "晚"], "ends_on": ["早", "路", "晚"]
    }  # fmt: skip

    def prepare(self):
        super().prepare()
        with clock.frozen(EARLY):
            self.path = make_contract(
                self.firm, self.sales, 1500, title="路", company_path_id=1, ends_on=date(2026, 6, 1)
            )

    def add(self, number):
        make_contract(self.firm, self.sales, 5000 + number, title=f"多{number}")


class TestPayments(_Records, ListViewTests):
    """CUST-16: instalments of the customers that one may open."""

    view = "PaymentView"
    api = "/payments"
    column = "contract"
    allowed = ("sales", "finance", "admin", "auditor")
    outsiders = ("director", "onsite", "broker", "visitor")
    strangers = ("agent", "other_agent")
    filters: ClassVar = {
        "contract_id={early}": ["{code}"], "customer_id={firm}": ["{code}"], "partly_paid=yes": ["{code}"],
        "overdue=yes": ["{code}"], "overdue=no": ["{late}"], "paid=no": ["{code}", "{late}"], "paid=yes": [],
        "owner_id={nobody}": [], "owner_id={sales}": ["{code}", "{late}"], "due_to=2026-01-15": ["{code}"],
        "due_from=2026-01-16": ["{late}"], "amount_from=700": ["{late}"], "created_to=2026-01-31": ["{code}"],
    }  # fmt: skip
    orders: ClassVar = {key: ["{code}", "{late}"] for key in ("created_at", "due_on", "amount")}

    def api_value(self, item):
        return item["contract"]["name"].split(" · ")[1]

    def add(self, number):
        make_payment(self.late, self.sales, Decimal(1) + number, date(2098, 1, 1 + number))


class _OfFirm(_Records):
    allowed = ("sales", "finance", "admin", "auditor")
    outsiders = ("director", "onsite", "broker", "visitor")
    strangers = ("agent", "other_agent")
    column = "id"

    def prepare(self):
        super().prepare()
        self.pk = self.firm.id


class TestContractsOfACustomer(_OfFirm, ApiTests):
    """CUST-15, PLAT-9: all contracts of a customer, whoever made them."""

    path = "/customers/<int:pk>/contracts"
    orders: ClassVar = {"created_at": ["1", "3"]}

    def prepare(self):
        super().prepare()
        make_contract(self.firm, self.sales, 1)

    def add(self, number):
        make_contract(self.firm, self.sales, 5000 + number)


class TestPaymentsOfACustomer(_OfFirm, ApiTests):
    """CUST-15, PLAT-9: all instalments of a customer."""

    path = "/customers/<int:pk>/payments"
    orders: ClassVar = {"created_at": ["1", "3"]}

    def prepare(self):
        super().prepare()
        self.add(0)

    def add(self, number):
        make_payment(self.early, self.sales, 1 + number)


class TestReceiptsOfAnInstalment(_OfFirm, ApiTests):
    """CUST-16, PLAT-9: receipts of an instalment, counter-entries included."""

    path = "/payments/<int:pk>/receipts"
    orders: ClassVar = {"created_at": ["1", "2"]}

    def prepare(self):
        super().prepare()
        self.pk = self.first.id
        self.add(0)

    def add(self, number):
        make_receipt(self.first, self.finance, 1 + number)


class TestCreditChangesOfACustomer(_OfFirm, ApiTests):
    """CUST-17, PLAT-9: the history of a customer's limits."""

    path = "/customers/<int:pk>/credit-changes"
    orders: ClassVar = {"created_at": ["1", "2"]}

    def prepare(self):
        super().prepare()
        self.add(0)
        self.add(1)

    def add(self, number):
        set_credit(
            self.firm.id,
            credit_enabled=True,
            currency="CNY",
            amount=Decimal(100 + number),
            actor=self.finance,
        )
