"""Several people at once, with real threads on both databases: POOL-8, POOL-10, POOL-12, POOL-14, POOL-15, POOL-16, POOL-17."""

from __future__ import annotations

from functools import partial

import pytest
from sqlalchemy import select

from app.audit.services import verify
from app.customers.follow_ups.services import follow_up
from app.customers.numbers.services import change_phone
from app.customers.shared.pushes import Push
from app.customers.shared.settings import PRIVATE_CEILING
from app.kernel.database.session import db
from app.pool.holding.services import assign_customer, privatize_customer
from app.pool.pushes.services import accept_push, push_customer, withdraw_push
from app.pool.shelving.services import shelve_customer, unshelve_customer, unshelve_customers
from tests.support.databases.race import race, sorted_out
from tests.support.make import make_customer, make_platform_customer, make_push, next_phone
from tests.support.traces import operations, shelf_log, stored

pytestmark = pytest.mark.both


@pytest.fixture(autouse=True)
def _chains_hold_afterwards(world):
    """Whatever raced, every record's chain is whole (PLAT-1)."""
    yield
    db.session.commit()
    assert list(verify()) == []
    db.session.rollback()


def test_pool_12_of_twelve_at_once_one_holds_it(app, world):
    made = make_platform_customer(world.actor("agent"), state="following")
    people = [world.actor(name) for name in ("agent", "agent2", "manager", "regional")] * 3
    outcomes = race(app, [partial(privatize_customer, made.id, actor=person) for person in people])
    won, codes = sorted_out(outcomes)
    assert (len(won), codes) == (1, ["pool.already_private"] * 11)
    (log,) = operations(made, "pool.privatize")
    holder = stored(made.id)["private_holder_id"]
    assert log.actor_id == holder == won[0].private_holder_id
    name = next(person.name for person in people if person.id == holder)
    assert all(name in str(one.message) for one in outcomes if isinstance(one, Exception))


def test_pool_12_the_ceiling_is_not_passed_at_its_edge(app, world):
    """On six different customers, so that no lock on one file serialises them."""
    agent = world.actor("agent")
    PRIVATE_CEILING.store(2)
    db.session.commit()
    pks = [make_platform_customer(agent, state="following").id for _ in range(3)]
    shelved = [make_platform_customer(agent, state="off_shelf").id for _ in range(3)]
    calls = [partial(privatize_customer, pk, actor=agent) for pk in pks]
    calls += [partial(shelve_customer, pk, remark="抢", handler_id=agent.id, actor=agent) for pk in shelved]
    won, codes = sorted_out(race(app, calls))
    assert (len(won), codes) == (2, ["pool.ceiling"] * 4)
    assert sum(stored(pk)["private_holder_id"] == agent.id for pk in (*pks, *shelved)) == 2


def test_pool_17_of_four_acceptances_one_counts(app, world):
    made = make_customer(world.actor("agent"))
    push = make_push(made, sender=world.actor("agent"), receiver=world.actor("agent3"))
    calls = [partial(accept_push, push.id, actor=world.actor("agent3"))] * 4
    won, codes = sorted_out(race(app, calls))
    assert (len(won), codes) == (1, ["pool.push_accepted"] * 3)
    assert len(operations(made, "pool.push_accepted")) == 1


def test_pool_17_acceptance_against_withdrawal(app, world):
    agent, agent3 = world.actor("agent"), world.actor("agent3")
    for _ in range(3):
        made = make_customer(agent)
        pk = make_push(made, sender=agent, receiver=agent3).id
        calls = [partial(accept_push, pk, actor=agent3), partial(withdraw_push, pk, actor=agent)]
        won, codes = sorted_out(race(app, calls))
        state = won[0].state
        assert (len(won), codes) == (1, [f"pool.push_{state}"])
        assert len([row for row in operations(made) if row.differences == {"push": ["pending", state]}]) == 1


def test_pool_17_acceptance_against_a_customer_with_the_number(app, world):
    agent, agent3 = world.actor("agent"), world.actor("agent3")
    for _ in range(3):
        number = next_phone()
        pk = make_push(make_customer(agent, phone=number), sender=agent, receiver=agent3).id
        calls = [partial(accept_push, pk, actor=agent3), partial(make_customer, agent3, phone=number)]
        won, codes = sorted_out(race(app, calls))
        assert len(won) == 1
        assert codes in (["customer.duplicate"], ["pool.receiver_has"])


def test_pool_17_acceptance_against_a_change_to_a_number_that_the_receiver_has(app, world):
    agent, agent3 = world.actor("agent"), world.actor("agent3")
    for _ in range(4):
        number, taken = next_phone(), next_phone()
        make_customer(agent3, phone=taken)
        made = make_customer(agent, phone=number)
        pk = make_push(made, sender=agent, receiver=agent3).id
        change = partial(change_phone, made.id, old_phone=number, new_phone=taken, actor=agent)
        won, codes = sorted_out(race(app, [partial(accept_push, pk, actor=agent3), change]))
        done = [row.operation for row in operations(made)[1:]]
        if len(won) == 2:
            assert (codes, done) == ([], ["pool.push_accepted", "customer.change_phone"])
        else:
            assert (codes, done) == (["pool.receiver_has"], ["customer.change_phone"])


def test_pool_16_of_simultaneous_pushes_one_is_open(app, world):
    made = make_customer(world.actor("agent"))
    people = [world.actor(name) for name in ("agent", "manager", "regional", "admin")]
    receiver = world.actor("agent3").id
    calls = [partial(push_customer, made.id, receiver_id=receiver, actor=person) for person in people]
    won, codes = sorted_out(race(app, calls))
    assert (len(won), codes) == (1, ["pool.push_open"] * 3)
    db.session.commit()
    assert len(db.session.scalars(select(Push.id).where(Push.customer_id == made.id)).all()) == 1


def test_pool_8_unshelving_against_privatizing(app, world):
    """Either it was taken first, and released by the unshelving, or it was off shelf and could not be taken."""
    agent, manager = world.actor("agent"), world.actor("manager")
    for _ in range(3):
        made = make_platform_customer(agent, state="following")
        calls = [
            partial(unshelve_customer, made.id, reason="other", actor=manager),
            partial(privatize_customer, made.id, actor=agent),
        ]
        won, codes = sorted_out(race(app, calls))
        row = stored(made.id)
        assert (row["follow_status"], row["private_holder_id"]) == ("off_shelf", None)
        assert codes == (["pool.not_following"] if len(won) == 1 else [])
        assert len(operations(made, "pool.privatize")) == len(won) - 1
        assert len(shelf_log(made)) == 1


def test_pool_14_assigning_against_the_handlers_first_follow_up(app, world):
    """Either the work had started, or the former handler's follow-up no longer starts it; never half of both."""
    agent, handler, manager = (world.actor(name) for name in ("agent", "agent2", "manager"))
    for _ in range(3):
        made = make_platform_customer(agent, state="pending")
        calls = [
            partial(assign_customer, made.id, handler_id=handler.id, actor=manager),
            partial(follow_up, made.id, content="已联系", method="phone", actor=agent),
        ]
        won, codes = sorted_out(race(app, calls))
        row = stored(made.id)
        if len(won) == 2:
            assert (row["follow_status"], row["handler_id"]) == ("pending", handler.id)
        else:
            assert codes == ["pool.not_pending"]
            assert (row["follow_status"], row["handler_id"], row["assigned_at"]) == ("following", None, None)
        assert len(operations(made, "pool.assign")) == len(won) - 1
        assert len(operations(made, "customer.follow_up")) == 1


def test_pool_10_of_simultaneous_shelvings_one_counts(app, world):
    made = make_platform_customer(world.actor("agent"), state="off_shelf")
    people = [world.actor(name) for name in ("agent", "agent2", "manager", "regional")]
    calls = [partial(shelve_customer, made.id, remark="我来", handler_id=one.id, actor=one) for one in people]
    won, codes = sorted_out(race(app, calls))
    assert (len(won), codes) == (1, ["pool.not_off_shelf"] * 3)
    assert (len(shelf_log(made)), len(operations(made, "pool.shelve"))) == (1, 1)


def test_pool_7_batches_over_the_same_rows_neither_deadlock_nor_do_a_row_twice(app, world):
    agent, manager = world.actor("agent"), world.actor("manager")
    made = [make_customer(agent) for _ in range(8)]
    pks = [one.id for one in made]
    calls = [
        partial(unshelve_customers, order, reason="other", actor=person)
        for person in (agent, manager)
        for order in (pks, pks[::-1])
    ]
    won, codes = sorted_out(race(app, calls))
    assert codes == []
    done = [pk for verdicts in won for pk, verdict in verdicts.items() if verdict]
    assert sorted(done) == sorted(pks)
    assert {len(operations(one, "pool.unshelve")) for one in made} == {1}
