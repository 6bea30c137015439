"""APP-6: the list of requests, on the page and in the API."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from typing import ClassVar

from app.approvals.services import reject_request, request_credit, request_stage
from app.kernel import clock
from tests.support.make import make_customer
from tests.support.web.kit import ApiTests, ListViewTests

LONG_AGO = datetime(2026, 1, 1, 4, tzinfo=UTC)
FILTERS = {
    "state=pending": ["晚"], "state=rejected": ["早"], "kind=credit_limit_change": ["晚"], "kind=stage_change": ["早"],
    "customer_id={early}": ["早"], "created_to=2026-01-31": ["早"], "created_from=2026-02-01": ["晚"],
}  # fmt: skip


class Requests:
    """Two requests of an agent: an earlier one that was rejected, and one that waits."""

    orders: ClassVar = {"created_at": ["早", "晚"]}
    most = 10

    def prepare(self):
        agent, manager = self.people.actor("agent"), self.people.actor("manager")
        early, late = (make_customer(agent, kind="enterprise", name=name) for name in ("早", "晚"))
        with clock.frozen(LONG_AGO):
            made = request_stage(early.id, stage="ordinary", actor=agent)
            reject_request(made.id, comment="不", actor=manager)
        request_credit(late.id, credit_enabled=True, currency="CNY", amount=Decimal(1), actor=agent)
        self.known = {"early": early.id}

    def add(self, number):
        agent = self.people.actor("agent")
        made = make_customer(agent, kind="enterprise", name=f"客{number}")
        request_stage(made.id, stage="ordinary", actor=agent)


class TestApprovalPage(Requests, ListViewTests):
    """APP-6, ACC-14: who asked, who decides, and who opens the customer find a request."""

    view = "ApprovalView"
    tab = "all"
    column = "customer"
    allowed = ("agent", "manager", "finance", "auditor", "admin")
    outsiders = ("director", "onsite", "broker", "visitor")
    strangers = ("agent2", "other_agent")
    filters: ClassVar = FILTERS


class TestApprovals(Requests, ApiTests):
    """APP-6: the same in the API."""

    path = "/approvals"
    column = "customer"
    allowed = ("agent", "manager", "finance", "auditor", "admin")
    outsiders = ("director", "onsite", "broker")
    strangers = ("agent2", "other_agent")
    filters: ClassVar = FILTERS

    def api_value(self, item):
        return item["customer"]["name"]
