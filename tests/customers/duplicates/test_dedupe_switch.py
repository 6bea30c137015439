"""CUST-7: switching the rule for equal numbers — refused while duplicates exist, and listing them."""

from __future__ import annotations

import pytest

from app.customers.duplicates.models import PhoneClaim
from app.customers.shared.settings import DEDUPE_MODE
from app.kernel.database.session import db
from app.kernel.errors import Denied
from app.system.settings.services import change_setting
from tests.support.databases.race import race, sorted_out
from tests.support.make import make_customer, make_platform_customer, next_phone
from tests.support.system import refused
from tests.support.traces import claims
from tests.support.web.clients import apart
from tests.support.web.person import Browser


def _switch(world, value="global", name="admin"):
    return change_setting("dedupe_mode", value=value, actor=world.actor(name))


@pytest.fixture
def twice(world):
    """One number in two stores, and another three times."""
    number = make_customer(world.actor("agent"), name="甲").phone.reveal()
    other = make_customer(world.actor("agent3"), name="乙", phone=number)
    make_customer(world.actor("agent2"), name="无重复")
    return number, other


def test_cust_7_the_switch_is_refused_while_duplicates_exist_and_lists_them(world, twice):
    error = refused(lambda: _switch(world), Denied)
    assert (error.code, error.status) == ("setting.duplicates_exist", 409)
    [found] = error.decision.details["obstacles"]
    assert found["title"] == f"{twice[0][:3]}****{twice[0][-4:]}"
    assert [record["text"].split(" · ")[0] for record in found["records"]] == ["甲", "乙"]
    assert all(record["url"].startswith("/customers/") for record in found["records"])
    assert not error.decision.details["more"]
    assert DEDUPE_MODE.read() == "by_owner"


def test_cust_8_a_customer_out_of_reach_is_not_named(world, twice):
    error = refused(lambda: _switch(world, name="agent"), Denied)
    named = [record for found in error.decision.details["obstacles"] for record in found["records"]]
    assert [bool(record["url"]) for record in named] == [True, False]
    assert "乙" not in named[1]["text"]
    assert twice[1].code not in named[1]["text"]


def test_cust_7_at_most_twenty_numbers_are_listed(world):
    for _ in range(21):
        number = make_customer(world.actor("agent")).phone.reveal()
        make_customer(world.actor("agent3"), phone=number)
    details = refused(lambda: _switch(world), Denied).decision.details
    assert (len(details["obstacles"]), details["more"]) == (20, True)


def test_cust_7_claims_follow_the_rule_in_force(world):
    personal = make_customer(world.actor("agent"))
    platform = make_platform_customer(world.actor("manager"))
    kept = {personal: f"o:{world.actor('agent').id}", platform: f"d:{world.actor('manager').department_id}"}
    assert {one: claims(one) for one in kept} == {one: [scope] for one, scope in kept.items()}
    _switch(world)
    assert {one: claims(one) for one in kept} == {one: ["g"] for one in kept}
    _switch(world, "by_owner")
    assert {one: claims(one) for one in kept} == {one: [scope] for one, scope in kept.items()}


def test_cust_7_customers_without_a_number_stand_in_nobodys_way(world):
    for name in ("甲公司", "乙公司"):
        make_customer(world.actor("sales"), kind="enterprise", name=name, phone=None)
    assert _switch(world)


@pytest.mark.both
def test_cust_7_of_a_switch_and_a_simultaneous_duplicate_one_is_refused(app, world):
    """Whoever comes first wins; a duplicate under the stricter rule never comes to be."""
    number = make_customer(world.actor("agent")).phone.reveal()
    outcomes = race(
        app,
        [
            lambda: _switch(world),
            lambda: make_customer(world.actor("agent3"), phone=number, name="同号").id,
        ],
    )
    _won, codes = sorted_out(outcomes)
    assert len(codes) == 1, outcomes
    switched = outcomes[0] is True
    assert apart(app, DEDUPE_MODE.read) == ("global" if switched else "by_owner")


def test_cust_7_the_page_says_so_under_the_field_and_keeps_what_was_typed(app, world, twice):
    browser = Browser(app, "admin")
    page = browser.submit(
        "/settings/",
        {"seen:dedupe_mode": '"by_owner"', "dedupe_mode": "global", "seen:lockout_minutes": "15",
         "lockout_minutes": "33"},
        409,
    )  # fmt: skip
    assert page.errors()["dedupe_mode"]
    listed = page.one("ul", class_="set-block")
    assert [a.text.split(" · ")[0] for a in listed.all("a")] == ["甲", "乙"]
    assert page.values()["lockout_minutes"] == "33"
    assert page.values()["dedupe_mode"] == "global"
    assert db.session.query(PhoneClaim).filter_by(scope="g").count() == 0


def test_cust_7_global_refuses_a_number_after_the_switch(world):
    number = make_customer(world.actor("agent")).phone.reveal()
    _switch(world)
    with pytest.raises(Denied):
        make_customer(world.actor("agent3"), phone=number)
    assert make_customer(world.actor("agent3"), phone=next_phone())
