"""Offering a customer to a colleague: POOL-16, POOL-17, POOL-4, POOL-1, ACC-14."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from sqlalchemy import select, update

from app.customers.numbers.services import reveal_phone
from app.customers.profile.services import update_customer
from app.customers.shared.pushes import Push
from app.customers.shared.queries import get_customer, visible_customers
from app.kernel import clock
from app.kernel.database.session import db
from app.kernel.errors import Denied, NotFound
from app.org.shared.models import Staff
from app.pool.pushes.services import accept_push, push_customer, reject_push, withdraw_push
from tests.support.make import make_customer, make_member, make_platform_customer, make_push, next_phone
from tests.support.traces import denied, invalid, nothing_written, notifications, operations, stored

NOW = datetime(2026, 3, 2, 4, 0, tzinfo=UTC)
LATER = datetime(2026, 3, 2, 5, 0, tzinfo=UTC)


def _push(customer, sender, receiver, **values):
    with clock.frozen(NOW):
        return push_customer(customer.id, receiver_id=receiver.id, **values, actor=sender)


def _row(push):
    table, pk = Push.__table__, push.id
    db.session.commit()
    with db.engine.connect() as connection:
        return dict(connection.execute(select(table).where(table.c.id == pk)).mappings().one())


@pytest.fixture
def ends(world):
    """A personal customer of ``agent``'s, ``agent`` and ``agent3`` of the other store."""
    return make_customer(world.actor("agent")), world.actor("agent"), world.actor("agent3")


@pytest.fixture
def offered(ends):
    """A push of that customer, waiting for ``agent3``'s answer."""
    return _push(*ends, remark="在您那边看房")


def test_pool_17_both_ends_departments_time_and_remark_are_kept(world, ends, offered):
    customer, sender, receiver = ends
    assert _row(offered) == {
        "id": offered.id,
        "customer_id": customer.id,
        "sender_id": sender.id,
        "sender_department_id": sender.department_id,
        "receiver_id": receiver.id,
        "receiver_department_id": receiver.department_id,
        "state": "pending",
        "remark": "在您那边看房",
        "answer": None,
        "created_at": NOW,
        "decided_at": None,
        "ended_at": None,
    }
    (log,) = operations(customer, "pool.push")
    assert (log.actor_id, log.parameters) == (sender.id, {"receiver": receiver.name})
    (note,) = notifications(receiver.id)
    assert (note.customer_id, note.body) == (customer.id, "在您那边看房")
    assert {sender.name, customer.name} <= set(note.parameters.values())


def test_pool_16_a_push_changes_nothing_of_the_customer(world, ends):
    before = stored(ends[0].id)
    _push(*ends)
    assert stored(ends[0].id) == before


def test_pool_17_until_accepted_the_receiver_reads_the_basics_only(world, ends, offered):
    customer, _sender, receiver = ends
    assert get_customer(customer.id, actor=receiver).name == customer.name
    with denied("customer.reveal_personal", 403):
        reveal_phone(customer.id, purpose="看房", actor=receiver)
    with denied("customer.read_only", 403):
        update_customer(customer.id, version=1, values={"remark": "x"}, actor=receiver)


def test_pool_17_accepting_opens_the_number(world, ends, offered):
    customer, sender, receiver = ends
    with clock.frozen(LATER):
        accept_push(offered.id, remark="好的", actor=receiver)
    row = _row(offered)
    assert (row["state"], row["answer"], row["decided_at"]) == ("accepted", "好的", LATER)
    (log,) = operations(customer, "pool.push_accepted")
    assert (log.actor_id, log.differences) == (receiver.id, {"push": ["pending", "accepted"]})
    note = notifications(sender.id)[-1]
    assert (note.customer_id, note.body) == (customer.id, "好的")
    assert reveal_phone(customer.id, purpose="看房", actor=receiver).staff_id == receiver.id


def test_pool_1b_who_accepted_takes_no_customer_with_that_number(world, ends, offered):
    customer, _sender, receiver = ends
    accept_push(offered.id, actor=receiver)
    with denied("customer.duplicate") as caught:
        make_customer(receiver, phone=customer.phone.reveal())
    assert caught.value.decision.details == {"rule": "accepted_push", "customer_id": customer.id}


def test_pool_17_rejecting_closes_it(world, ends, offered):
    customer, sender, receiver = ends
    with clock.frozen(LATER):
        reject_push(offered.id, remark="太远", actor=receiver)
    row = _row(offered)
    assert (row["state"], row["answer"], row["decided_at"]) == ("rejected", "太远", LATER)
    assert operations(customer, "pool.push_rejected")[0].differences == {"push": ["pending", "rejected"]}
    assert notifications(sender.id)[-1].body == "太远"
    with nothing_written(), pytest.raises(NotFound):
        get_customer(customer.id, actor=receiver)


def test_pool_17_withdrawing_closes_it(world, ends, offered):
    customer, sender, receiver = ends
    with clock.frozen(LATER):
        withdraw_push(offered.id, remark="误推", actor=sender)
    row = _row(offered)
    assert (row["state"], row["answer"], row["decided_at"]) == ("withdrawn", "误推", LATER)
    assert operations(customer, "pool.push_withdrawn")[0].differences == {"push": ["pending", "withdrawn"]}
    assert notifications(receiver.id)[-1].customer_id == customer.id
    assert customer.id not in set(
        db.session.scalars(visible_customers(receiver).with_only_columns(type(customer).id))
    )


_END = {"accepted": accept_push, "rejected": reject_push, "withdrawn": withdraw_push}


@pytest.mark.parametrize("state", _END)
def test_pool_17_what_was_decided_stays_so(world, ends, offered, state):
    _customer, sender, receiver = ends
    _END[state](offered.id, actor=sender if state == "withdrawn" else receiver)
    for again in _END.values():
        with denied(f"pool.push_{state}"):
            again(offered.id, actor=sender if again is withdraw_push else receiver)


def test_pool_17_only_the_receiver_answers_only_the_sender_withdraws(world, ends, offered):
    _customer, sender, receiver = ends
    for answer in (accept_push, reject_push):
        with denied("pool.not_receiver", 403):
            answer(offered.id, actor=sender)
    with denied("pool.not_sender", 403):
        withdraw_push(offered.id, actor=receiver)
    for change in _END.values():
        with nothing_written(), pytest.raises(NotFound):
            change(offered.id, actor=world.actor("agent2"))
        for name in ("manager", "admin", "auditor"):  # they see it, and are no end of it
            with nothing_written(), pytest.raises(Denied) as refused:
                change(offered.id, actor=world.actor(name))
            assert refused.value.status == 403


@pytest.mark.both
def test_pool_16_one_open_push_per_customer_and_receiver(world, ends, offered):
    customer, sender, receiver = ends
    with denied("pool.push_open"):
        _push(customer, world.actor("manager"), receiver)
    assert _push(customer, sender, world.actor("manager2"))
    reject_push(offered.id, actor=receiver)
    again = _push(*ends)
    accept_push(again.id, actor=receiver)
    with denied("pool.push_accepted_before"):
        _push(*ends)


def test_pool_16_not_to_oneself(world, ends):
    customer, sender, _receiver = ends
    with denied("pool.push_self"):
        _push(customer, sender, sender)


@pytest.mark.parametrize("name", ["other_agent", "broker", "departed"])
def test_pool_16_only_to_active_colleagues(world, ends, name):
    customer, sender, receiver = ends
    if name == "departed":
        db.session.execute(update(Staff).where(Staff.id == receiver.id).values(status="departed"))
        db.session.commit()
    else:
        receiver = world.actor(name)
    with invalid("receiver_id"):
        _push(customer, sender, receiver)


def test_pool_16_personal_by_the_owner_and_those_above(world, ends):
    customer, _sender, receiver = ends
    make_member(customer, world.actor("agent2"), "write")
    make_push(customer, receiver=world.actor("sales"), state="accepted")
    for name in ("agent2", "sales", "auditor"):
        with denied("pool.not_owner_push", 403):
            _push(customer, world.actor(name), receiver)
    for name in ("manager", "regional", "admin"):
        push = _push(customer, world.actor(name), receiver)
        reject_push(push.id, actor=receiver)


def test_pool_16_personal_not_to_who_owns_or_holds_the_number(world, ends):
    customer, sender, receiver = ends
    number = customer.phone.reveal()
    make_customer(receiver, phone=number)
    make_platform_customer(world.actor("sales"), state="private", phone=number)
    for actor in (receiver, world.actor("sales")):
        with denied("pool.receiver_has"):
            _push(customer, sender, actor)
    make_platform_customer(world.actor("regional"), state="following", phone=number)
    assert _push(customer, sender, world.actor("regional"))  # neither owned nor privately held


def test_pool_16_not_to_its_own_owner(world, ends):
    customer, sender, _receiver = ends
    with denied("pool.receiver_has"):
        _push(customer, world.actor("manager"), sender)
    without = make_customer(sender, kind="enterprise", phone=None)
    with denied("pool.receiver_has"):
        _push(without, world.actor("manager"), sender)
    assert _push(without, sender, world.actor("manager"))


def test_pool_16_platform_not_to_who_owns_the_number(world):
    agent, receiver = world.actor("agent"), world.actor("agent3")
    number = next_phone()
    made = make_platform_customer(agent, state="following", phone=number)
    held = make_platform_customer(world.actor("sales"), state="private", phone=number)
    assert _push(made, agent, world.actor("sales")), "holding is no owning"
    own = make_customer(receiver, phone=number)
    with denied("pool.receiver_has"):
        _push(made, agent, receiver)
    assert own.id != held.id


def test_pool_16_platform_only_where_districts_do_not_meet(world):
    agent = world.actor("agent")
    for demand in (None, {"district_ids": [world.district("锦江区").id]}):
        made = make_platform_customer(agent, state="following", demand=demand)
        for name in ("agent2", "manager"):
            with denied("pool.receiver_sees"):
                _push(made, agent, world.actor(name))
        assert _push(made, agent, world.actor("agent3"))
    near_both = {"district_ids": [world.district("成都市").id]}
    made = make_platform_customer(agent, state="following", demand=near_both)
    with denied("pool.receiver_sees"):
        _push(made, agent, world.actor("agent3"))
    assert _push(made, agent, world.actor("sales"))


def test_pool_16_platform_by_its_state(world):
    agent, receiver = world.actor("agent"), world.actor("agent3")
    private = make_platform_customer(agent, state="private")
    with denied("customer.held_by_another", 403):
        _push(private, world.actor("agent2"), receiver)
    assert _push(private, world.actor("manager"), receiver)
    pending = make_platform_customer(agent, state="pending")
    with denied("customer.reveal_pending", 403):
        _push(pending, world.actor("agent2"), receiver)
    assert _push(pending, agent, receiver)
    off_shelf = make_platform_customer(agent, state="off_shelf")
    with denied("pool.off_shelf"):
        _push(off_shelf, agent, receiver)
    far = make_platform_customer(
        agent, state="following", demand={"district_ids": [world.district("青羊区").id]}
    )
    with denied("customer.reveal_district", 403):
        _push(far, agent, world.actor("sales"))


@pytest.mark.parametrize("pool", ["personal", "platform"])
def test_pool_17_accepting_looks_at_the_number_again(world, pool):
    agent, receiver = world.actor("agent"), world.actor("agent3")
    number = next_phone()
    make = make_customer if pool == "personal" else make_platform_customer
    state = {} if pool == "personal" else {"state": "following"}
    offered = _push(make(agent, phone=number, **state), agent, receiver)
    make_customer(receiver, phone=number)
    with denied("pool.receiver_has"):
        accept_push(offered.id, actor=receiver)
    assert _row(offered)["state"] == "pending"
    assert reject_push(offered.id, actor=receiver).state == "rejected"


def test_pool_17_the_accepted_receiver_of_a_platform_customer_may_pass_it_on(world):
    """POOL-16: whoever may reveal the number of a public customer."""
    agent, receiver = world.actor("agent"), world.actor("agent3")
    made = make_platform_customer(agent, state="following")
    accept_push(_push(made, agent, receiver).id, actor=receiver)
    assert _push(made, receiver, world.actor("sales")).sender_id == receiver.id
