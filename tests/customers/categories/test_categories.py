"""CUST-24: the tree of categories, the terms that customers inherit, and the filter."""

from __future__ import annotations

from decimal import Decimal

import pytest
from sqlalchemy import select

from app.audit.models import OperationLog
from app.customers.categories.services import (
    add_category,
    categorize_chosen,
    delete_category,
    edit_category,
    move_category,
    set_categories,
)
from app.customers.labels.queries import (
    CATEGORIES,
    NamedCategory,
    below,
    get_category_name_map,
    inherited_terms,
)
from app.kernel.database.session import db
from tests.support.databases.statements import count_statements
from tests.support.make import make_customer
from tests.support.traces import denied, operations
from tests.support.web.clients import ApiClient


@pytest.fixture
def tree(world):
    """渠道 / 经销商 / 一级经销商, and 直客."""
    admin = world.actor("admin")
    top = add_category(name="渠道", credit_ceiling=Decimal(1000), payment_days=30, actor=admin)
    middle = add_category(name="经销商", parent_id=top.id, service_standard="两小时回复", actor=admin)
    leaf = add_category(name="一级经销商", parent_id=middle.id, payment_days=15, actor=admin)
    other = add_category(name="直客", credit_ceiling=Decimal(500), actor=admin)
    return top, middle, leaf, other


def test_cust_24_names_of_many_categories_come_in_one_query(app, tree):
    ids = [one.id for one in tree]
    with count_statements(app) as statements:
        found = get_category_name_map([*ids, 999_999])
    assert found == dict(zip(ids, ["渠道", "经销商", "一级经销商", "直客"], strict=True))
    assert len(statements) == 1
    assert get_category_name_map([]) == {}


def test_cust_24_a_category_moves_with_all_below_and_never_below_itself(world, tree):
    top, middle, leaf, other = tree
    admin = world.actor("admin")
    for place in (top, middle, leaf):
        with denied("category.cycle"):
            move_category(top.id, parent_id=place.id, actor=admin)
    move_category(middle.id, parent_id=other.id, actor=admin)
    db.session.expire_all()
    assert leaf.path == f"/{other.id}/{middle.id}/{leaf.id}/"
    assert below(other.id) == [other.id, middle.id, leaf.id]
    move_category(middle.id, parent_id=None, actor=admin)
    db.session.expire_all()
    assert leaf.path == f"/{middle.id}/{leaf.id}/"


def test_cust_24_equal_names_are_refused_at_one_place_only(world, tree):
    admin = world.actor("admin")
    with denied("category.name_taken"):
        add_category(name="渠 道", actor=admin)
    with denied("category.name_taken"):
        add_category(name="经销商", parent_id=tree[0].id, actor=admin)
    add_category(name="渠道", parent_id=tree[3].id, actor=admin)


def test_cust_24_only_an_empty_category_goes(world, tree):
    top, _middle, leaf, other = tree
    agent, admin = world.actor("agent"), world.actor("admin")
    made = make_customer(agent)
    set_categories(made.id, category_ids=[leaf.id], actor=agent)
    for one in (top, leaf):
        with denied("category.not_empty"):
            delete_category(one.id, actor=admin)
    delete_category(other.id, actor=admin)
    assert other.id not in CATEGORIES.all()


def test_cust_24_customers_inherit_the_strictest_terms(world, tree):
    found = inherited_terms([CATEGORIES.get(tree[2].id), CATEGORIES.get(tree[3].id)])
    assert found == (Decimal(500), 15, ("两小时回复",))
    alone = NamedCategory(1, "x", "/1/", None, None, None)
    assert inherited_terms([alone]) == (None, None, ())


def test_cust_24_edits_are_logged_with_both_values(world, tree):
    edit_category(tree[0].id, credit_ceiling=Decimal(2000), name="渠道", actor=world.actor("admin"))
    db.session.commit()
    log = db.session.scalars(select(OperationLog).where(OperationLog.operation == "category.edit")).one()
    assert log.differences == {"credit_ceiling": ["1000.00", "2000.00"]}


def test_cust_24_the_filter_finds_customers_below_and_the_record_names_them(app, world, tree):
    agent = world.actor("agent")
    made, plain = make_customer(agent), make_customer(agent)
    verdicts = categorize_chosen([made.id], add=[tree[2].id, tree[3].id], remove=[], actor=agent)
    assert verdicts[made.id]
    client = ApiClient(app, "agent")
    for category in (tree[0], tree[2], tree[3]):
        items = client.get("/customers", category_id=category.id).get_json()["items"]
        assert [one["id"] for one in items] == [made.id]
    assert [one["name"] for one in items[0]["categories"]] == ["一级经销商", "直客"]
    assert client.get(f"/customers/{plain.id}").get_json()["categories"] == []
    categorize_chosen([made.id], add=[], remove=[tree[2].id], actor=agent)
    assert client.get("/customers", category_id=tree[0].id).get_json()["total"] == 0
    (_first, last) = operations(made, "customer.categorize")
    assert last.differences["categories"] == ["一级经销商、直客", "直客"]


def test_cust_24_the_api_keeps_the_tree(app, world):
    admin, agent = ApiClient(app, "admin"), ApiClient(app, "agent")
    made = admin.post("/categories", {"name": "渠道", "credit_ceiling": 1000.5})
    assert made.status_code == 201
    pk = made.get_json()["id"]
    assert admin.patch(f"/categories/{pk}", {"payment_days": 30}).get_json()["payment_days"] == 30
    assert agent.get("/categories").get_json()["items"][0]["credit_ceiling"] == 1000.5
    assert agent.post("/categories", {"name": "x"}).status_code == 403
    assert admin.post("/categories", {"name": "x", "parent_id": 999_999}).status_code == 422
