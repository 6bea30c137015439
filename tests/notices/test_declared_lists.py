"""PLAT-2, PLAT-3: the inbox, the to-dos and the outgoing messages as lists, on the page and in the API."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import ClassVar

from app.kernel import clock
from app.kernel.database.session import db
from app.notices.outbox.delivery import queue
from app.notices.services import add_todo, complete_todo, notify
from tests.support.make import make_customer
from tests.support.web.kit import ApiTests, ListViewTests

LONG_AGO = datetime(2026, 1, 1, 4, tzinfo=UTC)


class Notices:
    """Two notifications to an agent, the earlier one about a customer."""

    column = "title"
    orders: ClassVar = {"created_at": ["有新客户待您处理：早", "有新客户待您处理：晚"]}

    def prepare(self):
        agent = self.people.actor("agent")
        pk = make_customer(agent, name="早").id
        with clock.frozen(LONG_AGO):
            self.put("早", customer_id=pk)
        self.put("晚")
        self.known = {"customer": pk}

    def put(self, name, **more):
        notify(self.people.actor("agent").id, "New customer to handle: %(name)s", name=name, **more)
        db.session.commit()

    def add(self, number):
        self.put(str(number))


class TestInbox(Notices, ListViewTests):
    """PLAT-2, PLAT-9: everybody in the office reads their own notifications."""

    view = "NotificationView"
    allowed = ("agent",)
    outsiders = ("broker", "visitor")
    strangers = ("agent2", "admin", "auditor")
    filters: ClassVar = {
        "created_to=2026-01-31": ["有新客户待您处理：早"],
        "created_from=2026-02-01": ["有新客户待您处理：晚"],
    }


class TestNotifications(Notices, ApiTests):
    """PLAT-2, PLAT-9: everybody reads their own notifications."""

    path = "/notifications"
    allowed = ("agent",)
    strangers = ("agent2", "admin", "broker")
    filters: ClassVar = {"customer_id={customer}": ["有新客户待您处理：早"]}


class Todos:
    """Two to-dos of an agent, the earlier one about a customer and done."""

    column = "title"
    orders: ClassVar = {
        "created_at": ["已预约带看，请联系 早", "已预约带看，请联系 晚"], "due_at": ["已预约带看，请联系 早", "已预约带看，请联系 晚"],
    }  # fmt: skip

    def prepare(self):
        agent = self.people.actor("agent")
        pk = make_customer(agent, name="早").id
        with clock.frozen(LONG_AGO):
            done = self.put("早", customer_id=pk)
        complete_todo(done, actor=agent)
        self.put("晚")
        self.known = {"customer": pk}

    def put(self, name, **more):
        due = clock.now() + timedelta(days=1)
        made = add_todo(
            self.people.actor("agent").id, "Viewing booked: contact %(name)s", due_at=due, name=name, **more
        )
        db.session.commit()
        return made.id

    def add(self, number):
        self.put(str(number))


class TestTodoPage(Todos, ListViewTests):
    """PLAT-3, PLAT-9: everybody in the office reads their own to-dos."""

    view = "TodoView"
    allowed = ("agent",)
    outsiders = ("broker", "visitor")
    strangers = ("agent2", "admin", "auditor")
    filters: ClassVar = {
        "state=done": ["已预约带看，请联系 早"], "state=open": ["已预约带看，请联系 晚"],
        "due_to=2026-01-31": ["已预约带看，请联系 早"], "due_from=2026-02-01": ["已预约带看，请联系 晚"],
    }  # fmt: skip
    orders: ClassVar = {name: Todos.orders[name] for name in ("due_at", "created_at")}


class TestTodos(Todos, ApiTests):
    """PLAT-3, PLAT-9: everybody reads their own to-dos."""

    path = "/todos"
    allowed = ("agent",)
    strangers = ("agent2", "admin", "broker")
    filters: ClassVar = {
        "customer_id={customer}": ["已预约带看，请联系 早"], "state=done": ["已预约带看，请联系 早"],
        "state=open": ["已预约带看，请联系 晚"],
    }  # fmt: skip


class TestOutbox(ListViewTests):
    """PLAT-2, PLAT-9: the administrator follows outgoing messages."""

    view = "OutboxView"
    column = "to"
    allowed = ("admin",)
    outsiders = ("agent", "manager", "auditor", "broker")
    filters: ClassVar = {
        "channel=sms": ["138****0001"], "channel=email": ["a***@kepan.example"], "state=waiting": ["138****0001", "a***@kepan.example"],
        "state=sent": [], "created_to=2026-01-31": ["138****0001"], "created_from=2026-02-01": ["a***@kepan.example"],
    }  # fmt: skip
    orders: ClassVar = {"created_at": ["138****0001", "a***@kepan.example"]}

    def prepare(self):
        with clock.frozen(LONG_AGO):
            self.add(1)
        self.add(2, "email", "a@kepan.example")

    def add(self, number, channel="sms", recipient=""):
        queue(channel, recipient or f"1380000{number:04d}", "您好", purpose="Code by SMS")
        db.session.commit()
