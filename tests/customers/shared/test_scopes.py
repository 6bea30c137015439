"""The SQL of lists and look-ups says the same as the rules, for everybody and every customer.

ACC-6, ACC-14, POOL-3.  The policies are proved by their tables; here each actor's ``visible_customers`` must
contain a customer exactly when ``can_open`` allows it — for the people of the world, and for arbitrary actors
that Hypothesis thinks up.
"""

from __future__ import annotations

from dataclasses import replace
from itertools import product

import pytest
from hypothesis import HealthCheck, given, settings

from app.customers.shared import queries
from app.customers.shared.policies import acts_on, can_open
from app.kernel.access.actor import SYSTEM, Actor
from app.kernel.database.session import db
from app.kernel.errors import NotFound
from tests.support.people.population import EVERYBODY, PEOPLE, Population, arbitrary_actors, everybody

pytestmark = pytest.mark.both


@pytest.fixture
def population(world, database):
    """All customers, deleted ones too."""
    size = database.scene("population", lambda: Population(world).fill())
    customers = everybody()
    assert len(customers) == size > 400
    return customers


def _ids(statement):
    return set(db.session.scalars(statement.with_only_columns(queries.Customer.id)))


def _live(customers):
    return [customer for customer in customers if customer.deleted_at is None]


def _disagreements(actor, customers):
    """Customers that SQL lists and the rule does not open, or the other way round."""
    listed = _ids(queries.visible_customers(actor))
    facts = queries.facts_of(customers, actor)
    opened = {c.id for c in _live(customers) if can_open(actor, c, facts[c.id])}
    return {"listed, not opened": listed - opened, "opened, not listed": opened - listed}


AGREED = {"listed, not opened": set(), "opened, not listed": set()}


def test_acc_14_lists_agree_with_the_rule_for_everybody(world, population):
    seen = {}
    for name in EVERYBODY:
        actor = world.actor(name)
        assert _disagreements(actor, population) == AGREED, name
        seen[name] = len(_ids(queries.visible_customers(actor)))
    live = len(_live(population))
    assert (seen["admin"], seen["auditor"], seen["broker"], seen["visitor"]) == (live, live, 0, 0)
    assert 0 < seen["agent"] < seen["manager"] < seen["regional"] < live
    assert 0 < seen["other_agent"] < live
    assert _ids(queries.visible_customers(SYSTEM)) == {customer.id for customer in _live(population)}


def test_acc_6_a_single_look_up_agrees_too(world, population):
    """``get_customer`` finds exactly what is listed; the rest, deleted ones too, is "not found"."""
    for name in ("agent", "regional", "broker"):
        actor = world.actor(name)
        listed = _ids(queries.visible_customers(actor))
        for customer in population[::17] + [c for c in population if c.deleted_at]:
            if customer.id in listed:
                assert queries.get_customer(customer.id, actor=actor).id == customer.id
            else:
                with pytest.raises(NotFound):
                    queries.get_customer(customer.id, actor=actor)
    gone = next(customer for customer in population if customer.deleted_at)
    with pytest.raises(NotFound):
        queries.get_customer(gone.id, actor=world.actor("admin"))


def test_acc_14_lists_agree_with_the_rule_for_any_actor(world, population):
    @settings(
        max_examples=40, deadline=None, database=None, derandomize=True,
        suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
    )  # fmt: skip
    @given(arbitrary_actors(world, population))
    def agree(actor: Actor) -> None:
        assert _disagreements(actor, population) == AGREED

    agree()


def _over_department(actor, pk):
    return actor.sees_all or pk in actor.scope | actor.managed


def _listed_kind(actor, customer):
    """POOL-3 in words: personal by scope over the owner; platform mine, below mine, or in scope."""
    if customer.pool == "personal":
        return actor.has_scope_over(customer.owner)
    return customer.department_id in actor.below or _over_department(actor, customer.department_id)


TABS = {
    "personal": lambda a, c: c.pool == "personal" and _listed_kind(a, c),
    "platform": lambda a, c: c.pool == "platform" and _listed_kind(a, c),
    "private": lambda a, c: c.private_holder is not None and a.has_scope_over(c.private_holder),
    "pending": lambda a, c: c.follow_status == "pending" and a.has_scope_over(c.handler),
    "off_shelf": lambda a, c: c.follow_status == "off_shelf" and _listed_kind(a, c),
}
NARROWED = {
    "personal": lambda c: c.pool == "personal",
    "platform": lambda c: c.pool == "platform",
    "private": lambda c: c.private_holder_id is not None,
    "pending": lambda c: c.follow_status == "pending",
    "off_shelf": lambda c: c.follow_status == "off_shelf",
}


def test_pool_3_tabs(world, population):
    for tab, name in product(TABS, EVERYBODY):
        actor = world.actor(name)
        found = _ids(getattr(queries, f"{tab}_customers")(actor))
        rule = NARROWED[tab] if actor.reads_all else lambda c, a=actor, t=tab: TABS[t](a, c)
        assert found == {customer.id for customer in _live(population) if rule(customer)}, (tab, name)
        assert found <= _ids(queries.visible_customers(actor)), (tab, name)
        assert found or name not in PEOPLE, (tab, name)
        assert not found or actor.department_id is not None, (tab, name)


def test_acc_14_nobody_reaches_into_another_company(world, population):
    """Without membership, push or a scope that names it, the company is a wall."""
    stranger = replace(
        world.actor("other_agent"), districts=frozenset(world.district(n).id for n in ("成都市", "锦江区"))
    )
    ours = [c for c in _live(population) if c.company_id == world.actor("agent").company_id]
    facts = queries.facts_of(ours, stranger)
    reached = [c for c in ours if c.id in _ids(queries.visible_customers(stranger))]
    assert all(facts[c.id].member or facts[c.id].push for c in reached)
    assert [c for c in ours if acts_on(stranger, c, facts[c.id]) and facts[c.id].member != "write"] == []
