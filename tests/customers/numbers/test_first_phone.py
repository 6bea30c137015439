"""CUST-21, POOL-6: a customer without a number gets its first one by whoever may edit the whole file: no present
number is asked for, all other rules of a change hold.
"""

from __future__ import annotations

from functools import partial

import pytest

from app.customers.numbers.services import change_phone, reveal_phone, revealed_number
from app.customers.profile.services import update_customer
from app.kernel.errors import Decision, Invalid, NotFound
from tests.support.databases.race import race
from tests.support.make import make_customer, make_member, make_platform_customer, next_phone, tax_id
from tests.support.traces import claims, denied, invalid, nothing_written, operations, stored
from tests.support.web.person import Browser

NEW = "13912345678"


def _enterprise(actor, **values):
    """Created without a number, which only enterprises may be."""
    return make_customer(actor, kind="enterprise", tax_id=tax_id(), phone=None, **values)


def _add(customer, actor, new=NEW):
    return change_phone(customer.id, new_phone=new, actor=actor)


def test_cust_21_the_owner_adds_the_first_number(world):
    agent = world.actor("agent")
    made = _enterprise(agent)
    assert claims(made) == []
    changed = _add(made, agent)
    assert (changed.phone.reveal(), stored(made.id)["version"]) == (NEW, 2)
    (row,) = operations(made, "customer.change_phone")
    assert (row.message, row.differences) == ("Number added", {"phone": ["", "139****5678"]})
    assert NEW not in repr(row.parameters) + row.sentence
    assert claims(made) == [f"o:{agent.id}"]
    assert revealed_number(reveal_phone(made.id, purpose="x", actor=agent), agent) == NEW


@pytest.mark.parametrize("who", ["manager", "regional", "admin"])
def test_cust_21_superiors_and_the_administrator_may(world, who):
    made = _enterprise(world.actor("agent"))
    assert _add(made, world.actor(who)).phone.reveal() == NEW


def test_cust_21_a_write_member_may_and_a_read_member_may_not(world):
    made = _enterprise(world.actor("agent"))
    make_member(made, world.actor("agent2"), "read")
    with nothing_written(), denied("customer.not_responsible", 403):
        _add(made, world.actor("agent2"))
    other = make_platform_customer(world.actor("agent"), kind="enterprise", tax_id=tax_id(2), phone=None)
    make_member(other, world.actor("agent3"), "write")
    assert _add(other, world.actor("agent3")).phone.reveal() == NEW


def test_cust_21_who_acts_without_being_responsible_may_not(world):
    """On a platform customer of the department everybody may change a number that they know; none is known here."""
    made = make_platform_customer(
        world.actor("agent"), state="following", kind="enterprise", tax_id=tax_id(), phone=None
    )
    with nothing_written(), denied("customer.not_responsible", 403):
        _add(made, world.actor("agent2"))
    assert _add(made, world.actor("manager")).phone.reveal() == NEW
    assert claims(made) == [f"d:{made.department_id}"]


@pytest.mark.parametrize("who", ["agent3", "other_agent", "broker"])
def test_acc_6_out_of_reach_it_does_not_exist(world, who):
    made = _enterprise(world.actor("agent"))
    with nothing_written(), pytest.raises(NotFound):
        _add(made, world.actor(who))


def test_cust_7_the_first_number_passes_the_duplicate_rules(world):
    agent = world.actor("agent")
    mine, made = make_customer(agent), _enterprise(agent)
    with denied("customer.duplicate") as caught:
        _add(made, agent, mine.phone.reveal())
    assert caught.value.decision.details == {"rule": "own_personal", "customer_id": mine.id}
    shared = make_platform_customer(world.actor("agent2"), state="following")
    with denied("customer.duplicate") as caught:
        _add(made, agent, shared.phone.reveal())
    assert caught.value.decision.details["rule"] == "platform_in_reach"
    assert stored(made.id)["phone_index"] is None


@pytest.mark.parametrize("number", ["12345", "abc", "２３"])
def test_acc_11_it_has_to_be_a_number(world, number):
    made = _enterprise(world.actor("agent"))
    with nothing_written(), invalid("new_phone"):
        _add(made, world.actor("agent"), number)


def test_pool_6_a_present_number_where_there_is_none_cannot_be_right(world):
    made = _enterprise(world.actor("agent"))
    with nothing_written(), invalid("old_phone"):
        change_phone(made.id, old_phone=next_phone(), new_phone=NEW, actor=world.actor("agent"))


def test_pool_6_where_there_is_a_number_it_has_to_be_given(world):
    made = make_customer(world.actor("agent"))
    with nothing_written(), invalid("old_phone"):
        _add(made, world.actor("agent"))


@pytest.mark.both
def test_pool_6_of_two_first_numbers_at_once_one_is_the_first(world, app):
    agent = world.actor("agent")
    made = _enterprise(agent)
    outcomes = race(
        app, [partial(change_phone, made.id, new_phone=next_phone(), actor=agent) for _ in range(2)]
    )
    refused = [one for one in outcomes if isinstance(one, Invalid)]
    assert len(refused) == 1, outcomes
    assert [*refused[0].fields] == ["old_phone"]
    assert len(operations(made, "customer.change_phone")) == 1


@pytest.mark.both
def test_cust_7_of_two_customers_at_once_one_gets_the_number(world, app):
    agent = world.actor("agent")
    both = [_enterprise(agent), make_customer(agent, kind="enterprise", tax_id=tax_id(2), phone=None)]
    outcomes = race(app, [partial(change_phone, one.id, new_phone=NEW, actor=agent) for one in both])
    codes = [one.decision.code for one in outcomes if isinstance(one, Exception)]
    assert codes == ["customer.duplicate"], outcomes


def test_pool_6_by_api_the_present_number_is_optional_then(api, world):
    agent = api("agent")
    pk = _enterprise(world.actor("agent")).id
    address = f"/customers/{pk}/change-phone"
    for body in ({"new_phone": NEW, "old_phone": "13700009999"}, {"old_phone": ""}, {}):
        refused = agent.post(address, body)
        assert refused.status_code == 422, body
    added = agent.post(address, {"new_phone": NEW, "old_phone": ""})
    assert (added.status_code, added.get_json()["phone"]) == (200, "139****5678")
    for body in ({"new_phone": "13800002222"}, {"new_phone": "13800002222", "old_phone": None}):
        missing = agent.post(address, body)
        assert (missing.status_code, [*missing.get_json()["fields"]]) == (422, ["old_phone"]), body
    wrong = agent.post(address, {"new_phone": "13800002222", "old_phone": "13700009999"})
    assert (wrong.status_code, wrong.get_json()["code"]) == (422, "customer.wrong_phone")
    right = agent.post(address, {"new_phone": "13800002222", "old_phone": NEW})
    assert right.get_json()["phone"] == "138****2222"


def test_pool_6_the_form_asks_for_the_present_number_only_where_there_is_one(app, world):
    agent = world.actor("agent")
    without, with_one = _enterprise(agent).id, make_customer(agent, phone="13700001111").id
    browser = Browser(app, "agent")
    assert {*browser.page(f"/customers/{with_one}/change-phone").values()} >= {"old_phone", "new_phone"}
    form = browser.page(f"/customers/{without}/change-phone")
    assert "old_phone" not in form.values()
    browser.submit(f"/customers/{without}/change-phone?_drawer=1", {"new_phone": NEW}, 200)
    assert "139****5678" in browser.page(f"/customers/{without}").text
    assert "139****5678" in browser.page(f"/customers/{without}/tab/edits").one("tbody").text
    refused = browser.submit(f"/customers/{without}/change-phone", {"new_phone": "13700002222"}, 422)
    assert refused.errors() == {"old_phone": "此项必填"}


def test_cust_21_the_button_and_allowed_say_so(app, api, world):
    made = make_platform_customer(
        world.actor("agent"), state="following", kind="enterprise", tax_id=tax_id(), phone=None
    )
    told = api("agent2").get(f"/customers/{made.id}/allowed").get_json()["change_phone"]
    assert (told["allowed"], told["code"]) == (False, "customer.not_responsible")
    assert api("manager").get(f"/customers/{made.id}/allowed").get_json()["change_phone"]["allowed"]
    assert Browser(app, "agent2").get(f"/customers/{made.id}/change-phone").status_code == 403


def test_cust_20_a_first_number_counts_as_a_save(world):
    agent = world.actor("agent")
    made = _enterprise(agent)
    assert not isinstance(_add(made, agent), Decision)
    assert update_customer(made.id, version=2, values={"remark": "x"}, actor=agent).version == 3
