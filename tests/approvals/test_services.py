"""Requests are filed, decided, withdrawn and applied: APP-3, APP-4, APP-5, APP-8, APP-9."""

from __future__ import annotations

from decimal import Decimal

import pytest
from sqlalchemy import select

from app.approvals.models import ApprovalRequest
from app.approvals.services import (
    approve_request,
    file_request,
    reject_request,
    request_stage,
    withdraw_request,
)
from app.customers.shared.models import Customer
from app.deals.credit.models import CreditLimitChange
from app.deals.credit.queries import credit_of
from app.deals.credit.services import set_credit
from app.kernel.access.guard import unscoped
from app.kernel.database.session import db
from app.kernel.errors import Denied, Invalid, NotFound
from app.notices.models import Notification
from tests.support.deals import logged, make_firm
from tests.support.make import make_customer


def refused(call, *args, **values) -> str:
    with pytest.raises(Denied) as caught:
        call(*args, **values)
    return caught.value.code


def told(request) -> list[tuple[int, str]]:
    """Return who was told of a request what, oldest first."""
    found = select(Notification).where(
        Notification.record_type == "approval", Notification.record_id == request.id
    )
    return [(one.recipient_id, one.message) for one in db.session.scalars(found.order_by(Notification.id))]


def test_app_3_a_request_holds_base_values_difference_reason_and_level(world, asking):
    made = asking.credit()
    assert (made.kind, made.state, made.level) == ("credit_limit_change", "pending", 1)
    assert made.before == {"credit_enabled": False, "limits": {"CNY": None}}
    assert made.proposed == {"credit_enabled": True, "limits": {"CNY": "5000.00"}}
    assert (made.reason, made.requester_id) == ("新合同", asking.agent.id)
    assert [row.operation for row in logged(made)] == ["approval.file"]
    assert told(made) == [
        (world.actor("manager").id, "%(who)s asks for your approval of a request about %(name)s")
    ]
    assert credit_of(asking.firm).enabled is False, "nothing changes before it is approved"


def test_app_9_a_stage_is_approved_by_the_superior_alone(world, asking):
    manager = world.actor("manager")
    made = asking.stage()
    approve_request(made.id, comment="同意", actor=manager)
    firm = asking.read(asking.firm)
    assert (made.state, firm.stage, firm.version) == ("approved", "ordinary", 2)
    assert [row.operation for row in logged(made)] == ["approval.file", "approval.approve"]
    assert logged(firm)[-1].operation == "customer.change_stage"
    assert told(made)[-1] == (asking.agent.id, "%(who)s approved your request about %(name)s")


def test_app_9_a_limit_is_approved_by_the_superior_then_by_finance(world, asking):
    manager, finance = world.actor("manager"), world.actor("finance")
    made = asking.credit()
    assert refused(approve_request, made.id, actor=finance) == "approval.not_approver"
    approve_request(made.id, actor=manager)
    assert (made.state, made.level, told(made)[-1][0]) == ("pending", 2, finance.id)
    assert credit_of(asking.read(asking.firm)).enabled is False
    approve_request(made.id, actor=finance)
    line = credit_of(asking.read(asking.firm)).line("CNY")
    assert (made.state, line.limit) == ("approved", Decimal(5000))
    assert asking.read(asking.firm).credit_enabled
    kept = db.session.scalars(select(CreditLimitChange)).one()
    assert (kept.before, kept.after, kept.created_by_id, kept.reason) == (
        None, Decimal(5000), finance.id, "新合同",
    )  # fmt: skip


def test_app_5_the_superior_is_the_next_one_up_for_a_manager(world, asking):
    made = asking.stage(actor=world.actor("manager"))
    assert [step.approver_id for step in made.steps] == [world.actor("regional").id]


def test_app_5_without_a_superior_an_administrator_decides(world):
    firm = make_firm(world)
    made = request_stage(firm.id, stage="ordinary", actor=world.actor("sales"))
    assert [step.approver_id for step in made.steps] == [world.actor("admin").id]


def test_app_5_nobody_left_to_approve_refuses_to_file(world, asking):
    assert refused(asking.stage, actor=world.actor("admin")) == "approval.no_approver"


def test_app_1_a_limit_needs_two_persons(world, asking):
    """Finance asks: superior and second level both fall to the one administrator."""
    assert refused(asking.credit, actor=world.actor("finance")) == "approval.no_approver"


def test_app_5_nobody_approves_their_own_request(asking):
    made = asking.stage()
    assert refused(approve_request, made.id, actor=asking.agent) == "approval.own_request"
    assert refused(reject_request, made.id, comment="x", actor=asking.agent) == "approval.own_request"


def test_app_5_a_second_click_counts_once(world, asking):
    manager = world.actor("manager")
    made = asking.credit()
    approve_request(made.id, actor=manager)
    assert refused(approve_request, made.id, actor=manager) == "approval.decided"
    assert asking.read(made).level == 2


def test_app_5_a_rejection_says_why_and_frees_the_place(world, asking):
    made = asking.stage()
    reject_request(made.id, comment="资料不全", actor=world.actor("manager"))
    assert (made.state, made.steps[0].comment, asking.read(asking.firm).stage) == (
        "rejected",
        "资料不全",
        "lead",
    )
    assert told(made)[-1] == (asking.agent.id, "%(who)s rejected your request about %(name)s")
    assert logged(made)[-1].operation == "approval.reject"
    assert asking.stage().id != made.id


def test_app_5_the_requester_withdraws_and_the_approver_is_told(world, asking):
    made, manager = asking.stage(), world.actor("manager")
    assert refused(withdraw_request, made.id, actor=manager) == "approval.not_requester"
    withdraw_request(made.id, actor=asking.agent)
    assert (made.state, logged(made)[-1].operation) == ("withdrawn", "approval.withdraw")
    assert told(made)[-1] == (manager.id, "%(who)s withdrew the request about %(name)s")
    assert refused(approve_request, made.id, actor=manager) == "approval.withdrawn"


def test_app_8_one_open_request_for_each_customer_and_kind(asking):
    asking.stage()
    assert refused(asking.stage, "lapsed") == "approval.already_open"
    assert asking.credit().state == "pending", "another kind has a place of its own"


def test_app_4_a_request_whose_customer_changed_meanwhile_fails_and_applies_nothing(world, asking):
    finance, manager = world.actor("finance"), world.actor("manager")
    made = asking.credit("5000")
    approve_request(made.id, actor=manager)
    set_credit(asking.firm.id, credit_enabled=True, currency="CNY", amount=Decimal(1), actor=finance)
    assert refused(approve_request, made.id, actor=finance) == "approval.stale"
    made = asking.read(made)
    assert (made.state, credit_of(asking.read(asking.firm)).line("CNY").limit) == ("failed", Decimal(1))
    assert [step.decision for step in made.steps] == ["approved", None]
    assert logged(made)[-1].operation == "approval.fail"
    assert told(made)[-1][0] == asking.agent.id
    assert asking.credit("6000").state == "pending", "its place is free"


def test_cust_19_a_change_without_a_way_is_refused(asking):
    assert refused(asking.stage, "key") == "approval.no_way"
    assert refused(asking.stage, "lead") == "approval.no_change"


def test_cust_17_a_request_that_changes_nothing_is_refused(asking):
    assert refused(asking.credit, None, credit_enabled=False) == "approval.no_change"


@pytest.mark.parametrize(
    ("kind", "values", "field"),
    [
        ("stage_change", {}, "values.stage"),
        ("stage_change", {"stage": "x"}, "values.stage"),
        ("stage_change", {"stage": "ordinary", "credit_enabled": True}, "values.credit_enabled"),
        ("credit_limit_change", {"limits": [("CNY", Decimal(1))]}, "values.credit_enabled"),
        ("credit_limit_change", {"credit_enabled": True, "limits": [("XXX", Decimal(1))]}, "values.limits"),
        ("credit_limit_change", {"credit_enabled": True, "limits": [("JPY", Decimal("1.5"))]}, "values.limits"),
        ("credit_limit_change", {"credit_enabled": True, "limits": [("CNY", Decimal(-1))]}, "values.limits"),
        ("credit_limit_change", {"credit_enabled": True, "limits": [("CNY", Decimal("0.001"))]}, "values.limits"),
        ("credit_limit_change", {"credit_enabled": True, "limits": [("CNY", None)] * 2}, "values.limits"),
        ("customer_create", {}, "kind"),
    ],
)  # fmt: skip
def test_app_3_values_of_no_kind_are_refused(asking, kind, values, field):
    with pytest.raises(Invalid) as caught:
        file_request(kind=kind, target_id=asking.firm.id, values=values, actor=asking.agent)
    assert [*caught.value.fields] == [field]
    with unscoped("the test looks"):
        assert db.session.scalars(select(ApprovalRequest)).all() == []


def test_acc_6_a_customer_out_of_reach_is_not_told(world, asking):
    with pytest.raises(NotFound):
        asking.stage(actor=world.actor("other_agent"))
    made = asking.stage()
    with pytest.raises(NotFound):
        approve_request(made.id, actor=world.actor("other_agent"))


def test_app_4_an_apply_that_breaks_leaves_nothing(world, asking, monkeypatch):
    """What applies the change fails: neither the decision, nor the log, nor a notice stays."""
    made = asking.stage()

    def broken(*_args):
        raise RuntimeError

    monkeypatch.setattr(Customer, "move_to_stage", broken)
    rows, notes = len(logged(made)), len(told(made))
    with pytest.raises(RuntimeError):
        approve_request(made.id, actor=world.actor("manager"))
    made = asking.read(made)
    assert (made.state, [step.decision for step in made.steps]) == ("pending", [None])
    assert (len(logged(made)), len(told(made))) == (rows, notes)


def test_cust_17_several_currencies_in_one_request(world, asking):
    limits = [("USD", Decimal(100)), ("JPY", Decimal(5000))]
    made = file_request(
        kind="credit_limit_change",
        target_id=asking.firm.id,
        values={"credit_enabled": True, "limits": limits},
        actor=asking.agent,
    )
    for who in ("manager", "finance"):
        approve_request(made.id, actor=world.actor(who))
    credit = credit_of(asking.read(asking.firm))
    assert {one: line.limit for one, line in credit.lines.items()} == dict(limits)


def test_app_3_a_customer_of_somebody_else_is_asked_for_by_nobody_else(world):
    theirs = make_customer(world.actor("agent2"), kind="enterprise")
    assert refused(request_stage, theirs.id, stage="ordinary", actor=world.actor("finance")) == (
        "customer.not_responsible"
    )
