"""CUST-33, CUST-8, ACC-17: whether a number, a tax id or a name is known, in as many statements whatever is found."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from app.customers.numbers.lookups import MISSES_AN_HOUR
from app.customers.numbers.models import NumberLookup
from app.customers.shared.settings import LOOKUPS_AN_HOUR
from app.kernel.database.session import db
from app.org.roles.names import AGENT
from app.system.settings.services import change_setting
from tests.support.databases.statements import count_statements
from tests.support.make import make_customer, make_member, tax_id
from tests.support.web.clients import ApiClient
from tests.support.web.person import Browser

NUMBER, NAME = "13911110000", "成都星河贸易有限公司"


@pytest.fixture
def made(world):
    values = {"kind": "enterprise", "name": NAME, "short_name": "星河", "phone": NUMBER, "tax_id": tax_id()}
    return make_customer(world.actor("agent"), **values)


ASKED = [
    {"phone": NUMBER},
    {"tax_id": tax_id()},
    {"name": NAME},
    {"name": " 成都星河 贸易有限公司"},
    {"name": "星河"},
]
UNKNOWN = [{"phone": "13911110009"}, {"tax_id": tax_id(9)}, {"name": "成都星河"}]


def _ask(app, name, body):
    answer = ApiClient(app, name).post("/customers/look-up", body)
    return answer.status_code, answer.get_json()


@pytest.mark.both
def test_cust_33_each_may_know_what_is_theirs_to_know(app, world, made):
    for body in ASKED:
        assert _ask(app, "agent", body) == (200, {"state": "yours", "customer_id": made.id}), body
        assert _ask(app, "manager", body) == (200, {"state": "openable", "customer_id": made.id})
        assert _ask(app, "agent2", body) == (200, {"state": "colleague"})
        assert _ask(app, "agent3", body) == (200, {"state": "other_department"})
    for body in UNKNOWN:
        assert _ask(app, "agent3", body) == (200, {"state": "free"})
    make_member(made, world.actor("agent3"), "read")
    assert _ask(app, "agent3", ASKED[0])[1]["state"] == "openable"


def test_cust_33_exactly_one_question_of_good_form(app, world, made):
    for body in (
        {},
        {"phone": NUMBER, "name": NAME},
        {"phone": "139"},
        {"tax_id": "x"},
        {"name": " "},
        {"x": 1},
    ):
        assert _ask(app, "agent", body)[0] == 422, body
    assert _ask(app, "auditor", {"name": NAME})[0] == 403
    assert not db.session.scalars(select(NumberLookup)).all()


def test_cust_33_every_answer_takes_the_same_statements(app, world, made):
    counted = set()
    for name, phone in (
        ("agent", NUMBER),
        ("manager", NUMBER),
        ("agent3", NUMBER),
        ("agent3", "13911110009"),
    ):
        _ask(app, name, {"phone": phone})
        with count_statements(app) as seen:
            _ask(app, name, {"phone": phone})
        counted.add(len(seen))
    assert len(counted) == 1, counted


def test_acc_17_a_look_up_is_counted_and_kept_masked(app, world, made):
    for body in (ASKED[1], ASKED[2], UNKNOWN[2]):
        _ask(app, "agent", body)
    rows = db.session.execute(select(NumberLookup.phone_masked, NumberLookup.hit).order_by(NumberLookup.id))
    code = tax_id()
    assert [tuple(row) for row in rows] == [
        (f"{code[:4]}****{code[-4:]}", True),
        ("成**", True),
        ("成**", False),
    ]
    change_setting(f"{LOOKUPS_AN_HOUR.name}.{AGENT}", value=3, actor=world.actor("admin"))
    status, refused = _ask(app, "agent", ASKED[2])
    assert (status, refused["code"]) == (429, "customer.lookup_quota")


def test_acc_17_unknown_names_are_no_missed_numbers(app, world):
    for number in range(MISSES_AN_HOUR + 2):
        assert _ask(app, "agent", {"name": f"新公司{number}"})[0] == 200


def test_cust_33_the_form_says_it_on_leaving_the_field(app, world, made):
    def hint(name, typed):
        found = Browser(app, name).post("/customers/duplicate", typed).get_json()
        return found["message"], found["url"]

    assert hint("agent", {"name": NAME}) == ("您已有信息相同的客户", f"/customers/{made.id}")
    assert hint("agent3", {"tax_id": tax_id()})[1] == ""
    assert "部门" in hint("agent3", {"tax_id": tax_id()})[0]
    assert hint("agent", {"tax_id": "9151"}) == ("", "")
    page = Browser(app, "agent").page("/customers/new")
    assert {one["name"] for one in page.all("input") if one["data-look-up"]} == {
        "phone",
        "tax_id",
        "name",
    }
