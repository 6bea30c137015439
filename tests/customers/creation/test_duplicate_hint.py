"""OFF-2, CUST-8, ACC-17: the form of a new customer says while one types that the number is taken."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from app.customers.numbers.models import NumberLookup
from app.customers.shared.settings import LOOKUPS_AN_HOUR
from app.kernel.database.session import db
from app.org.roles.names import AGENT
from app.system.settings.services import change_setting
from tests.support.make import make_customer, make_platform_customer, next_phone
from tests.support.web.person import Browser

NUMBER = "13911110000"
MINE = {"pool": "personal", "phone": NUMBER}


def _hint(app, name: str, typed) -> tuple[str, str]:
    answer = Browser(app, name).post("/customers/duplicate", typed)
    assert answer.status_code == 200
    found = answer.get_json()
    return found["message"], found["url"]


def _lookups(world, name: str) -> list[tuple[str, bool]]:
    db.session.rollback()
    mine = select(NumberLookup.way, NumberLookup.hit).where(NumberLookup.account_id == world.actor(name).id)
    return [tuple(row) for row in db.session.execute(mine.order_by(NumberLookup.id))]


def test_off_2_ones_own_duplicate_is_named_with_its_link(app, world):
    made = make_customer(world.actor("agent"), phone=NUMBER)
    assert _hint(app, "agent", MINE) == ("您已有使用此号码的个人客户", f"/customers/{made.id}")
    assert _lookups(world, "agent") == [("look_up", True)]


def test_off_2_the_hint_says_what_saving_says(app, world):
    make_customer(world.actor("agent2"), phone=NUMBER)
    handler = str(world.actor("agent").id)
    typed = {"pool": "platform", "handler_id": handler, "phone": NUMBER}
    message, url = _hint(app, "agent", typed)
    saved = Browser(app, "agent").submit(
        "/customers/new", {**typed, "kind": "individual", "name": "王小明"}, 409
    )
    assert message
    assert not url
    assert message in saved.one(class_="form-alert").text


def test_off_2_a_free_number_and_half_a_number_say_nothing(app, world):
    assert _hint(app, "agent", MINE) == ("", "")
    assert _lookups(world, "agent") == [("look_up", False)]
    assert _hint(app, "agent", {**MINE, "phone": "1391111"}) == ("", "")
    assert len(_lookups(world, "agent")) == 1, "half a number is not looked up"


@pytest.mark.parametrize(
    "typed",
    [
        {},
        {"phone": ""},
        {"phone": NUMBER, "pool": "platform"},
        {"phone": NUMBER, "pool": "platform", "handler_id": "x"},
        {"phone": NUMBER, "pool": "personal", "owner_id": "999999"},
        {"phone": NUMBER, "pool": "personal", "owner_id": "x"},
        {"phone": "\x00", "pool": "x"},
    ],
)
def test_off_2_what_cannot_be_decided_yet_is_neither_answered_nor_counted(app, world, typed):
    make_platform_customer(world.actor("agent"), phone=NUMBER)
    message, url = _hint(app, "agent", typed)
    if typed.get("owner_id") != "x":
        assert (message, url) == ("", "")
        assert not _lookups(world, "agent")


@pytest.mark.both
def test_acc_17_a_hint_costs_a_lookup_until_one_has_created_the_customer(app, world):
    name = f"{LOOKUPS_AN_HOUR.name}.{AGENT}"
    change_setting(name, value=1, actor=world.actor("admin"))
    browser, number = Browser(app, "agent"), next_phone()
    assert browser.post("/customers/duplicate", {**MINE, "phone": number}).get_json()["message"] == ""
    refused = browser.post("/customers/duplicate", {**MINE, "phone": next_phone()}).get_json()
    assert "查号次数已用完" in refused["message"], "the budget is spent"
    change_setting(name, value=2, actor=world.actor("admin"))
    typed = {**MINE, "kind": "individual", "name": "王小明", "phone": number}
    assert browser.post("/customers/new", typed).status_code == 303
    change_setting(name, value=1, actor=world.actor("admin"))
    assert browser.post("/customers/duplicate", {**MINE, "phone": next_phone()}).get_json()["message"] == ""


def test_off_2_only_who_may_create_asks(app, world):
    assert Browser(app, "auditor").post("/customers/duplicate", MINE).status_code == 403
    assert Browser(app).post("/customers/duplicate", MINE).status_code == 302
    assert Browser(app, "agent").open("POST", "/customers/duplicate", data=MINE).status_code == 400
