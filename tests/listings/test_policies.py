"""LST-0, LST-3: who keeps listings, and in which state; who notes answers: pure rules as tables."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from app.customers.shared.policies import Facts
from app.kernel.access.actor import Actor
from app.listings.homes import policies
from app.listings.matching.policies import can_judge, can_set_musts

EAST, WEST = 4, 5
AGENT = SimpleNamespace(id=10, department_id=EAST)
KEEP = frozenset({("can_keep", "Listing")})


def _actor(pk, **values):
    values = {"company_id": 1, "department_id": WEST, **values}
    return Actor(pk, "x", "x", **values)


def _listing(status="active"):
    return SimpleNamespace(agent=AGENT, agent_id=10, company_id=1, status=status)


# relation → actor, may keep the listing
RELATIONS = {
    "maintaining agent": (_actor(10, department_id=EAST), True),
    "superior of the agent": (_actor(20, managed=frozenset({EAST})), True),
    "who may keep listings": (_actor(30, permissions=KEEP), True),
    "who may keep those of another company": (_actor(31, company_id=2, permissions=KEEP), False),
    "administrator of all companies": (_actor(32, company_id=2, permissions=KEEP, sees_all=True), True),
    "scope over the agent alone": (_actor(40, scope=frozenset({EAST})), False),
    "manager of another store": (_actor(41, managed=frozenset({WEST})), False),
    "auditor": (_actor(50, reads_all=True), False),
    "colleague": (_actor(60), False),
}


@pytest.mark.parametrize("name", RELATIONS)
def test_lst_0_who_edits_a_listing_and_changes_its_state(name):
    actor, keeps = RELATIONS[name]
    verdict = policies.can_keep(actor, _listing())
    assert (bool(verdict), verdict.code) == (keeps, "" if keeps else "listing.not_keeper")


# rule → state → code of the refusal
STATES = {
    policies.can_reserve: {
        "active": "", "reserved": "listing.reserved", "done": "listing.done", "withdrawn": "listing.withdrawn"
    },
    policies.can_end: {"active": "", "reserved": "", "done": "listing.done", "withdrawn": "listing.withdrawn"},
    policies.can_offer_again: {"active": "listing.active", "reserved": "", "done": "", "withdrawn": ""},
}  # fmt: skip


@pytest.mark.parametrize("rule", STATES, ids=lambda rule: rule.__name__)
def test_lst_0_the_person_is_asked_about_before_the_state(rule):
    for state, code in STATES[rule].items():
        verdict = rule(_actor(10), _listing(state))
        assert (verdict.code, verdict.status) == (code, 409), state
        assert rule(_actor(60), _listing(state)).status == 403, state


@pytest.mark.parametrize(
    ("actor", "facts", "may"),
    [
        (_actor(10), Facts(), True),
        (_actor(60), Facts(member="write"), True),
        (_actor(60), Facts(member="read"), False),
        (_actor(60), Facts(push="pending"), False),
        (_actor(50, reads_all=True), Facts(), False),
    ],
)
def test_lst_3_who_acts_on_the_customer_notes_answers_and_musts(actor, facts, may):
    customer = SimpleNamespace(pool="personal", owner=AGENT, demand_kind="buy")
    verdicts = [rule(actor, customer, facts) for rule in (can_judge, can_set_musts)]
    assert [bool(one) for one in verdicts] == [may, may]
    assert {one.status for one in verdicts} == {409 if may else 403}


def test_lst_3_musts_need_a_demand():
    customer = SimpleNamespace(pool="personal", owner=AGENT, demand_kind=None)
    assert can_set_musts(_actor(10), customer, Facts()).code == "match.no_demand"
