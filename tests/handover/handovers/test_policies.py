"""HAND-1, HAND-4, HAND-5, HAND-6, HAND-9: who may do what with a handover, as tables."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from app.customers.shared.policies import Facts
from app.handover.handovers import policies
from app.handover.handovers.choices import STAGE
from app.handover.handovers.policies import HandoverFacts
from app.kernel.access.actor import Actor

EAST, WEST = 3, 4
MANAGED = HandoverFacts(frozenset({40, 41}))
ALONE = HandoverFacts()


def _actor(pk, **values):
    return Actor(pk, "x", "x", company_id=1, department_id=values.pop("department_id", WEST), **values)


def _handover(stage="preparation", *, status="active", prepared_by=None):
    former = SimpleNamespace(id=10, department_id=EAST, status=status)
    return SimpleNamespace(
        stage=stage, former_owner=former, former_owner_id=10, receiver_id=20, prepared_by_id=prepared_by
    )


FORMER = _actor(10, department_id=EAST)
RECEIVER = _actor(20)
SUPERIOR = _actor(40, managed=frozenset({EAST}))
ADMIN = _actor(50, is_admin=True, sees_all=True)
SCOPE = _actor(42, scope=frozenset({EAST}))
STRANGER = _actor(60)
AUDITOR = _actor(61, reads_all=True)
HEAD = _actor(10, department_id=EAST, managed=frozenset({EAST}))
PEOPLE = (FORMER, RECEIVER, SUPERIOR, ADMIN, SCOPE, STRANGER, AUDITOR, HEAD)

# rule → the stages in which it applies, who may where the former owner has superiors
RULES = {
    policies.can_prepare: ({"preparation"}, {FORMER, HEAD}),
    policies.can_complete: ({"preparation"}, {FORMER, HEAD}),
    policies.can_approve: ({"review"}, {SUPERIOR}),
    policies.can_send_back: ({"review"}, {SUPERIOR}),
    policies.can_confirm: ({"confirmation"}, {RECEIVER}),
    policies.can_change_receiver: ({"review"}, {SUPERIOR, ADMIN}),
    policies.can_cancel: ({"preparation", "review", "confirmation"}, {SUPERIOR, ADMIN}),
}


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.__name__)
@pytest.mark.parametrize("stage", STAGE.codes)
def test_hand_3_the_person_decides_first_then_the_stage(rule, stage):
    stages, allowed = RULES[rule]
    for actor in PEOPLE:
        verdict = rule(actor, _handover(stage), MANAGED)
        if actor not in allowed:
            assert (bool(verdict), verdict.status) == (False, 403), actor.id
        elif stage in stages:
            assert verdict, actor.id
        else:
            assert (verdict.code, verdict.status) == (f"handover.{stage}", 409), actor.id


def test_hand_4_a_superior_prepares_where_the_former_owner_has_left():
    left = _handover(status="departed")
    assert policies.can_prepare(SUPERIOR, left, MANAGED)
    for actor in (FORMER, RECEIVER, ADMIN, STRANGER):
        assert policies.can_prepare(actor, left, MANAGED).status == 403
    assert policies.can_prepare(ADMIN, left, ALONE), "the administrator where there is no superior"
    assert not policies.can_prepare(SUPERIOR, _handover(status="leaving"), MANAGED)


def test_hand_4_the_refusal_lists_the_items_that_are_not_done():
    verdict = policies.can_complete(FORMER, _handover(), HandoverFacts(undone=("甲", "乙")))
    assert (verdict.code, verdict.details["items"]) == ("handover.items_open", ["甲", "乙"])
    assert "甲" in str(verdict.message)


def test_hand_9_who_prepared_does_not_approve_where_there_is_another_superior():
    mine = _handover("review", prepared_by=40)
    assert policies.can_approve(SUPERIOR, mine, MANAGED).code == "handover.prepared_it"
    assert policies.can_approve(SUPERIOR, mine, HandoverFacts(frozenset({40})))
    assert policies.can_send_back(SUPERIOR, mine, MANAGED)


def test_hand_9_the_administrator_reviews_where_there_is_no_superior():
    assert policies.can_approve(ADMIN, _handover("review"), ALONE)
    assert policies.can_send_back(ADMIN, _handover("review"), ALONE)
    assert policies.can_approve(HEAD, _handover("review"), ALONE).code == "handover.not_superior"


def test_hand_1_the_owner_a_superior_or_the_administrator_starts():
    owner = SimpleNamespace(id=10, department_id=EAST)
    usual = {"owner": owner, "owner_id": 10, "private_holder": None, "private_holder_id": None}
    personal = SimpleNamespace(**usual, handler=None, department_id=EAST)
    allowed = {actor.id for actor in PEOPLE if policies.can_start(actor, personal, Facts())}
    assert allowed == {10, 40, 50}
    assert policies.can_start(ADMIN, personal, Facts(kept=True)).code == "handover.open"
    nobody = SimpleNamespace(**{**vars(personal), "owner": None, "owner_id": None})
    assert policies.can_start(ADMIN, nobody, Facts()).code == "customer.no_owner"
    assert policies.can_start(STRANGER, nobody, Facts()).status == 403
