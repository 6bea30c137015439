"""PLAT-4: a database lease elects the only runner; after its loss another takes over, and the former one can
change nothing.
"""

from __future__ import annotations

from datetime import UTC, datetime
from threading import Thread

import pytest
from sqlalchemy import select, update

from app.cli.doctor import check_installation
from app.kernel.access.actor import SYSTEM
from app.kernel.database.session import db
from app.kernel.jobs import lease
from app.kernel.jobs.lease import JobLease, LeaseLostError, within_lease
from app.kernel.jobs.runner import Runner
from app.org.departments.services import create_company
from app.org.shared.models import Company
from tests.support.databases.race import race
from tests.support.processes.runners import until
from tests.support.web.clients import apart

pytestmark = pytest.mark.both


def _run_out() -> None:
    db.session.execute(update(JobLease).values(expires_at=datetime(2020, 1, 1, tzinfo=UTC)))
    db.session.commit()


def _companies() -> set[str]:
    db.session.rollback()
    return set(db.session.scalars(select(Company.name)))


def test_plat_4_one_holder_at_a_time(world):
    assert not lease.read_lease().held
    token = lease.acquire("one", 60)
    assert lease.read_lease() == lease.LeaseState(held=True, holder="one", token=token)
    assert lease.acquire("two", 60) is None
    assert lease.renew(token, 60)


def test_plat_4_a_lease_that_ran_out_is_taken_over_and_the_loser_learns_it(world):
    first = lease.acquire("one", 60)
    _run_out()
    second = lease.acquire("two", 60)
    assert second > first
    assert not lease.renew(first, 60)
    assert lease.read_lease().holder == "two"


def test_plat_4_one_given_back_need_not_be_waited_for(world):
    lease.release(lease.acquire("one", 60))
    assert lease.acquire("two", 60)


def test_plat_4_of_many_at_once_exactly_one_takes_it(app, world):
    won = race(app, [lambda n=n: lease.acquire(f"process {n}", 60) for n in range(6)])
    assert len([token for token in won if token is not None]) == 1, won


def test_plat_4_a_commit_under_a_lost_tenure_is_refused_and_leaves_nothing(world):
    first = lease.acquire("one", 60)
    with within_lease(first):
        create_company(name="在任", actor=SYSTEM)
        _run_out()
        create_company(name="过期而未被接管", actor=SYSTEM)
    lease.acquire("two", 60)
    with within_lease(first), pytest.raises(LeaseLostError):
        create_company(name="已失去", actor=SYSTEM)
    assert {"在任", "过期而未被接管"} <= _companies()
    assert "已失去" not in _companies()


@pytest.mark.parametrize("database", ["postgres"], indirect=True)
def test_plat_4_a_take_over_waits_for_the_commit_that_is_under_way(app, world):
    """Between the check of the token and the end of the commit no process takes over."""
    from threading import Event, Thread

    first = lease.acquire("one", 60)
    _run_out()
    looked, outcome = Event(), []

    def acquire() -> None:
        with app.app_context():
            looked.wait(10)
            outcome.append(lease.acquire("two", 60))

    other = Thread(target=acquire)
    other.start()
    with within_lease(first):
        db.session.add(Company(name="同时", created_at=datetime.now(UTC)))
        db.session.flush()
        lease._check(db.session())
        looked.set()
        other.join(0.3)
        assert not outcome, "it waits"
        db.session.commit()
    other.join(10)
    assert outcome == [first + 1]
    assert "同时" in _companies()


def test_plat_4_a_lease_too_far_in_the_future_blocks_no_one_and_the_doctor_reports_it(app, world):
    """A process whose clock was wrong acquired it, and has ended."""
    lease.acquire("wrong clock", lease.LONGEST - 1)
    assert lease.acquire("other", 60) is None, "as long as a lease may be"
    db.session.execute(update(JobLease).values(expires_at=datetime(2099, 1, 1, tzinfo=UTC)))
    db.session.commit()
    assert lease.read_lease().is_ahead
    assert not lease.read_lease().held
    db.session.rollback()
    (found,) = [f for f in apart(app, check_installation) if f.subject == "jobs"]
    assert (found.level, "future" in found.advice) == ("warning", True)
    token = lease.acquire("other", 60)
    assert token is not None
    assert lease.read_lease() == lease.LeaseState(held=True, holder="other", token=token)


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_plat_13_a_runner_that_has_just_taken_the_lease_can_be_stopped(app):
    for _ in range(20):
        runner = Runner(app, only=0)  # no job runs, whose end a stop awaits
        runner.start()
        until(lambda: runner.leads)  # noqa: B023 - asked before the next one is made
        stopping = Thread(target=runner.stop, daemon=True)
        stopping.start()
        stopping.join(30)
        assert not stopping.is_alive()
