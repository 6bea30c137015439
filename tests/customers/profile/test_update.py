"""Editing a customer: POOL-5, CUST-20, CUST-21, CUST-6, CUST-10, ACC-6."""

from __future__ import annotations

from decimal import Decimal

import pytest

from app.customers.profile.services import update_customer
from app.kernel.errors import NotFound, Stale
from tests.support.make import make_customer, make_member, make_platform_customer, make_push, tax_id
from tests.support.traces import denied, invalid, nothing_written, operations, stored


def _edit(customer, actor, version=None, **values):
    return update_customer(customer.id, version=version or customer.version, values=values, actor=actor)


def test_cust_20_an_edit_is_recorded_field_by_field(world):
    agent = world.actor("agent")
    made = make_customer(agent, name="王小明", remark=None, address="春熙路 1 号")
    edited = _edit(made, agent, name="王晓明", remark="复看", address="春熙路 1 号", source="walk_in")
    assert (edited.version, stored(made.id)["name"]) == (2, "王晓明")
    (row,) = operations(made, "customer.update")
    assert (row.actor_id, row.actor_name) == (agent.id, agent.name)
    assert row.differences == {
        "name": ["王小明", "王晓明"], "remark": ["", "复看"], "source": ["", "walk_in"],
    }  # fmt: skip


def test_cust_20_saving_what_is_there_already_counts_as_no_save(world):
    agent = world.actor("agent")
    made = make_customer(agent, name="王小明", demand={"price_min": Decimal("100.00")})
    with nothing_written():
        _edit(made, agent, name="王小明", price_min=Decimal(100), remark=None)
    assert stored(made.id)["version"] == 1


def test_acc_9_the_log_masks_the_mail_address(world):
    made = make_customer(world.actor("agent"), email="wang.xm@example.com")
    _edit(made, world.actor("agent"), email="li@example.org")
    (row,) = operations(made, "customer.update")
    assert row.differences == {"email": ["w***@example.com", "l***@example.org"]}


def test_cust_5_districts_are_recorded_by_name(world):
    agent = world.actor("agent")
    places = [world.district(name) for name in ("锦江区", "成华区", "青羊区")]
    made = make_customer(agent, demand={"district_ids": [places[0].id]})
    _edit(made, agent, demand_districts=[places[2].id, places[1].id])
    (row,) = operations(made, "customer.update")
    assert row.differences == {"demand_districts": ["锦江区", "青羊区、成华区"]}
    edited = _edit(made, agent, version=2, demand_districts=[])
    assert (edited.demand_districts, edited.version) == ([], 3)


def test_cust_20_a_stale_save_is_refused_with_both_versions(world):
    agent = world.actor("agent")
    made = make_customer(agent, name="王小明")
    _edit(made, world.actor("manager"), version=1, name="王大明")
    with nothing_written(), pytest.raises(Stale) as caught:
        _edit(made, agent, version=1, name="王中明", remark="我的备注")
    assert (caught.value.version, caught.value.status) == (2, 412)
    theirs_and_mine = list(caught.value.differences.values())
    assert theirs_and_mine == [("王大明", "王中明"), ("", "我的备注")]
    row = stored(made.id)
    assert (row["name"], row["remark"], row["version"]) == ("王大明", None, 2)


def test_pool_5_basics_of_a_platform_customer_by_anyone_who_acts(world):
    made = make_platform_customer(
        world.actor("agent"), state="following", demand={"district_ids": [world.district("锦江区").id]}
    )
    for version, name in enumerate(("agent", "agent2", "manager", "regional", "admin"), 1):
        assert _edit(made, world.actor(name), version=version, remark=name).version == version + 1


def test_acc_6_out_of_reach_is_not_found_whatever_is_sent(world):
    made = make_customer(world.actor("agent"))
    for name in ("agent2", "agent3", "other_agent", "broker", "visitor"):
        with nothing_written(), pytest.raises(NotFound):
            _edit(made, world.actor(name), remark="x")
    with pytest.raises(NotFound):
        update_customer(999_999, version=1, values={}, actor=world.actor("admin"))


def test_pool_5_readers_do_not_edit(world):
    made = make_customer(world.actor("agent"))
    make_member(made, world.actor("agent2"), "read")
    make_push(made, receiver=world.actor("agent3"))
    for name in ("agent2", "agent3", "auditor"):
        with denied("customer.read_only", 403):
            _edit(made, world.actor(name), remark="x")


def test_cust_21_business_fields_are_for_those_responsible(world):
    made = make_platform_customer(world.actor("agent"), state="private")
    for values in ({"deal_status": "intent"}, {"level": "important"}, {"enabled": False}):
        with denied("customer.not_responsible", 403):
            _edit(made, world.actor("agent2"), **values)
    for version, name in enumerate(("agent", "manager", "regional", "admin"), 1):
        level = ("important", "normal")[version % 2]
        assert _edit(made, world.actor(name), version=version, level=level).level == level


def test_cust_21_an_unchanged_business_field_asks_for_nothing(world):
    """The edit form sends every field; only those that change need their right."""
    made = make_platform_customer(world.actor("agent"), state="following")
    edited = _edit(made, world.actor("agent2"), remark="x", level=None, deal_status="potential", enabled=True)
    assert edited.remark == "x"


def test_cust_21_a_write_member_edits_all(world):
    made = make_customer(world.actor("agent"))
    make_member(made, world.actor("agent3"), "write")
    assert _edit(made, world.actor("agent3"), deal_status="intent").deal_status == "intent"


def test_cust_21_an_enterprise_is_for_those_responsible_entirely(world):
    made = make_platform_customer(world.actor("agent"), state="following", kind="enterprise")
    with denied("customer.not_responsible", 403):
        _edit(made, world.actor("agent2"), remark="x")
    assert _edit(made, world.actor("manager"), remark="x").remark == "x"


def test_acc_6_the_person_is_refused_before_the_state_is_told(world):
    """Who may not edit learns nothing about other files' tax ids: 403 comes before 409."""
    make_customer(world.actor("agent3"), kind="enterprise", tax_id=tax_id(7))
    made = make_platform_customer(world.actor("agent"), state="following", kind="enterprise")
    with denied("customer.not_responsible", 403):
        _edit(made, world.actor("agent2"), tax_id=tax_id(7))


def test_cust_6_an_edit_cannot_take_anothers_tax_id(world):
    agent = world.actor("agent")
    first = make_customer(agent, kind="enterprise", tax_id=tax_id(1))
    second = make_customer(agent, kind="enterprise", phone=None)
    individual = make_customer(agent)
    with denied("customer.duplicate") as caught:
        _edit(second, agent, tax_id=tax_id(1))
    assert caught.value.decision.details == {"rule": "tax_id", "customer_id": first.id}
    assert _edit(first, agent, tax_id=tax_id(1).lower(), remark="x").tax_id == tax_id(1)
    with invalid("tax_id"):
        _edit(second, agent, tax_id="123")
    with invalid("tax_id"):
        _edit(individual, agent, tax_id=tax_id(3))


@pytest.mark.parametrize(
    "field",
    ["code", "phone", "phone_index", "owner_id", "pool", "follow_status", "grade", "version", "company_id",
     "private_holder_id", "created_at", "deleted_at", "stage", "nonsense"],
)  # fmt: skip
def test_cust_20_other_fields_cannot_be_edited(world, field):
    made = make_customer(world.actor("agent"))
    with invalid(field):
        update_customer(made.id, version=1, values={field: "1"}, actor=world.actor("admin"))


@pytest.mark.parametrize("field", ["name", "enabled", "deal_status"])
def test_cust_2_what_is_required_cannot_be_emptied(world, field):
    made = make_customer(world.actor("agent"))
    with invalid(field):
        _edit(made, world.actor("agent"), **{field: None})


def test_cust_5_ranges_are_checked_against_what_stays(world):
    agent = world.actor("agent")
    made = make_customer(agent, demand={"kind": "buy", "price_min": 100, "price_max": 200})
    with invalid("demand.price_max"):
        _edit(made, agent, price_max=50)
    with invalid("demand.price_max"):
        _edit(made, agent, price_min=300)
    with invalid("demand.district_ids"):
        _edit(made, agent, demand_districts=[999_999])
    with invalid("district_id"):
        _edit(made, agent, district_id=999_999)
    assert _edit(made, agent, price_min=300, price_max=400).price_max == 400


def test_cust_10_the_grade_follows_its_figures_and_is_logged(world):
    agent = world.actor("agent")
    made = make_customer(agent, kind="enterprise", annual_revenue=Decimal(620_000), cooperation_years=2)
    assert _edit(made, agent, deal_status="intent").grade == "B"
    (row,) = operations(made, "customer.update")
    assert row.differences == {"deal_status": ["potential", "intent"], "grade": ["D", "B"]}
    assert _edit(made, agent, version=2, deal_status="potential").grade == "D"
