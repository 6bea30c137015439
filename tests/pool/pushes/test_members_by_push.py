"""Who accepted a push works on the customer until it is ended: POOL-17, POOL-1, CUST-32."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from app.customers.follow_ups.services import follow_up
from app.customers.members.queries import team_of
from app.customers.members.services import add_member, remove_member
from app.customers.numbers.services import reveal_phone
from app.customers.profile.services import update_customer
from app.customers.shared.queries import get_customer, offered_customers
from app.customers.transfers.services import transfer_customer
from app.kernel import clock
from app.kernel.database.session import db
from app.kernel.errors import NotFound
from app.pool.pushes.services import accept_push, end_push
from tests.support.make import make_customer, make_member, make_platform_customer, make_push
from tests.support.traces import denied, nothing_written, notifications, operations
from tests.support.web.person import Browser

LATER = datetime(2026, 3, 2, 5, 0, tzinfo=UTC)


@pytest.fixture
def accepted(world):
    """A customer of ``agent``'s that ``manager`` pushed to ``agent3``, who accepted."""
    made = make_customer(world.actor("agent"))
    push = make_push(made, sender=world.actor("manager"), receiver=world.actor("agent3"))
    accept_push(push.id, actor=world.actor("agent3"))
    db.session.commit()
    return made, push


def _offered(actor):
    return [one.id for one in db.session.scalars(offered_customers(actor))]


def test_pool_17_the_receiver_follows_up_edits_and_finds_it(world, api, accepted):
    made, push = accepted
    receiver = world.actor("agent3")
    assert follow_up(made.id, content="约周六", method="phone", actor=receiver).author_id == receiver.id
    edited = update_customer(made.id, version=1, values={"remark": "要电梯"}, actor=receiver)
    assert edited.remark == "要电梯"
    assert _offered(receiver) == [made.id]
    listed = api("agent3").get("/customers", tab="offered").get_json()["items"]
    assert [one["id"] for one in listed] == [made.id]
    assert api("agent2").get("/customers", tab="offered").get_json()["items"] == []
    members = api("agent").get(f"/customers/{made.id}/members").get_json()["items"]
    assert [(one["id"], one["access"], one["push_id"]) for one in members] == [
        (receiver.id, "write", push.id)
    ]


def test_pool_17_acceptance_is_one_row_of_the_log(accepted):
    made, _push = accepted
    assert [row.operation for row in operations(made)] == ["customer.create", "pool.push_accepted"]


@pytest.mark.parametrize("name", ["agent", "manager", "regional", "admin"])
@pytest.mark.both
def test_pool_17_owner_superiors_and_sender_end_it(world, accepted, name):
    made, push = accepted
    actor, receiver = world.actor(name), world.actor("agent3")
    with clock.frozen(LATER):
        end_push(push.id, remark="自己跟", actor=actor)
    db.session.commit()
    assert (push.state, push.ended_at) == ("ended", LATER)
    (log,) = operations(made, "pool.push_ended")
    assert (log.actor_id, log.differences) == (actor.id, {"push": ["accepted", "ended"]})
    for person in {receiver.id, push.sender_id, made.owner_id} - {actor.id}:
        assert made.name in notifications(person)[-1].parameters.values(), person
    assert notifications(receiver.id)[-1].body == "自己跟"
    assert _offered(receiver) == []
    with nothing_written(), pytest.raises(NotFound):
        get_customer(made.id, actor=receiver)
    with denied("pool.push_ended"):
        end_push(push.id, actor=actor)


def test_pool_17_neither_the_receiver_nor_another_reader_ends_it(world, accepted):
    made, push = accepted
    make_member(made, world.actor("agent2"), "write")
    for name in ("agent3", "agent2", "auditor"):
        with denied("pool.not_in_charge_of_push", 403):
            end_push(push.id, actor=world.actor(name))
    with nothing_written(), pytest.raises(NotFound):
        end_push(push.id, actor=world.actor("sales"))


def test_pool_17_what_waits_is_withdrawn_not_ended(world):
    made = make_customer(world.actor("agent"))
    push = make_push(made, sender=world.actor("agent"), receiver=world.actor("agent3"))
    with denied("pool.push_pending"):
        end_push(push.id, actor=world.actor("agent"))


def test_pool_17_the_holder_ends_it(world):
    made = make_platform_customer(world.actor("agent"), state="private")
    push = make_push(made, sender=world.actor("manager"), receiver=world.actor("agent3"), state="accepted")
    assert end_push(push.id, actor=world.actor("agent")).state == "ended"


def test_pool_1b_an_ended_push_leaves_the_number_free(world, accepted):
    made, push = accepted
    end_push(push.id, actor=world.actor("agent"))
    assert (
        make_customer(world.actor("agent3"), phone=made.phone.reveal()).owner_id == world.actor("agent3").id
    )


def test_pool_17_a_place_on_the_team_outlives_the_push(world, accepted):
    made, push = accepted
    receiver = world.actor("agent3")
    add_member(made.id, staff_id=receiver.id, access="read", actor=world.actor("agent"))
    assert [(one.access, one.push_id) for one in team_of(made)] == [("write", push.id)]
    end_push(push.id, actor=world.actor("agent"))
    assert [(one.access, one.push_id) for one in team_of(made)] == [("read", None)]
    assert get_customer(made.id, actor=receiver)
    with denied("customer.reveal_personal", 403):
        reveal_phone(made.id, purpose="看房", actor=receiver)


def test_pool_17_taking_off_the_team_says_to_end_the_push(world, accepted):
    made, _push = accepted
    with denied("customer.member_by_push"):
        remove_member(made.id, staff_id=world.actor("agent3").id, actor=world.actor("agent"))


@pytest.mark.parametrize("name", ["agent2", "agent3"])
def test_cust_32_members_from_pushes_end_with_a_transfer_others_stay(world, accepted, name):
    made, push = accepted
    make_member(made, world.actor("sales"), "read")
    transfer_customer(made.id, owner_id=world.actor(name).id, reason="换人", actor=world.actor("manager"))
    assert push.state == "ended"
    assert [one.staff.id for one in team_of(made)] == [world.actor("sales").id]


def test_pool_17_pages_offer_the_end_to_those_who_may(app, accepted):
    made, push = accepted
    address = f"/pushes/{push.id}/end"

    def shown(name, path):
        return Browser(app, name).get(path).get_data(as_text=True)

    assert address in shown("agent", f"/customers/{made.id}/tab/pushes")
    assert address not in shown("agent3", f"/customers/{made.id}/tab/pushes")
    assert address in shown("manager", "/pushes/?tab=sent")
    team = shown("agent", f"/customers/{made.id}/tab/team")
    assert "已接受的推送" in team
    assert f"/members/{push.receiver_id}/remove" not in team
