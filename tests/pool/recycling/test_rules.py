"""POOL-19: which rule holds, when a customer is due, and how many days are left."""

from __future__ import annotations

from datetime import datetime, timedelta
from itertools import product
from types import SimpleNamespace

import pytest
from sqlalchemy import select

from app.customers.shared.models import Customer
from app.kernel import clock
from app.kernel.access.guard import unscoped
from app.kernel.database.session import db
from app.kernel.errors import Denied, Invalid
from app.pool.recycling.policies import IdleRule, in_order, rule_for
from app.pool.recycling.queries import days_left, due_within, rehearse, rules_of, runs_out_within
from app.pool.recycling.rules import change_rule, create_rule, delete_rule, rehearse_rules
from tests.support.make import make_customer
from tests.support.traces import stored

TREE, STORE = frozenset({2, 3}), frozenset({3})


def days_for(rules, *, department=3, status="potential", level=None, recycle_won=False):
    ordered = in_order(rules, default_days=30, recycle_won=recycle_won)
    found = SimpleNamespace(department_id=department, deal_status=status, level=level)
    return rule_for(ordered, found).days


@pytest.mark.parametrize(
    ("rules", "facts", "days"),
    [
        ([], {}, 30),
        ([], {"status": "won"}, 0),
        ([], {"status": "won", "recycle_won": True}, 30),
        ([IdleRule(7, TREE, 1)], {}, 7),
        ([IdleRule(7, TREE, 1)], {"department": 9}, 30),
        ([IdleRule(7, TREE, 1), IdleRule(20, STORE, 2)], {}, 20),
        ([IdleRule(7, TREE, 1)], {"status": "won"}, 0),
        ([IdleRule(7, deal_status="won")], {"status": "won"}, 7),
        (
            [IdleRule(9, level="normal"), IdleRule(8, deal_status="intent")],
            {"status": "intent", "level": "normal"},
            8,
        ),
        (
            [IdleRule(9, STORE, 2, "intent"), IdleRule(8, level="normal")],
            {"status": "intent", "level": "normal"},
            9,
        ),
        (
            [IdleRule(0, level="normal"), IdleRule(8, deal_status="intent")],
            {"status": "intent", "level": "normal"},
            8,
        ),
        ([IdleRule(0, STORE, 2)], {}, 0),
    ],
)
def test_pool_19_the_most_specific_rule_holds_then_the_shortest(rules, facts, days):
    assert days_for(rules, **facts) == days


def _at(day: str, hour: int = 12):
    return datetime.fromisoformat(f"{day}T{hour:02d}:00").replace(tzinfo=clock.LOCAL)


def _due(company_id, days=-1):
    with unscoped("the test asks for every customer"):
        return set(
            db.session.scalars(select(Customer.id).where(due_within(company_id, rules_of(company_id), days)))
        )


def test_pool_19_recycled_after_the_end_of_the_last_day_never_earlier(world):
    agent = world.actor("agent")
    with clock.frozen(_at("2027-03-01", 23)):
        made = make_customer(agent)
    record = SimpleNamespace(**stored(made.id))
    for moment, left, is_due in (
        (_at("2027-03-01"), 30, False),
        (_at("2027-03-24", 0), 7, False),
        (_at("2027-03-31", 23), 0, False),
        (_at("2027-04-01", 0), 0, True),
    ):
        with clock.frozen(moment):
            assert (days_left(record), made.id in _due(agent.company_id)) == (left, is_due)
            within = {days for days in range(40) if made.id in _due(agent.company_id, days)}
            assert within == set(range(left, 40))


def test_pool_19_statement_and_rule_agree_for_every_combination(world):
    """The list's filter, the job and the column ask the same rules."""
    agent = world.actor("agent")
    create_rule(department_id=agent.department_id, deal_status="intent", level=None, days=5,
                to_department_id=None, actor=world.actor("admin"))  # fmt: skip
    create_rule(department_id=None, deal_status=None, level="normal", days=3, to_department_id=None,
                actor=world.actor("regional"))  # fmt: skip
    create_rule(department_id=None, deal_status="lost", level=None, days=0, to_department_id=None,
                actor=world.actor("regional"))  # fmt: skip
    made = {}
    with clock.frozen(_at("2027-03-01")):
        for status, level in product(("potential", "intent", "won", "lost"), (None, "normal", "important")):
            one = make_customer(agent, level=level)
            one.deal_status = status
            made[one.id] = (status, level)
        db.session.commit()
    for later in (0, 2, 4, 5, 6, 29, 30, 31):
        with clock.frozen(_at("2027-03-01") + timedelta(days=later)):
            for pk, facts in made.items():
                row = SimpleNamespace(**stored(pk))
                left = days_left(row)
                with unscoped("the test asks for every customer"):
                    within = db.session.scalar(
                        select(Customer.id).where(Customer.id == pk, runs_out_within(1))
                    )
                assert (within is not None) == (left is not None and left <= 1), (facts, later)


def test_pool_19_rules_are_kept_with_their_log(world):
    admin, agent = world.actor("regional"), world.actor("agent")
    values = {
        "department_id": agent.department_id,
        "deal_status": None,
        "level": None,
        "to_department_id": None,
    }
    rule = create_rule(**values, days=7, actor=admin)
    with pytest.raises(Denied, match=r"recycling_rule\.exists"):
        create_rule(**values, days=9, actor=admin)
    change_rule(rule.id, days=0, actor=admin)
    assert rules_of(agent.company_id)[0].days == 0 or rules_of(agent.company_id)[1].days == 0
    delete_rule(rule.id, actor=admin)
    assert [one.days for one in rules_of(agent.company_id)] == [0, 30]
    elsewhere = world.actor("other_agent").department_id
    with pytest.raises(Invalid):
        create_rule(**values | {"to_department_id": elsewhere}, days=7, actor=admin)


def test_pool_19_a_rehearsal_tries_a_rule_before_it_is_saved(world):
    agent, regional = world.actor("agent"), world.actor("regional")
    with clock.frozen(clock.now() - timedelta(days=10)):
        made = make_customer(agent)
    assert rehearse(agent.company_id, rules_of(agent.company_id)).total == 0
    values = {"deal_status": None, "level": None, "to_department_id": None}
    found = rehearse_rules(department_id=agent.department_id, days=5, **values, actor=regional)
    assert (found.total, found.ids, found.passed_over) == (1, [made.id], {})
    assert stored(made.id)["pool"] == "personal"
    rule = create_rule(department_id=agent.department_id, days=5, **values, actor=regional)
    found = rehearse_rules(
        rule_id=rule.id, department_id=agent.department_id, days=0, **values, actor=regional
    )
    assert found.total == 0
