"""CUST-9 on both databases: merges of overlapping pairs, and a merge against whatever else happens to the files."""

from __future__ import annotations

from functools import partial

import pytest
from sqlalchemy import func, select

from app.audit.services import verify
from app.customers.follow_ups.services import follow_up
from app.customers.merging.kept import rows_of
from app.customers.merging.models import CustomerMerge
from app.customers.merging.services import merge_customers
from app.customers.merging.undo import unmerge_customer
from app.customers.profile.services import update_customer
from app.customers.transfers.services import transfer_customer
from app.kernel.database.session import db
from app.pool.shelving.services import unshelve_customer
from tests.support.databases.race import race, sorted_out
from tests.support.make import make_customer
from tests.support.traces import claims, stored

pytestmark = pytest.mark.both


@pytest.fixture(autouse=True)
def _whole_afterwards(world):
    yield
    db.session.commit()
    assert list(verify()) == []
    db.session.rollback()


def _open_merges():
    db.session.commit()
    return db.session.scalar(select(func.count()).where(CustomerMerge.undone_at.is_(None)))


def test_cust_9_of_overlapping_merges_each_file_is_part_of_one(app, world):
    agent = world.actor("agent")
    for _ in range(2):
        a, b, c = (make_customer(agent).id for _ in range(3))
        before = _open_merges()
        calls = [
            partial(merge_customers, a, other_ids=[b], actor=agent),
            partial(merge_customers, b, other_ids=[a], actor=agent),
            partial(merge_customers, c, other_ids=[b], actor=agent),
            partial(merge_customers, b, other_ids=[c], actor=agent),
        ]
        won, codes = sorted_out(race(app, calls))
        assert len(won) + len(codes) == 4
        assert set(codes) <= {"invalid", "record.moved", "not_found"}
        live = [pk for pk in (a, b, c) if stored(pk)["merged_into_id"] is None]
        assert len(live) == 3 - len(won)
        assert _open_merges() - before == len(won) >= 1


def test_cust_9_a_merge_against_an_edit_a_transfer_a_follow_up_and_unshelving(app, world):
    agent, other = world.actor("agent"), world.actor("agent2")
    for _ in range(2):
        stays, goes = make_customer(agent), make_customer(agent)
        version = goes.version
        calls = [
            partial(merge_customers, stays.id, other_ids=[goes.id], actor=agent),
            partial(update_customer, goes.id, version=version, values={"remark": "新"}, actor=agent),
            partial(follow_up, goes.id, content="x", method="phone", actor=agent),
            partial(unshelve_customer, goes.id, reason="other", actor=agent),
            partial(transfer_customer, goes.id, owner_id=other.id, reason="x", actor=agent),
        ]
        won, codes = sorted_out(race(app, calls))
        row = stored(goes.id)
        merged = row["merged_into_id"] == stays.id
        assert merged or row["owner_id"] == other.id, (won, codes)
        if merged:
            assert claims(goes) == []
            assert rows_of([goes.id]) == {}, "nothing hangs on it any more"


def test_cust_9_of_two_undos_one_is_done(app, world):
    agent = world.actor("agent")
    stays, goes = make_customer(agent), make_customer(agent)
    merge_customers(stays.id, other_ids=[goes.id], actor=agent)
    calls = [partial(unmerge_customer, pk, actor=agent) for pk in (stays.id, goes.id) * 2]
    won, codes = sorted_out(race(app, calls))
    assert (len(won), codes) == (1, ["customer.nothing_merged"] * 3)
    assert (len(claims(stays)), len(claims(goes))) == (1, 1)


def test_cust_9_a_crash_in_the_middle_leaves_nothing(world, monkeypatch):
    """One transaction: whatever breaks at its last step, and so a killed process, leaves both files as they were."""
    from app.customers.merging import services

    agent = world.actor("agent")
    stays, goes = make_customer(agent), make_customer(agent)
    follow_up(goes.id, content="x", method="phone", actor=agent)
    before = stored(stays.id), stored(goes.id), rows_of([stays.id, goes.id])

    def fail(*_args):
        raise MemoryError

    monkeypatch.setattr(services, "_follow_pairs", fail)
    with pytest.raises(MemoryError):
        merge_customers(stays.id, other_ids=[goes.id], actor=agent)
    assert (stored(stays.id), stored(goes.id), rows_of([stays.id, goes.id])) == before
