"""What a new customer holds: codes (CUST-1), tax ids (CUST-4, CUST-6), demand (CUST-5), grade (CUST-10)."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from app.customers.profile.services import update_customer
from app.customers.shared.models import Customer
from app.kernel import clock
from app.kernel.access.guard import unscoped
from app.kernel.database.numbering import DailySequence
from app.kernel.database.session import db
from tests.support.make import make_customer, tax_id
from tests.support.traces import denied, invalid, operations, stored

# Half an hour before and after midnight in Shanghai.
EVENING = datetime(2026, 3, 1, 15, 30, tzinfo=UTC)
MORNING = datetime(2026, 3, 1, 16, 30, tzinfo=UTC)


def test_cust_1_codes_count_the_shanghai_day(world):
    agent = world.actor("agent")
    with clock.frozen(EVENING):
        codes = [make_customer(agent).code for _ in range(3)]
    with clock.frozen(MORNING):
        codes.append(make_customer(agent).code)
    assert codes == ["CUS202603010001", "CUS202603010002", "CUS202603010003", "CUS202603020001"]


def test_cust_1_the_sequence_grows_past_9999(world):
    db.session.add(DailySequence(prefix="CUS", day="20260301", value=9998))
    db.session.commit()
    with clock.frozen(EVENING):
        codes = [make_customer(world.actor("agent")).code for _ in range(3)]
    assert codes == ["CUS202603019999", "CUS2026030110000", "CUS2026030110001"]


def test_cust_1_a_given_code_is_kept_and_unique(world):
    agent = world.actor("agent")
    assert make_customer(agent, code="old-2019-7").code == "OLD-2019-7"
    with denied("customer.code_taken"):
        make_customer(world.actor("other_agent"), code="OLD-2019-7")
    with denied("customer.code_taken"):
        make_customer(agent, code="old-2019-7")


def test_cust_1_the_sequence_steps_over_a_given_code(world):
    with clock.frozen(EVENING):
        make_customer(world.actor("agent"), code="CUS202603010001")
        make_customer(world.actor("agent"), code="CUS202603010002")
        assert make_customer(world.actor("agent")).code == "CUS202603010003"


@pytest.mark.parametrize("code", ["A B", "客户1", "A/1", "A'1", "x" * 33, "-", "---"])
def test_cust_1_a_given_code_is_validated(world, code):
    with invalid("code"):
        make_customer(world.actor("agent"), code=code)


def test_cust_1_the_code_of_a_deleted_customer_is_not_given_again(world):
    made = make_customer(world.actor("agent"), code="GONE-1")
    with unscoped("test data: no operation deletes yet"):
        db.session.execute(
            Customer.__table__.update()
            .where(Customer.__table__.c.id == made.id)
            .values(deleted_at=clock.now())
        )
    db.session.commit()
    with denied("customer.code_taken"):
        make_customer(world.actor("agent"), code="GONE-1")


def test_cust_1_the_code_is_never_edited(world):
    made = make_customer(world.actor("agent"))
    with invalid("code"):
        update_customer(made.id, version=1, values={"code": "NEW-1"}, actor=world.actor("agent"))
    assert stored(made.id)["code"] == made.code


@pytest.mark.parametrize(
    ("low", "high"), [("price_min", "price_max"), ("area_min", "area_max"), ("rooms_min", "rooms_max")]
)
def test_cust_5_ranges_stand_the_right_way_round(world, low, high):
    agent = world.actor("agent")
    with invalid(f"demand.{high}"):
        make_customer(agent, demand={"kind": "buy", low: 3, high: 2})
    for bounds in ({low: 3, high: 3}, {low: 3}, {high: 2}, {low: 0, high: 2}):
        row = stored(make_customer(agent, demand={"kind": "buy", **bounds}).id)
        assert {name: row[name] for name in (low, high)} == {low: None, high: None} | bounds


def test_cust_5_districts_are_known_and_kept_once(world):
    jinjiang, qingyang = world.district("锦江区"), world.district("青羊区")
    made = make_customer(
        world.actor("agent"),
        demand={"kind": "rent", "district_ids": [qingyang.id, jinjiang.id, qingyang.id], "needs": "带电梯"},
    )
    assert [district.name for district in made.demand_districts] == ["锦江区", "青羊区"]
    assert (made.demand_kind, made.needs) == ("rent", "带电梯")
    with invalid("demand.district_ids"):
        make_customer(world.actor("agent"), demand={"district_ids": [jinjiang.id, 999_999]})
    with invalid("district_id"):
        make_customer(world.actor("agent"), district_id=999_999)


def test_cust_4_a_tax_id_is_checked_and_normalised(world):
    good = tax_id(1)
    typed = f" {good[:8].lower()} {good[8:].lower()} "
    made = make_customer(world.actor("agent"), kind="enterprise", tax_id=typed)
    assert stored(made.id)["tax_id"] == good
    wrong = good[:-1] + ("A" if good[-1] != "A" else "B")
    for text in (wrong, good[:-1], "123", "不是税号"):
        with invalid("tax_id"):
            make_customer(world.actor("agent"), kind="enterprise", tax_id=text)


def test_cust_4_an_individual_has_none(world):
    with invalid("tax_id"):
        make_customer(world.actor("agent"), tax_id=tax_id(1))


def test_cust_6_a_tax_id_is_unique_always(world):
    first = make_customer(world.actor("agent"), kind="enterprise", tax_id=tax_id(1))
    with denied("customer.duplicate") as caught:
        make_customer(world.actor("agent"), kind="enterprise", tax_id=tax_id(1).lower())
    assert caught.value.decision.details == {"rule": "tax_id", "customer_id": first.id}
    for stranger in ("agent2", "agent3", "other_agent"):
        with denied("customer.duplicate") as caught:
            make_customer(world.actor(stranger), kind="enterprise", tax_id=tax_id(1))
        assert (caught.value.decision.details, caught.value.decision.link) == ({"rule": "tax_id"}, "")
    assert make_customer(world.actor("agent"), kind="enterprise", tax_id=tax_id(2))


def test_cust_10_the_grade_of_a_new_customer_is_that_of_a_potential_one(world):
    made = make_customer(
        world.actor("agent"), kind="enterprise", annual_revenue=5_000_000, cooperation_years=9
    )
    assert stored(made.id)["grade"] == "D"
    assert [row.operation for row in operations(made)] == ["customer.create"]
