"""HAND-1, HAND-6: several people at once, with real threads on both databases."""

from __future__ import annotations

from functools import partial

import pytest

from app.audit.services import verify
from app.customers.transfers.services import transfer_customer
from app.handover.handovers.models import Handover
from app.handover.handovers.services import cancel_handover, confirm_handover, decline_handover
from app.handover.handovers.starting import start_handover, start_handovers
from app.kernel.access.guard import unscoped
from app.kernel.database.session import db
from tests.support.databases.race import race, sorted_out
from tests.support.handovers import make_handover
from tests.support.make import make_customer
from tests.support.traces import stored

pytestmark = pytest.mark.both


def _stages():
    with unscoped("the test looks"):
        return [*db.session.scalars(db.select(Handover.stage).order_by(Handover.id))]


def test_hand_1_of_one_customer_one_handover_begins(app, world):
    pk = make_customer(world.actor("agent")).id
    db.session.commit()
    calls = [
        partial(
            start_handover, pk, to_owner_id=world.actor(to).id, reason="resignation", actor=world.actor(by)
        )
        for to, by in (
            ("agent2", "agent"),
            ("agent3", "manager"),
            ("agent3", "regional"),
            ("agent2", "admin"),
        )
    ]
    won, codes = sorted_out(race(app, calls))
    assert (len(won), codes) == (1, ["handover.open"] * 3)
    assert _stages() == ["preparation"]
    assert list(verify()) == []


def test_hand_1_two_batches_that_overlap_do_not_deadlock(app, world):
    agent = world.actor("agent")
    pks = [make_customer(agent).id for _ in range(4)]
    db.session.commit()
    calls = [
        partial(
            start_handovers,
            customer_ids=some,
            to_owner_id=world.actor("agent3").id,
            reason="resignation",
            actor=agent,
        )
        for some in (pks[:3], pks[::-1][:3])
    ]
    won, codes = sorted_out(race(app, calls))
    assert (len(won), codes) == (1, ["handover.open"])
    assert len(_stages()) == 3, "the refused one left nothing"


def test_hand_6_confirmed_declined_or_cancelled_once(app, world):
    handover = make_handover(world, stage="confirmation")
    pk, customer_id, receiver = handover.id, handover.customer_id, world.actor("agent3")
    db.session.commit()
    calls = [
        partial(confirm_handover, pk, actor=receiver),
        partial(confirm_handover, pk, actor=receiver),
        partial(decline_handover, pk, reason="x", actor=receiver),
        partial(cancel_handover, pk, reason="x", actor=world.actor("manager")),
    ]
    won, codes = sorted_out(race(app, calls))
    assert len(won) + len(codes) == 4
    [stage] = _stages()
    taken = stored(customer_id)["owner_id"] == receiver.id
    assert taken == (stage == "completed")
    assert set(codes) <= {f"handover.{one}" for one in ("completed", "cancelled", "review")}
    assert list(verify()) == []


def test_hand_1_a_transfer_and_a_start_at_once_leave_one_of_them(app, world):
    pk = make_customer(world.actor("agent")).id
    db.session.commit()
    manager, other = world.actor("manager"), world.actor("agent2").id
    calls = [
        partial(transfer_customer, pk, owner_id=other, reason="x", actor=manager),
        partial(
            start_handover, pk, to_owner_id=world.actor("agent3").id, reason="resignation", actor=manager
        ),
    ]
    _won, codes = sorted_out(race(app, calls))
    with unscoped("the test looks"):
        former = [*db.session.scalars(db.select(Handover.former_owner_id))]
    owner = stored(pk)["owner_id"]
    assert former in ([], [owner]), "the handover is from whoever owns the customer"
    assert set(codes) <= {"customer.held"}
