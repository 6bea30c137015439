"""POOL-8, POOL-16, POOL-17: the lists of pushes and the shelf log of a customer, on the page and in the API."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import ClassVar

from app.kernel import clock
from app.pool.shelving.services import shelve_customer, unshelve_customer
from tests.support.make import make_customer, make_push
from tests.support.web.kit import ApiTests, ListViewTests

LONG_AGO = datetime(2026, 1, 1, 4, tzinfo=UTC)


class Pushes:
    """Two pushes of an agent to two colleagues, the earlier one rejected."""

    orders: ClassVar = {"created_at": ["早", "晚"]}

    def prepare(self):
        sender = self.people.actor("agent")
        early, late = make_customer(sender, name="早"), make_customer(sender, name="晚")
        with clock.frozen(LONG_AGO):
            make_push(early, sender=sender, receiver=self.people.actor("agent2"), state="rejected")
        make_push(late, sender=sender, receiver=self.people.actor("agent3"))
        self.known = {
            "sender": sender.id, "nobody": self.people.actor("manager").id, "early": early.id,
            "receiver": self.people.actor("agent3").id,
        }  # fmt: skip

    def add(self, number):
        sender = self.people.actor("agent")
        made = make_customer(sender, name=f"客{number}")
        make_push(made, sender=sender, receiver=self.people.actor("agent3"))


FILTERS = {
    "state=pending": ["晚"], "state=rejected": ["早"], "sender_id={sender}": ["早", "晚"], "sender_id={nobody}": [],
    "receiver_id={receiver}": ["晚"], "created_to=2026-01-31": ["早"], "created_from=2026-02-01": ["晚"],
}  # fmt: skip


class TestPushPage(Pushes, ListViewTests):
    """POOL-17, PLAT-9: either end of a push finds it; a superior of the sender is no end of it."""

    view = "PushView"
    tab = "sent"
    column = "customer"
    allowed = ("agent",)
    outsiders = ("finance", "broker", "director")
    strangers = ("manager", "agent2", "other_agent")
    filters: ClassVar = FILTERS


class TestPushes(Pushes, ApiTests):
    """POOL-17, PLAT-9: either end of a push finds it, and whoever opens the customer."""

    path = "/pushes"
    allowed = ("agent", "admin", "manager")
    outsiders = ("finance", "broker", "director")
    strangers = ("manager2", "other_agent")
    filters: ClassVar = {**FILTERS, "customer_id={early}": ["早"]}

    def api_value(self, item):
        return item["customer"]["name"]


class TestShelfLogOfACustomer(ApiTests):
    """POOL-8, POOL-11, PLAT-9: each step of a customer onto or off the shelf."""

    path = "/customers/<int:pk>/shelf-log"
    column = "id"
    allowed = ("agent", "manager", "admin", "auditor")
    outsiders = ("onsite", "director", "broker", "visitor")
    strangers = ("agent2", "other_agent")
    orders: ClassVar = {"created_at": ["1", "2"]}

    def prepare(self):
        self.agent = self.people.actor("agent")
        self.pk = make_customer(self.agent).id
        self.steps = 0
        self.add(0)
        self.add(1)

    def add(self, number):
        """Take the customer off the shelf, or put it back."""
        self.steps += 1
        if self.steps % 2:
            unshelve_customer(self.pk, reason="no_need", actor=self.agent)
        else:
            shelve_customer(self.pk, remark="又想看房", actor=self.agent)
