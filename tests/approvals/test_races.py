"""Several people at once, with real threads on both databases: APP-4, APP-5, APP-8."""

from __future__ import annotations

from decimal import Decimal
from functools import partial

import pytest
from sqlalchemy import func, select

from app.approvals.models import ApprovalRequest, ApprovalStep
from app.approvals.services import approve_request, reject_request, request_stage, withdraw_request
from app.audit.services import verify
from app.customers.shared.models import Customer
from app.deals.credit.models import CreditLimitChange
from app.deals.credit.queries import credit_of
from app.deals.credit.services import set_credit
from app.kernel.access.guard import unscoped
from app.kernel.database.session import db
from tests.support.databases.race import race, sorted_out

pytestmark = pytest.mark.both


@pytest.fixture(autouse=True)
def _chains_hold_afterwards(world):
    yield
    db.session.commit()
    assert list(verify()) == []
    db.session.rollback()


def _read(model, pk):
    with unscoped("the test looks"):
        return db.session.get(model, pk, populate_existing=True)


def test_app_8_of_eight_requests_filed_at_once_one_is_open(app, world, asking):
    pk = asking.firm.id
    people = [asking.agent, world.actor("manager")]
    db.session.commit()
    calls = [partial(request_stage, pk, stage="ordinary", actor=one) for one in people * 4]
    won, codes = sorted_out(race(app, calls))
    assert (len(won), codes) == (1, ["approval.already_open"] * 7)
    with unscoped("the test looks"):
        assert db.session.scalar(select(func.count()).select_from(ApprovalRequest)) == 1


def test_app_5_double_clicks_count_once_at_each_level(app, world, asking):
    made = asking.credit().id
    manager, finance = world.actor("manager"), world.actor("finance")
    db.session.commit()
    for who, code in ((manager, "approval.decided"), (finance, "approval.approved")):
        won, codes = sorted_out(race(app, [partial(approve_request, made, actor=who)] * 4))
        assert (len(won), codes) == (1, [code] * 3)
    with unscoped("the test looks"):
        assert db.session.scalars(select(CreditLimitChange.after)).all() == [Decimal(5000)]
        decided = select(func.count()).select_from(ApprovalStep).where(ApprovalStep.decision.is_not(None))
        assert db.session.scalar(decided) == 2


def test_app_5_approval_rejection_and_withdrawal_at_once_are_one_decision(app, world, asking):
    made, pk = asking.stage().id, asking.firm.id
    manager = world.actor("manager")
    db.session.commit()
    calls = [
        partial(approve_request, made, actor=manager),
        partial(reject_request, made, comment="不", actor=manager),
        partial(withdraw_request, made, actor=asking.agent),
    ]
    won, codes = sorted_out(race(app, calls * 2))
    found = _read(ApprovalRequest, made)
    assert (len(won), set(codes)) == (1, {f"approval.{found.state}"})
    assert _read(Customer, pk).stage == ("ordinary" if found.state == "approved" else "lead")


def test_app_4_an_approval_and_a_change_of_its_base_at_once(app, world, asking):
    """Either the change comes first, and the request fails, or it comes last, and both are applied."""
    finance, pk = world.actor("finance"), asking.firm.id
    made = approve_request(asking.credit().id, actor=world.actor("manager")).id
    db.session.commit()
    change = partial(set_credit, pk, credit_enabled=True, currency="CNY", amount=Decimal(7), actor=finance)
    _won, codes = sorted_out(race(app, [partial(approve_request, made, actor=finance), change]))
    found = _read(ApprovalRequest, made)
    assert (found.state, codes) in [("approved", []), ("failed", ["approval.stale"])]
    assert credit_of(_read(Customer, pk)).line("CNY").limit == Decimal(7)
