"""CUST-2, CUST-15, CUST-16, CUST-21: who adds and changes business records, as tables."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from app.customers.shared.policies import Facts
from app.deals.opportunities import policies as opportunities
from app.deals.quotes import policies as quotes
from app.deals.shared import policies
from app.deals.tickets import policies as tickets
from app.kernel.access.actor import Actor

EAST, WEST = 3, 4
OWNER = SimpleNamespace(id=10, department_id=EAST)
MAKER = SimpleNamespace(id=20, department_id=WEST)


def _customer(**values):
    usual = {
        "kind": "enterprise", "pool": "personal", "owner": OWNER, "owner_id": 10, "handler": None,
        "private_holder": None, "private_holder_id": None, "department_id": EAST, "company_id": 1, "enabled": True,
        "follow_status": "following", "is_private": False,
    }  # fmt: skip
    return SimpleNamespace(**{**usual, **values})


def _record(**values):
    return SimpleNamespace(**{"customer": _customer(), "owner": MAKER, "owner_id": 20, **values})


def _actor(pk, **values):
    return Actor(pk, "x", "x", company_id=1, department_id=values.pop("department_id", WEST), **values)


# relation → actor, facts, may add, may change a record that a helper owns
RELATIONS = {
    "owner of the customer": (_actor(10, department_id=EAST), Facts(), True, True),
    "owner of the record": (_actor(20), Facts(), False, True),
    "write member": (_actor(30), Facts(member="write"), True, True),
    "read member": (_actor(30), Facts(member="read"), False, False),
    "push waiting": (_actor(30), Facts(push="pending"), False, False),
    "superior of the customer's owner": (_actor(40, managed=frozenset({EAST})), Facts(), True, True),
    "superior of the record's owner": (_actor(41, managed=frozenset({WEST})), Facts(), False, True),
    "scope over the customer's owner": (_actor(42, scope=frozenset({EAST})), Facts(), True, False),
    "administrator": (_actor(50, is_admin=True, sees_all=True), Facts(), True, True),
    "auditor": (_actor(51, reads_all=True), Facts(), False, False),
    "stranger": (_actor(60), Facts(), False, False),
}


@pytest.mark.parametrize("name", RELATIONS)
def test_cust_15_cust_21_who_adds_and_changes(name):
    actor, facts, adds, changes = RELATIONS[name]
    assert bool(policies.can_add(actor, _customer(), facts)) is adds
    verdict = policies.can_change(actor, _record(), facts)
    assert (bool(verdict), verdict.status) == ((True, 409) if changes else (False, 403))


def test_cust_2_a_disabled_customer_takes_nothing_new_and_keeps_what_it_has():
    disabled = _customer(enabled=False)
    verdict = policies.can_add(_actor(10), disabled, Facts())
    assert (verdict.code, verdict.status) == ("customer.disabled", 409)
    assert policies.can_change(_actor(10), _record(customer=disabled), Facts())
    assert policies.can_add(_actor(10), _customer(follow_status="off_shelf"), Facts())


# rule → state → code of the refusal
STATES = {
    opportunities.can_work_on: {"open": "", "won": "opportunity.won", "lost": "opportunity.lost"},
    opportunities.can_reopen: {"open": "opportunity.open", "won": "", "lost": ""},
    quotes.can_edit: {"draft": "", "sent": "quote.sent", "accepted": "quote.accepted", "refused": "quote.refused"},
    quotes.can_send: {"draft": "", "sent": "quote.sent", "accepted": "quote.accepted", "refused": "quote.refused"},
    quotes.can_answer: {
        "draft": "quote.not_sent", "sent": "", "accepted": "quote.accepted", "refused": "quote.refused"
    },
    quotes.can_reopen: {"draft": "quote.draft", "sent": "", "accepted": "", "refused": ""},
    tickets.can_work_on: {"open": "", "waiting": "", "solved": "ticket.solved", "closed": "ticket.closed"},
    tickets.can_wait: {
        "open": "", "waiting": "ticket.waiting", "solved": "ticket.solved", "closed": "ticket.closed"
    },
    tickets.can_close: {"open": "", "waiting": "", "solved": "", "closed": "ticket.closed"},
    tickets.can_reopen: {"open": "ticket.open", "waiting": "", "solved": "", "closed": ""},
}  # fmt: skip


@pytest.mark.parametrize("rule", STATES, ids=lambda rule: f"{rule.__module__.split('.')[2]}.{rule.__name__}")
def test_cust_16_states_decide_after_the_person(rule):
    for state, code in STATES[rule].items():
        record = _record(status=state, is_open=state == "open", amount=1, lines=[])
        assert rule(_actor(20), record, Facts()).code == code, state
        assert rule(_actor(60), record, Facts()).status == 403, state


def test_cust_16_an_empty_quote_is_not_sent():
    empty = _record(status="draft", amount=0, lines=[])
    assert quotes.can_send(_actor(20), empty, Facts()).code == "quote.empty"
    free = _record(status="draft", amount=0, lines=[object()])
    assert quotes.can_send(_actor(20), free, Facts()), "a full discount is an offer"
