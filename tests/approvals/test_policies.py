"""Who may ask, who decides, and which changes are open: the rules as tables (APP-5, CUST-17, CUST-19)."""

from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace

import pytest

from app.approvals import policies
from app.approvals.policies import ApprovalFacts
from app.customers.shared.choices import STAGE
from app.customers.shared.policies import NO_FACTS, Facts

WAYS = {
    ("lead", "ordinary"), ("lead", "lapsed"), ("ordinary", "key"), ("ordinary", "lapsed"), ("key", "ordinary"),
    ("key", "lapsed"), ("lapsed", "ordinary"),
}  # fmt: skip


@pytest.mark.parametrize("after", STAGE.codes)
@pytest.mark.parametrize("before", STAGE.codes)
def test_cust_19_which_stage_leads_to_which(before, after):
    verdict = policies.can_move_to_stage({"stage": before}, {"stage": after})
    expected = "approval.no_change" if before == after else "approval.no_way"
    assert verdict.code == ("" if (before, after) in WAYS else expected)


def _request(state="pending", requester=1):
    return SimpleNamespace(requester_id=requester, state=state)


@pytest.mark.parametrize(
    ("who", "state", "code"),
    [
        ("approver", "pending", ""),
        ("approver", "approved", "approval.approved"),
        ("approver", "rejected", "approval.rejected"),
        ("approver", "withdrawn", "approval.withdrawn"),
        ("approver", "failed", "approval.failed"),
        ("decided", "pending", "approval.decided"),
        ("decided", "approved", "approval.approved"),
        ("requester", "pending", "approval.own_request"),
        ("requester", "approved", "approval.own_request"),
        ("other", "pending", "approval.not_approver"),
        ("other", "approved", "approval.not_approver"),
    ],
)
def test_app_5_who_decides_in_which_state(world, who, state, code):
    actor = world.actor("manager")
    facts = {
        "approver": ApprovalFacts(approvers=frozenset({actor.id})),
        "decided": ApprovalFacts(frozenset({-1}), frozenset({actor.id})),
        "requester": ApprovalFacts(approvers=frozenset({actor.id})),
    }.get(who, ApprovalFacts(frozenset({-1})))
    request = _request(state, actor.id if who == "requester" else -2)
    verdict = policies.can_decide(actor, request, facts)
    assert verdict.code == code
    expected = 403 if code in {"approval.own_request", "approval.not_approver"} else 409
    assert verdict.allowed or verdict.status == expected


@pytest.mark.parametrize(
    ("mine", "state", "code"),
    [
        (True, "pending", ""),
        (True, "approved", "approval.approved"),
        (True, "failed", "approval.failed"),
        (False, "pending", "approval.not_requester"),
        (False, "withdrawn", "approval.not_requester"),
    ],
)
def test_app_5_who_withdraws(world, mine, state, code):
    actor = world.actor("agent")
    request = _request(state, actor.id if mine else -1)
    assert policies.can_withdraw(actor, request).code == code


@pytest.mark.parametrize(
    ("levels", "by_two", "expected"),
    [
        ([{1}], False, True),
        ([set()], False, False),
        ([{1}, set()], False, False),
        ([{1}, {1}], False, True),
        ([{1}, {1}], True, False),
        ([{1}, {1, 2}], True, True),
        ([{1, 2}, {1}], True, True),
        ([{1}, {2}], True, True),
        ([{1}, {2}, {1, 2}], True, False),
        ([{1}, {2}, {1, 2, 3}], True, True),
    ],
)
def test_app_1_every_level_has_somebody_and_two_levels_two_persons(levels, by_two, expected):
    assert policies.can_be_decided(levels, by_two=by_two) is expected


@pytest.mark.parametrize(
    ("who", "member", "stage", "credit"),
    [
        ("agent", "", "", ""),
        ("manager", "", "", ""),
        ("regional", "", "", ""),
        ("admin", "", "", ""),
        ("agent2", "", "customer.not_responsible", "customer.not_responsible"),
        ("agent2", "write", "", ""),
        ("agent2", "read", "customer.not_responsible", "customer.not_responsible"),
        ("finance", "", "customer.not_responsible", ""),
        ("auditor", "", "customer.not_responsible", "customer.not_responsible"),
    ],
)
def test_cust_17_cust_19_who_asks(world, who, member, stage, credit):
    agent, actor = world.actor("agent"), world.actor(who)
    owner = SimpleNamespace(id=agent.id, department_id=agent.department_id)
    customer = SimpleNamespace(
        kind="enterprise", pool="personal", owner=owner, owner_id=agent.id, department_id=agent.department_id,
        private_holder=None, private_holder_id=None, handler=None, handler_id=None,
    )  # fmt: skip
    facts = Facts(member=member)
    assert policies.can_request_stage(actor, customer, facts).code == stage
    assert policies.can_request_credit(actor, customer, facts).code == credit


def test_cust_17_individuals_have_no_credit(world):
    finance = replace(world.actor("finance"))
    customer = SimpleNamespace(
        kind="individual", pool="personal", owner=None, owner_id=None, department_id=0, private_holder=None,
        private_holder_id=None, handler=None, handler_id=None,
    )  # fmt: skip
    assert policies.can_request_credit(finance, customer, NO_FACTS).code == "credit.of_enterprises"
