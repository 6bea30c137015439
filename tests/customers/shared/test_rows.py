"""Customers read as columns: the same cells, facts, verdicts and API records as the loaded records have.

The cells and rules are the product's own; what is compared is what they read.
"""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest

from app.customers.follow_ups.policies import can_follow_up
from app.customers.listing.filters import SPEC
from app.customers.shared import policies
from app.customers.shared.fields import FIELDS, FORMATTERS
from app.customers.shared.models import Customer
from app.customers.shared.queries import WHOLE, facts_of, visible_customers
from app.customers.shared.rows import CUSTOMER_ROWS, CustomerRow
from app.customers.shared.serializers import customer_record
from app.kernel import clock
from app.kernel.access.current import set_actor
from app.kernel.database.session import db
from app.kernel.lists.paging import fetch_page
from app.kernel.lists.requests import ListRequest
from app.kernel.lists.rows import RowReader
from app.kernel.pages.formatting import cell
from app.kernel.pages.operations import operations_of_resource
from tests.support.make import (
    make_customer,
    make_member,
    make_platform_customer,
    make_push,
    shelve,
    tax_id,
)
from tests.support.people.world import PEOPLE
from tests.support.policy_cases import ACTORS, COLUMNS, actor_for, customer_in, facts_for, person

READERS = [name for name, one in PEOPLE.items() if one.department]
# What a row cannot show, because it belongs to no column of the customer.
ELSEWHERE = {"push", "member_access"}


@pytest.fixture
def customers(world):
    """Customers in every state, with and without demand, of a full and of an empty file; pushes and a team."""
    agent, other = world.actor("agent"), world.actor("agent3")
    demand = {"kind": "buy", "district_ids": [world.district(name).id for name in ("锦江区", "青羊区")]}
    made = [make_customer(agent), make_customer(agent, demand=demand), make_customer(other, demand=demand)]
    made.append(make_customer(agent, kind="enterprise", tax_id=tax_id(), name="成都某某有限公司"))
    for state in ("pending", "private", "following", "off_shelf"):
        made.append(make_platform_customer(agent, state=state))
        made.append(make_platform_customer(other, state=state, demand=demand))
    made.append(shelve(make_customer(other)))
    whole = made[0]
    whole.price_min, whole.price_max = Decimal("800000.00"), Decimal("1200000.50")
    whole.area_min, whole.rooms_max = Decimal("90.50"), 3
    whole.next_contact_at = clock.now() - timedelta(days=1)
    whole.website, whole.level, whole.enabled = "https://example.com/", "key", False
    whole.district_id = world.district("锦江区").id
    db.session.commit()
    make_push(made[2], sender=world.actor("agent3"), receiver=world.actor("agent2"))
    make_push(made[8], sender=world.actor("agent"), receiver=world.actor("agent3"), state="accepted")
    make_member(made[2], world.actor("manager"), access="read")
    make_member(made[3], world.actor("finance"))
    db.session.commit()
    return made


def _both(actor, order="-created_at"):
    """Return the list as records and as rows."""
    asked = ListRequest(page_size=100, order_by=order)
    whole = visible_customers(actor)
    records = fetch_page(whole, SPEC, asked, *WHOLE)
    rows = fetch_page(whole, SPEC, asked, reader=RowReader(CUSTOMER_ROWS, CUSTOMER_ROWS.reads, actor))
    assert [one.id for one in rows.items] == [one.id for one in records.items]
    assert (rows.total, rows.after, rows.before) == (records.total, records.after, records.before)
    return records, rows


def _shown(record, name):
    formatter = FORMATTERS.get(name)
    return str(cell(formatter(record) if formatter else getattr(record, name)))


def test_every_value_of_the_file_can_be_shown_by_a_row():
    assert {one.name for one in FIELDS} - set(CUSTOMER_ROWS.reads) == ELSEWHERE


@pytest.mark.both
@pytest.mark.parametrize("order", ["-created_at", "next_contact_at"])
@pytest.mark.usefixtures("customers")
def test_cells_and_api_records_of_a_row_are_those_of_the_record(app, world, order):
    seen = 0
    for name in READERS:
        actor = world.actor(name)
        records, rows = _both(actor, order)
        with app.test_request_context():
            set_actor(actor)
            for record, row in zip(records.items, rows.items, strict=True):
                for one in CUSTOMER_ROWS.reads:
                    assert _shown(row, one) == _shown(record, one), (name, record, one)
                assert customer_record(row) == customer_record(record)
                seen += 1
    assert seen > 60  # the comparison saw rows


@pytest.mark.both
@pytest.mark.usefixtures("customers")
def test_facts_and_verdicts_of_a_row_are_those_of_the_record(world):
    verdicts = set()
    for name in READERS:
        actor = world.actor(name)
        records, rows = _both(actor)
        facts = facts_of(records.items, actor)
        assert rows.facts == facts, name
        for record, row in zip(records.items, rows.items, strict=True):
            for one in operations_of_resource("Customer"):
                by_row = one.policy(actor, row, rows.facts[row.id])
                assert by_row == one.policy(actor, record, facts[record.id]), (name, record, one.name)
                verdicts.add((one.name, by_row.code))
            edit = policies.can_edit_basics(actor, row, rows.facts[row.id])
            assert edit == policies.can_edit_basics(actor, record, facts[record.id])
    assert {facts.push for facts in rows.facts.values()} <= {"", "pending", "accepted"}
    assert len({code for _operation, code in verdicts}) > 8  # many refusals, not one


@pytest.mark.parametrize("demand", [False, True])
@pytest.mark.parametrize("state", COLUMNS, ids=str)
@pytest.mark.parametrize("relation", ACTORS)
def test_acc_14_the_lists_rules_say_the_same_of_a_row_in_every_case(monkeypatch, relation, state, demand):
    """Every relation and state of the tables of rules: rows name their people by the directory."""
    customer = customer_in(*state)
    actor = actor_for(relation, customer, demand)
    if actor is None:
        return
    monkeypatch.setattr("app.customers.shared.rows.COLLEAGUES.get", person)
    people = {"owner", "handler", "private_holder", "phone", "is_private"}
    row = CustomerRow({name: value for name, value in vars(customer).items() if name not in people})
    facts = facts_for(relation, demand)
    rules = (policies.can_open, policies.can_see_history, policies.can_edit_basics, can_follow_up)
    for rule in rules:
        assert rule(actor, row, facts) == rule(actor, customer, facts), rule


def test_a_row_says_what_it_was_read_without():
    row = CustomerRow({"id": 1})
    with pytest.raises(AttributeError, match="CustomerRow was read without remark"):
        _ = row.remark
    assert isinstance(Customer.__table__.c.remark, type(CUSTOMER_ROWS.column("remark")))
