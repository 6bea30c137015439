"""POOL-17, POOL-22, CUST-32: a transfer or a move of staff against what colleagues do at the same moment."""

from __future__ import annotations

from functools import partial

from app.audit.services import verify
from app.customers.shared.pushes import Push
from app.customers.transfers.services import transfer_customer
from app.kernel.database.session import db
from app.org.staff.services import organise_staff
from app.pool.holding.services import privatize_customer
from app.pool.pushes.services import accept_push
from tests.support.databases.race import race, sorted_out
from tests.support.make import make_customer, make_platform_customer, make_push
from tests.support.people.roles import role_id
from tests.support.traces import stored


def test_pool_17_a_transfer_and_the_answer_to_an_offer(app, world):
    agent, receiver = world.actor("agent"), world.actor("agent3")
    for _round in range(5):
        made = make_customer(agent)
        push = make_push(made, sender=agent, receiver=receiver)
        won, codes = sorted_out(
            race(
                app,
                [
                    partial(transfer_customer, made.id, owner_id=receiver.id, reason="x", actor=agent),
                    partial(accept_push, push.id, actor=receiver),
                ],
            )
        )
        state = db.session.get(Push, push.id, populate_existing=True).state
        assert (len(won), codes, state) in [
            (2, [], "ended"),
            (1, ["pool.push_withdrawn"], "withdrawn"),
        ]
        assert stored(made.id)["owner_id"] == receiver.id
        db.session.rollback()
    assert list(verify()) == []


def test_pool_22_nothing_is_held_by_who_moved(app, world):
    agent = world.actor("agent")
    made = [make_platform_customer(agent, state="following") for _ in range(3)]
    move = partial(
        organise_staff,
        agent.id,
        department_id=world.department("store_west").id,
        role_ids=[role_id("Agent")],
        actor=world.actor("admin"),
    )
    calls = [move, *(partial(privatize_customer, one.id, actor=agent) for one in made)]
    outcomes = race(app, calls)
    assert [repr(one) for one in outcomes if isinstance(one, Exception)] == []
    west = world.department("store_west").id
    for one in made:
        row = stored(one.id)
        assert row["private_holder_id"] is None or row["private_department_id"] == west
    db.session.rollback()
    assert list(verify()) == []
