"""HAND-1, HAND-2, HAND-4, HAND-5, HAND-6, HAND-9: a handover from its start to its end, with log, notices and refusals."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest

from app.customers.numbers.models import NumberLookup
from app.customers.shared.policies import can_act, can_open
from app.customers.shared.queries import facts_for, get_customer
from app.deals.opportunities.models import Opportunity
from app.deals.opportunities.services import create_opportunity
from app.deals.tickets.services import create_ticket
from app.handover.handovers import services
from app.handover.handovers.queries import get_handover, items_of
from app.handover.handovers.reminders import count_late, remind_of_handovers
from app.handover.handovers.starting import start_each, start_handovers
from app.kernel import clock
from app.kernel.access.guard import unscoped
from app.kernel.database.session import db
from app.kernel.errors import Denied, NotFound
from tests.support.deals import logged, make_contract, make_payment, make_signed
from tests.support.handovers import make_handover
from tests.support.make import make_customer, make_platform_customer, make_push
from tests.support.traces import claims, denied, invalid, notifications, operations, stored


def _start(world, *customers, to="agent3", by="agent", reason="resignation"):
    return start_handovers(
        customer_ids=[one.id for one in customers],
        to_owner_id=world.actor(to).id,
        reason=reason,
        actor=world.actor(by),
    )


def _titles(person):
    return [one.title for one in notifications(person.id)]


def test_hand_2_the_checklist_has_what_hangs_on_the_customer(app, world):
    agent = world.actor("agent")
    customer = make_customer(agent, kind="enterprise", name="蓉城科技")
    here = {"customer_id": customer.id, "actor": agent}
    create_opportunity(title="年度采购", amount=Decimal(500), **here)
    create_ticket(title="门锁损坏", **here)
    make_contract(customer, agent)
    signed = make_signed(customer, agent, "300")
    make_payment(signed, agent, due_on=clock.today() - timedelta(days=3))
    long_ago = clock.today() - timedelta(days=90)
    past = make_signed(customer, agent, "10", starts_on=long_ago, ends_on=long_ago)
    made = _start(world, customer)[0]
    items = items_of(made)
    kinds = ["basic_info", "opportunities", "contracts", "contracts", "service_tickets", "payment_issues"]
    assert [one.kind for one in items] == kinds
    text = " ".join(one.description for one in items)
    for fact in ("蓉城科技", "年度采购", "500.00", signed.code, "300.00", past.code, "门锁损坏"):
        assert fact in text, fact
    assert not any(one.done for one in items)


def test_hand_4_to_hand_6_from_the_start_to_the_new_owner(app, world):
    agent, manager, receiver = (world.actor(name) for name in ("agent", "manager", "agent3"))
    customer = make_customer(agent, name="王小明")
    with_it = create_opportunity(customer_id=customer.id, title="x", amount=Decimal(1), actor=agent)
    handover = _start(world, customer)[0]
    assert (handover.stage, handover.acting_id) == ("preparation", agent.id)
    first, second = items_of(handover)
    services.change_item(handover.id, first.id, done=True, actor=agent)
    with denied("handover.items_open"):
        services.complete_preparation(handover.id, actor=agent)
    services.change_item(handover.id, second.id, done=True, note="客户偏好电话", actor=agent)
    services.complete_preparation(handover.id, actor=agent)
    assert (handover.stage, handover.acting_id) == ("review", manager.id)
    services.approve_handover(handover.id, actor=manager)
    assert (handover.stage, handover.acting_id) == ("confirmation", receiver.id)
    assert stored(customer.id)["owner_id"] == agent.id, "nothing moves before the receiver confirms"
    services.confirm_handover(handover.id, actor=receiver)
    after = stored(customer.id)
    assert (after["owner_id"], after["department_id"]) == (receiver.id, world.department("store_west").id)
    assert claims(customer) == [f"o:{receiver.id}"]
    with unscoped("the test looks"):
        assert db.session.get(Opportunity, with_it.id).owner_id == receiver.id
    steps = ["start", "item", "item", "complete_preparation", "approve", "confirm"]
    assert [row.operation for row in logged(handover)] == [f"handover.{step}" for step in steps]
    assert [row.operation for row in operations(customer, "customer.hand_over")] == ["customer.hand_over"]
    assert any("王小明" in title for title in _titles(receiver))
    assert any("王小明" in title for title in _titles(manager))
    assert any("林书瑶" in title for title in _titles(agent)), "the former owner is told who took over"
    assert handover.acting_id is None
    assert handover.ended_at is not None


def test_hand_5_hand_6_sent_back_and_declined_with_a_reason(app, world):
    agent, manager, receiver = (world.actor(name) for name in ("agent", "manager", "agent3"))
    handover = make_handover(world, stage="review")
    services.send_back_handover(handover.id, reason="联系人不全", actor=manager)
    assert (handover.stage, handover.acting_id, handover.reason_back) == (
        "preparation", agent.id, "联系人不全"
    )  # fmt: skip
    services.complete_preparation(handover.id, actor=agent)
    services.approve_handover(handover.id, actor=manager)
    services.decline_handover(handover.id, reason="区域不符", actor=receiver)
    assert (handover.stage, handover.acting_id, handover.reason_back) == ("review", manager.id, "区域不符")
    assert notifications(manager.id)[-1].body == "区域不符"
    with denied("handover.review"):
        services.confirm_handover(handover.id, actor=receiver)


@pytest.mark.parametrize("stage", ["preparation", "review", "confirmation"])
def test_hand_9_a_superior_cancels_and_the_customer_stays(app, world, stage):
    handover = make_handover(world, stage=stage)
    with denied("handover.not_superior_or_admin", 403):
        services.cancel_handover(handover.id, reason="x", actor=world.actor("agent"))
    services.cancel_handover(handover.id, reason="不离职了", actor=world.actor("regional"))
    assert (handover.stage, handover.reason_back) == ("cancelled", "不离职了")
    assert stored(handover.customer_id)["owner_id"] == world.actor("agent").id
    assert make_handover(world, customer=handover.customer).id != handover.id, "another may begin"


def test_hand_9_another_receiver_in_review(app, world):
    handover, manager = make_handover(world, stage="review"), world.actor("manager")
    with denied("handover.same_owner"):
        services.change_receiver(handover.id, to_owner_id=world.actor("agent").id, actor=manager)
    with invalid("to_owner_id"):
        services.change_receiver(handover.id, to_owner_id=world.actor("finance").id, actor=manager)
    services.change_receiver(handover.id, to_owner_id=world.actor("agent2").id, actor=manager)
    services.approve_handover(handover.id, actor=manager)
    with pytest.raises(NotFound):
        get_handover(handover.id, actor=world.actor("agent3"))
    services.confirm_handover(handover.id, actor=world.actor("agent2"))
    assert stored(handover.customer_id)["owner_id"] == world.actor("agent2").id


def test_hand_6_a_receiver_with_the_number_is_refused_and_nothing_is_half_moved(app, world):
    receiver = world.actor("agent3")
    customer = make_customer(world.actor("agent"), phone="13800138111")
    handover = make_handover(world, stage="confirmation", customer=customer)
    make_customer(receiver, phone="13800138111")
    with denied("customer.duplicate"):
        services.confirm_handover(handover.id, actor=receiver)
    db.session.refresh(handover)
    assert handover.stage == "confirmation"


def test_hand_1_a_receiver_with_the_number_is_refused_at_the_start(app, world):
    phone = "13800138111"
    customer = make_customer(world.actor("agent"), phone=phone)
    make_customer(world.actor("agent3"), phone=phone)
    with pytest.raises(Denied) as caught:
        _start(world, customer)
    assert caught.value.code == "customer.duplicate"
    kept = db.session.scalars(db.select(NumberLookup)).all()
    assert [(one.way, one.hit) for one in kept] == [("transfer", True)], "it tells of the receiver's (ACC-17)"


def test_hand_1_many_make_a_batch_and_those_without_open_business_prepare_themselves(app, world):
    agent, manager = world.actor("agent"), world.actor("manager")
    plain, busy, other = (make_customer(agent, name=name) for name in ("甲", "乙", "丙"))
    create_ticket(customer_id=busy.id, title="工单", actor=agent)
    made = {one.customer_id: one for one in _start(world, plain, busy, other, by="manager")}
    assert {one.batch_id for one in made.values()} == {made[plain.id].batch_id}
    assert {pk: one.stage for pk, one in made.items()} == {
        plain.id: "review", busy.id: "preparation", other.id: "review"
    }  # fmt: skip
    assert all(item.done for item in items_of(made[plain.id]))
    assert made[plain.id].acting_id == manager.id
    assert len(notifications(agent.id)) == 1, "the one that has to be gone through"
    assert _titles(manager) == [], "who started it is not told"


def test_hand_1_all_or_none_and_each_by_itself(app, world):
    agent, receiver = world.actor("agent"), world.actor("agent3")
    mine, going, platform = make_customer(agent), make_customer(agent), make_platform_customer(agent)
    make_handover(world, customer=going)
    with denied("handover.open"):
        _start(world, mine, going)
    with denied("customer.no_owner"):
        _start(world, mine, platform, by="manager")
    with pytest.raises(NotFound):
        _start(world, mine, by="agent3")
    with denied("handover.same_owner"):
        _start(world, mine, to="agent")
    with invalid("to_owner_id"):
        _start(world, mine, to="other_agent")
    hidden = make_customer(world.actor("other_agent"))
    given = {"to_owner_id": receiver.id, "reason": "resignation", "actor": agent}
    verdicts = start_each([mine.id, going.id, hidden.id], **given)
    codes = {mine.id: "", going.id: "handover.open", hidden.id: "not_found"}
    assert {pk: one.code for pk, one in verdicts.items()} == codes
    assert {one.code for one in start_each([hidden.id], **given).values()} == {"not_found"}


def test_acc_14_the_receiver_reads_the_customer_while_it_is_open(app, world):
    receiver = world.actor("agent3")
    handover = make_handover(world, stage="review")
    customer = get_customer(handover.customer_id, actor=receiver)
    facts = facts_for(customer, receiver)
    assert can_open(receiver, customer, facts)
    assert not can_act(receiver, customer, facts)
    services.cancel_handover(handover.id, reason="x", actor=world.actor("manager"))
    with pytest.raises(NotFound):
        get_customer(handover.customer_id, actor=receiver)


def test_hand_6_pushes_end_with_the_former_owner(app, world):
    agent, receiver = world.actor("agent"), world.actor("agent3")
    customer = make_customer(agent)
    push = make_push(customer, sender=agent, receiver=receiver)
    handover = make_handover(world, stage="confirmation", customer=customer)
    services.confirm_handover(handover.id, actor=receiver)
    db.session.refresh(push)
    assert push.state == "withdrawn"


def test_hand_7_who_acts_next_is_reminded_and_not_twice_at_once(app, world):
    handover = make_handover(world, stage="review")
    manager = world.actor("manager")
    before = len(notifications(manager.id))
    assert remind_of_handovers(dry_run=False) == {"handovers that wait": 0}
    with clock.frozen(clock.now() + timedelta(days=2, minutes=1)):
        assert count_late() == 1
        assert remind_of_handovers(dry_run=True) == {"handovers that wait": 1}
        assert remind_of_handovers() == {"handovers that wait": 1}
        assert remind_of_handovers() == {"handovers that wait": 0}
    told = notifications(manager.id)
    assert len(told) == before + 1
    assert told[-1].record_id == handover.id
    with clock.frozen(clock.now() + timedelta(days=4, minutes=2)):
        assert count_late() == 1


def test_hand_2_items_are_added_by_who_prepares(app, world):
    handover, agent = make_handover(world), world.actor("agent")
    with denied("handover.not_former_owner", 403):
        services.add_item(handover.id, description="x", actor=world.actor("manager"))
    item = services.add_item(handover.id, kind="contracts", description="100% 纸质合同", actor=agent)
    assert (item.description, item.done) == ("100% 纸质合同", False)
    other = make_handover(world)
    with pytest.raises(NotFound):
        services.change_item(other.id, item.id, done=True, actor=agent)
