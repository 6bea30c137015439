"""CUST-13, POOL-18, ACC-17: the lists of customers, with their filters, on the page, in the API and exported."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import ClassVar

from sqlalchemy import select, update

from app.customers.categories.services import add_category, set_categories
from app.customers.follow_ups.services import follow_up
from app.customers.labels.models import Tag
from app.customers.numbers.lookups import record_lookup
from app.customers.numbers.services import reveal_phone
from app.customers.profile.services import update_customer
from app.customers.shared.models import Customer
from app.customers.shared.queries import get_customer
from app.customers.tags.services import create_tag, tag_customers
from app.kernel import clock
from app.kernel.access.guard import unscoped
from app.kernel.database.session import db
from app.kernel.database.transactions import transactional
from app.kernel.fields.phones import read_phone
from tests.support.make import make_customer, make_platform_customer, make_push
from tests.support.web.kit import ApiTests, ListViewTests

LONG_AGO = datetime(2026, 1, 1, tzinfo=UTC)
FACETS = {
    "deal_status": "intent", "industry": "retail", "source": "walk_in",
    "annual_revenue": Decimal(100_000_000), "cooperation_years": Decimal(20),
}  # fmt: skip
OUTSIDERS = ("onsite", "director", "broker", "visitor")


class TestFollowUps(ListViewTests):
    """POOL-18, PLAT-9: follow-ups of those in scope."""

    view = "FollowUpView"
    column = "content"
    allowed = ("manager", "admin", "auditor")
    outsiders = OUTSIDERS
    strangers = ("other_agent", "agent3")
    filters: ClassVar = {
        "author_id={agent}": ["早"], "method=visit": ["晚"], "method=wechat": [],
        "created_to=2026-01-31": ["早"], "created_from=2026-02-01": ["晚"],
    }  # fmt: skip
    orders: ClassVar = {"created_at": ["早", "晚"]}
    most = 9

    def prepare(self):
        agent, agent2 = self.people.actor("agent"), self.people.actor("agent2")
        with clock.frozen(LONG_AGO):
            self.pk = make_customer(agent).id
            follow_up(self.pk, content="早", method="phone", actor=agent)
        follow_up(make_customer(agent2).id, content="晚", method="visit", actor=agent2)
        self.known = {"agent": agent.id}

    def add(self, number):
        follow_up(self.pk, content=f"第{number}次", method="phone", actor=self.people.actor("agent"))


class TestNumberLookups(ListViewTests):
    """ACC-17, PLAT-9: who asked about which whole number; a superior sees their people's."""

    view = "NumberLookupView"
    api = "/number-lookups"
    column = "phone_masked"
    allowed = ("manager", "admin", "auditor")
    outsiders = (*OUTSIDERS, "agent")
    strangers = ("manager2",)
    filters: ClassVar = {
        "account_id={agent}": ["138****0001"], "created_to=2026-01-31": ["138****0001"],
        "created_from=2026-02-01": ["138****0002"], "hit=yes": ["138****0001"], "hit=no": ["138****0002"],
        "way=search": ["138****0001"], "way=create": ["138****0002"], "stops=no": ["138****0001", "138****0002"],
        "stops=yes": [],
    }  # fmt: skip
    orders: ClassVar = {"created_at": ["138****0001", "138****0002"]}

    def prepare(self):
        with clock.frozen(LONG_AGO):
            self._ask("agent", 1, "search", hit=True)
        self._ask("agent2", 2, "create", hit=False)
        self.known = {"agent": self.people.actor("agent").id}

    def _ask(self, name, number, way, *, hit):
        ask = transactional(record_lookup)
        ask(read_phone(f"1380000{number:04d}"), way, self.people.actor(name), hit=hit)

    def add(self, number):
        self._ask("agent", number + 10, "search", hit=True)

    def api_value(self, item):
        return item["phone"]


class TestCustomers(ListViewTests):
    """CUST-13, PLAT-9: every filter of customers; another company's people find none."""

    view = "CustomerView"
    api = "/customers"
    allowed = ("manager", "admin", "auditor")
    outsiders = OUTSIDERS
    strangers = ("other_agent", "agent3")
    filters: ClassVar = {
        "name=甲": ["甲"], "phone=0001": ["甲"], "follow_status=pending": ["乙"], "code={code}": ["甲"],
        "owner_id={agent}": ["甲"], "responsible_id={agent}": ["甲"], "department_id={east}": ["丙", "乙", "甲"],
        "department_id={west}": [], "pool=platform": ["乙", "丙"], "pool=personal": ["甲"], "grade=A": ["甲"],
        "deal_status=intent": ["甲"], "stage=key": [], "stage=lead": ["甲", "乙", "丙"], "stage=ordinary": [], "level=important": [],
        "level=normal": ["甲"], "level=prospective": [], "industry=retail": ["甲"],
        "created_to=2026-01-31": ["甲"], "created_from=2026-02-01": ["乙", "丙"],
        "last_follow_up_to=2026-01-31": ["甲"], "next_contact_from=2026-02-01": ["甲"], "overdue=yes": ["甲"],
        "overdue=no": ["乙", "丙"], "private=yes": ["丙"], "private=no": ["甲", "乙"], "pending_overdue=yes": [], "pending_overdue=no": ["甲", "乙", "丙"],
        "source=walk_in": ["甲"], "demand_kind=buy": ["甲"], "district_id={district}": ["甲"], "price_min=90&price_max=210": ["甲"],
        "rooms=3": ["甲"], "tag={tag}": ["甲"], "tag=学区": ["甲"], "tag=没有": [], "category_id={category}": ["甲"],
        "activity=active": ["乙", "丙"], "activity=inactive": ["甲"], "activity=in_pool": [],
    }  # fmt: skip
    orders: ClassVar = {
        "created_at": ["甲", "乙", "丙"], "last_follow_up_at": ["乙", "丙", "甲"],
        "next_contact_at": ["乙", "丙", "甲"],
    }  # fmt: skip

    def prepare(self):
        agent = self.people.actor("agent")
        demand = {"kind": "buy", "district_ids": [self.people.district("锦江区").id], "price_min": 100,
                  "price_max": 200, "rooms_min": 2, "rooms_max": 3}  # fmt: skip
        with clock.frozen(LONG_AGO):
            made = make_customer(agent, name="甲", kind="enterprise", phone="13711110001", demand=demand)
            update_customer(made.id, version=made.version, values=FACETS, actor=agent)
            with unscoped("test data: a level that an administrator's data has"):
                db.session.execute(update(Customer).where(Customer.id == made.id).values(level="normal"))
            tag_customers([made.id], add=["学区"], remove=[], actor=agent)
            category = add_category(name="渠道", actor=self.people.actor("admin"))
            set_categories(made.id, category_ids=[category.id], actor=agent)
            later = LONG_AGO + timedelta(days=60)
            follow_up(made.id, content="x", method="phone", next_contact_at=later, actor=agent)
        make_platform_customer(self.people.actor("agent2"), name="乙")
        make_platform_customer(self.people.actor("agent2"), name="丙", state="private")
        self.known = {
            "tag": db.session.scalars(select(Tag.id).where(Tag.name == "学区")).one(), "category": category.id,
            "code": made.code, "agent": agent.id, "district": self.people.district("锦江区").id,
            "east": self.people.department("store_east").id, "west": self.people.department("store_west").id,
        }  # fmt: skip

    def add(self, number):
        make_customer(self.people.actor("agent"))


class TestTags(ListViewTests):
    """CUST-23, PLAT-9: the tags, for everybody who works on customers."""

    view = "TagView"
    api = "/tags"
    column = "name"
    allowed = ("agent", "admin", "auditor")
    outsiders = OUTSIDERS
    strangers = ()
    filters: ClassVar = {
        "name=学区": ["学区"], "predefined=no": ["学区", "投资客"], "used=yes": ["学区"],
        "predefined=no&used=no": ["投资客"], "predefined=yes&name=新": ["新客户"],
    }  # fmt: skip
    ordered = "predefined=no"
    orders: ClassVar = {"name": ["投资客", "学区"], "created_at": ["学区", "投资客"]}

    def prepare(self):
        agent = self.people.actor("agent")
        with clock.frozen(LONG_AGO):
            tag_customers([make_customer(agent).id], add=["学区"], remove=[], actor=agent)
        create_tag(name="投资客", actor=agent)

    def add(self, number):
        create_tag(name=f"标签{number}", actor=self.people.actor("agent"))


class TestCategories(ListViewTests):
    """CUST-24, PLAT-9: the tree of categories, in its order."""

    view = "CategoryView"
    api = "/categories"
    column = "name"
    allowed = ("agent", "admin", "auditor")
    outsiders = OUTSIDERS
    strangers = ()
    filters: ClassVar = {"name=商": ["经销商"]}
    orders: ClassVar = {"path": ["渠道", "经销商", "直客"]}

    def prepare(self):
        admin = self.people.actor("admin")
        top = add_category(name="渠道", actor=admin)
        add_category(name="经销商", parent_id=top.id, actor=admin)
        add_category(name="直客", actor=admin)

    def add(self, number):
        add_category(name=f"分类{number}", actor=self.people.actor("admin"))


class History(ApiTests):
    """A list of what happened to a customer of an agent."""

    column = "id"
    allowed = ("agent", "manager", "admin", "auditor")
    outsiders = OUTSIDERS
    strangers = ("agent2", "other_agent")

    def prepare(self):
        self.agent = self.people.actor("agent")
        self.pk = make_customer(self.agent).id
        self.add(100)
        self.add(101)
        items = self.ask().get_json()["items"]
        self.known = {"newest": items[0]["id"], "before": items[1]["id"]}


class TestFollowUpsOfACustomer(History, ApiTests):
    """POOL-18, PLAT-9: the contacts with a customer."""

    path = "/customers/<int:pk>/follow-ups"
    orders: ClassVar = {"created_at": ["{before}", "{newest}"]}

    def add(self, number):
        follow_up(self.pk, content=f"第{number}次", method="phone", actor=self.agent)


class TestEditsOfACustomer(History, ApiTests):
    """CUST-20, PLAT-9: the edits of a customer."""

    path = "/customers/<int:pk>/edits"
    orders: ClassVar = {"number": ["{before}", "{newest}"]}

    def add(self, number):
        version = get_customer(self.pk, actor=self.agent).version
        update_customer(self.pk, version=version, values={"remark": f"备注{number}"}, actor=self.agent)


class TestRevealsOfACustomer(History, ApiTests):
    """ACC-10, PLAT-9: who looked at the customer's number."""

    path = "/customers/<int:pk>/reveals"
    orders: ClassVar = {"created_at": ["{before}", "{newest}"]}

    def add(self, number):
        reveal_phone(self.pk, purpose=f"第{number}次", actor=self.agent)


class TestOperationsOfACustomer(History, ApiTests):
    """PLAT-1, PLAT-9: the operations on a customer."""

    path = "/customers/<int:pk>/operation-log"
    orders: ClassVar = {"number": ["{first}", "{before}", "{newest}"]}

    def prepare(self):
        super().prepare()
        self.known["first"] = self.ask().get_json()["items"][2]["id"]

    def add(self, number):
        follow_up(self.pk, content=f"第{number}次", method="phone", actor=self.agent)


class TestPushesOfACustomer(History, ApiTests):
    """POOL-16, PLAT-9: the pushes of a customer."""

    path = "/customers/<int:pk>/pushes"
    most = 10
    orders: ClassVar = {"created_at": ["{before}", "{newest}"]}

    def add(self, number):
        customer = get_customer(self.pk, actor=self.agent)
        make_push(customer, sender=self.agent, receiver=self.people.actor("agent3"), state="ended")
