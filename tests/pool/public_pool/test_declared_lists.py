"""POOL-3, POOL-19, POOL-20: the record of the public pool and the rules, on pages and in the API."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import ClassVar

from sqlalchemy import func, select

from app.kernel import clock
from app.kernel.database.session import db
from app.pool.public_pool.models import PoolEntry
from app.pool.public_pool.services import claim_from_pool
from app.pool.public_pool.settings import CLAIMS_A_DAY, FORMER_OWNER_DAYS
from app.pool.recycling.rules import create_rule
from app.pool.recycling.services import recycle_to_pool
from tests.support.make import make_customer
from tests.support.web.kit import ApiTests, ListViewTests

LONG_AGO = datetime(2026, 1, 1, 4, tzinfo=UTC)


class Entries:
    """Two customers of an agent in the public pool, the earlier one claimed by a colleague."""

    orders: ClassVar = {"created_at": ["早", "晚"]}

    def prepare(self):
        agent, mate = self.people.actor("agent"), self.people.actor("agent2")
        with clock.frozen(LONG_AGO):
            early = recycle_to_pool(make_customer(agent, name="早").id, reason="x", actor=agent)
            claim_from_pool(early.id, actor=mate)
        recycle_to_pool(make_customer(agent, name="晚").id, reason="x", actor=agent)
        self.known = {
            "agent": agent.id, "mate": mate.id, "store": agent.department_id,
            "region": self.people.actor("regional").department_id,
        }  # fmt: skip

    def add(self, number):
        agent = self.people.actor("agent")
        recycle_to_pool(make_customer(agent, name=f"客{number}").id, reason="x", actor=agent)


FILTERS = {
    "state=available": ["晚"], "state=claimed": ["早"], "reason=manual": ["早", "晚"], "reason=resignation": [],
    "department_id={store}": ["早", "晚"], "department_id={region}": [], "original_owner_id={agent}": ["早", "晚"],
    "original_owner_id={mate}": [], "new_owner_id={mate}": ["早"], "new_owner_id={agent}": [],
    "created_to=2026-01-31": ["早"], "created_from=2026-02-01": ["晚"],
}  # fmt: skip


class TestPoolEntryPage(Entries, ListViewTests):
    """POOL-3, PLAT-9: one's department, those below it and those in scope."""

    view = "PoolEntryView"
    tab = "all"
    column = "customer"
    allowed = ("agent", "agent2", "manager", "regional")
    outsiders = ("finance", "broker", "director")
    strangers = ("other_agent",)
    filters: ClassVar = FILTERS


class TestPoolEntries(Entries, ApiTests):
    """POOL-3, PLAT-9: the same in the API."""

    path = "/pool-entries"
    allowed = ("agent", "admin", "manager")
    outsiders = ("finance", "broker", "director")
    strangers = ("other_agent",)
    filters: ClassVar = FILTERS

    def api_value(self, item):
        return item["customer"]["name"]


class Rules:
    """Two rules of a company, for a store and for won customers."""

    orders: ClassVar = {"created_at": ["7", "9"]}

    def prepare(self):
        admin, agent = self.people.actor("regional"), self.people.actor("agent")
        values = {"level": None, "to_department_id": None}
        with clock.frozen(LONG_AGO):
            create_rule(department_id=agent.department_id, deal_status=None, days=7, **values, actor=admin)
        values["level"] = "normal"
        create_rule(department_id=None, deal_status="won", days=9, **values, actor=admin)
        self.known = {"store": agent.department_id, "region": admin.department_id}
        self.admin = admin

    def add(self, number):
        status = ("potential", "intent", "lost")[number % 3]
        level = ("important", "normal", "prospective")[number // 3 % 3]
        department = self.known["region" if number // 9 % 2 else "store"]
        create_rule(department_id=department, deal_status=status, level=level, days=30,
                    to_department_id=None, actor=self.admin)  # fmt: skip


RULE_FILTERS = {
    "department_id={store}": ["7"], "department_id={region}": [], "deal_status=won": ["9"],
    "deal_status=lost": [], "level=normal": ["9"], "level=important": [],
}  # fmt: skip


class TestRules(Rules, ApiTests):
    """POOL-19, PLAT-9: the rules of one's company."""

    path = "/recycling-rules"
    allowed = ("manager", "admin", "auditor")
    outsiders = ("agent", "finance", "broker", "director")
    strangers = ()
    filters: ClassVar = RULE_FILTERS

    def api_value(self, item):
        return str(item["days"])


class TestRulePage(Rules, ListViewTests):
    """POOL-19, PLAT-9: the same on the page."""

    view = "RecyclingRuleView"
    column = "days"
    allowed = ("manager", "admin", "auditor")
    outsiders = ("agent", "finance", "broker", "director")
    strangers = ()
    orders: ClassVar = {"created_at": ["7 天", "9 天"]}
    filters: ClassVar = {query: [f"{days} 天" for days in found] for query, found in RULE_FILTERS.items()}


class TestEntriesOfACustomer(ApiTests):
    """POOL-20, PLAT-9: each time of a customer in the public pool."""

    path = "/customers/<int:pk>/pool-entries"
    column = "id"
    allowed = ("agent", "manager", "admin", "auditor")
    outsiders = ("onsite", "director", "broker", "visitor")
    strangers = ("other_agent",)
    orders: ClassVar = {"created_at": ["1", "2"]}

    def prepare(self):
        self.agent = self.people.actor("agent")
        FORMER_OWNER_DAYS.store(0)
        CLAIMS_A_DAY.store(1000)
        self.pk = make_customer(self.agent).id
        self.add(0)
        self.add(1)

    def add(self, number):
        """Put the customer into the pool, after its owner took it back."""
        if number or db.session.scalar(select(func.count(PoolEntry.id))):
            claim_from_pool(self.pk, actor=self.agent)
        recycle_to_pool(self.pk, reason="x", actor=self.agent)
