"""PLAT-4: each run leaves a record, a missed one is caught up, running twice changes nothing more."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select, update

from app.kernel import clock
from app.kernel.access.actor import SYSTEM
from app.kernel.database.session import db
from app.kernel.errors import Denied, NotFound
from app.kernel.jobs import lease
from app.kernel.jobs.heartbeats import SILENT_SECONDS
from app.kernel.jobs.lease import JobLease, LeaseLostError, WorkEndedError
from app.kernel.jobs.registry import Job, daily, every, registered_jobs
from app.kernel.jobs.runs import (
    MAX_TAKEN_UP,
    JobRun,
    JobState,
    add_new_jobs,
    due_jobs,
    execute_job,
    interrupt_orphans,
    job_heartbeats,
    request_run,
)
from app.org.departments.services import create_company
from app.org.shared.models import Company
from app.system.jobs.services import stop_job_run
from tests.support.clock import set_due
from tests.support.databases.race import elsewhere, race

pytestmark = pytest.mark.both


def _runs() -> list[JobRun]:
    db.session.rollback()
    db.session.expire_all()
    found = list(db.session.scalars(select(JobRun).order_by(JobRun.id)))
    db.session.commit()
    return found


def _due() -> list[str]:
    found = [job.name for job in due_jobs()]
    db.session.rollback()
    return found


def _due_at(name: str = "counting") -> datetime:
    db.session.rollback()
    found = db.session.scalars(select(JobState.due_at).where(JobState.job == name)).one()
    db.session.rollback()
    return found


def test_plat_4_a_run_records_when_how_long_and_what_it_did(world, job, token, due):
    execute_job(job, token=token)
    (run,) = _runs()
    assert (run.job, run.state, run.dry_run, run.report, run.error) == (
        "counting", "done", False, {"files removed": 1}, "",
    )  # fmt: skip
    assert run.started_at <= run.finished_at
    assert run.milliseconds >= 0
    assert run.token == token


def test_plat_4_what_was_missed_is_caught_up_once(world, counter, job, token, due):
    set_due("counting", clock.now() - timedelta(days=5))
    assert "counting" in _due()
    execute_job(job, token=token)
    execute_job(job, token=token)
    assert "counting" not in _due()
    assert counter.seen == [False]
    assert _due_at() > clock.now()


def test_plat_4_daily_jobs_keep_shanghais_time(world):
    job = Job("x", "x", daily(4, 30), dict)
    found = job.next_after(datetime(2026, 1, 31, 20, 29, tzinfo=UTC))
    assert found == datetime(2026, 1, 31, 20, 30, tzinfo=UTC)
    assert job.next_after(found) == datetime(2026, 2, 1, 20, 30, tzinfo=UTC)


def test_plat_4_jobs_at_intervals_are_due_strictly_later(world):
    job = Job("x", "x", every(minutes=15), dict)
    moment = datetime(2026, 1, 31, 20, 30, tzinfo=UTC)
    assert job.next_after(moment) == moment + timedelta(minutes=15)


def test_plat_4_of_two_runners_at_once_one_runs_it(app, world, counter, job, token, due):
    outcomes = race(app, [lambda: execute_job(job, token=token) for _ in range(4)])
    assert outcomes == [None] * 4
    assert len(counter.seen) == len(_runs()) == 1


def test_plat_4_a_failure_is_recorded_by_its_kind_and_tried_again_soon(
    world, counter, job, token, due, capfd
):
    counter.error = ValueError("张三 13812345678")
    execute_job(job, token=token)
    (run,) = _runs()
    assert (run.state, run.error, run.report) == ("failed", "ValueError", {})
    assert _due_at() <= clock.now() + timedelta(minutes=10)
    assert "13812345678" not in capfd.readouterr().err


def test_plat_4_a_runner_that_lost_the_lease_leaves_nothing(world, counter, job, token, due):
    def release_binding(*, dry_run: bool):
        db.session.execute(update(JobLease).values(token=JobLease.token + 1))
        db.session.commit()

    with pytest.raises(LeaseLostError):
        execute_job(Job("counting", "x", daily(4), release_binding), token=token)
    db.session.execute(update(JobLease).values(token=token + 1))
    db.session.commit()
    (run,) = _runs()
    assert run.state == "running", "as a process leaves it that was killed"
    assert interrupt_orphans(token + 1) == 1
    (run,) = _runs()
    assert run.state == "interrupted"
    assert "counting" in _due(), "it is due again"


def test_plat_4_a_dry_run_waits_for_the_runner_and_moves_nothing_on(world, counter, job, token, due):
    before = _due_at()
    asked = request_run(job, dry_run=True, asked_by_id=world.actor("admin").id).id
    db.session.commit()
    execute_job(job, token=token, asked=asked)
    execute_job(job, token=token, asked=asked)
    (run,) = _runs()
    assert (run.state, run.dry_run, run.asked_by_id) == ("done", True, world.actor("admin").id)
    assert counter.seen == [True]
    assert _due_at() == before


def test_plat_4_a_job_that_is_not_wanted_leaves_no_record(world, counter, monkeypatch, token):
    from app.kernel.jobs import registry as jobs

    wanted: list[bool] = []
    quiet = Job("quiet", "Quiet", every(seconds=5), counter.run, wanted=lambda: bool(wanted))
    monkeypatch.setitem(jobs._jobs, "quiet", quiet)
    add_new_jobs()
    assert "quiet" not in _due()
    wanted.append(True)
    assert "quiet" in _due()


def test_plat_4_new_jobs_get_their_first_time_once(world, job):
    add_new_jobs()
    add_new_jobs()
    known = set(db.session.scalars(select(JobState.job)))
    assert known == {one.name for one in registered_jobs()}
    assert _due_at() > clock.now(), "a daily job waits for its hour"


def test_plat_4_every_real_job_has_a_dry_run_that_changes_nothing(world, database, token):
    from tests.support.web.badinput import row_counts

    before = row_counts(database.app)
    for job in registered_jobs():
        report = job.run(dry_run=True)
        assert all(isinstance(number, int) for number in report.values())
    assert row_counts(database.app) == before
    assert lease.renew(token, 60)


def _lose(job, token, monkeypatch) -> None:
    """Make the database unavailable when the run's end is recorded."""
    from app.kernel.jobs import runs as jobruns

    def away(*_args):
        raise ConnectionError

    with monkeypatch.context() as during:
        during.setattr(jobruns, "_finish", away)
        with pytest.raises(ConnectionError):
            execute_job(job, token=token)


def _later():
    return clock.frozen(clock.now() + timedelta(seconds=SILENT_SECONDS + 1))


def test_plat_4_a_run_that_was_lost_in_an_outage_is_over_and_its_job_due_again_three_times(
    world, job, token, due, monkeypatch
):
    for time in range(1, MAX_TAKEN_UP + 2):
        set_due("counting", clock.now() - timedelta(minutes=1))
        _lose(job, token, monkeypatch)
        assert interrupt_orphans(token) == 0, "it may still be alive"
        with _later():
            assert interrupt_orphans(token) == 1
        assert _runs()[-1].state == "interrupted"
        with _later():
            assert ("counting" in _due()) is (time <= MAX_TAKEN_UP)


def test_plat_4_a_run_that_is_worked_on_is_not_lost(app, world, token, due):
    seen = []

    def slow(*, dry_run: bool):
        with _later():
            seen.append(elsewhere(app, lambda: interrupt_orphans(token)))
            elsewhere(app, job_heartbeats.beat)
        return {}

    execute_job(Job("counting", "x", daily(4), slow), token=token)
    assert seen == [0]
    assert _runs()[0].state == "done"
    assert _runs()[0].heartbeat_at > clock.now()


def test_plat_4_stopping_ends_a_run_and_what_it_would_commit(app, world, token, due):
    admin = world.actor("admin")

    def hang(*, dry_run: bool):
        elsewhere(app, lambda: stop_job_run(_runs_elsewhere(), actor=admin))
        create_company(name="太晚", actor=SYSTEM)

    with pytest.raises(WorkEndedError):
        execute_job(Job("counting", "x", daily(4), hang), token=token)
    db.session.rollback()
    (run,) = _runs()
    assert run.state == "interrupted"
    assert "太晚" not in db.session.scalars(select(Company.name)).all()
    db.session.rollback()
    assert "counting" not in _due(), "it waits for its next time"
    with pytest.raises(Denied) as caught:
        stop_job_run(run.id, actor=admin)
    assert caught.value.code == "job.over"
    with pytest.raises(NotFound):
        stop_job_run(run.id + 1000, actor=admin)


def _runs_elsewhere() -> int:
    found = db.session.scalars(select(JobRun.id)).one()
    db.session.rollback()
    return found


def test_plat_4_a_run_that_waits_for_ever_is_called_off(world, job, token):
    asked = request_run(job, dry_run=False, asked_by_id=None).id
    db.session.commit()
    stop_job_run(asked, actor=world.actor("admin"))
    assert _runs()[0].state == "interrupted"
    assert request_run(job, dry_run=False, asked_by_id=None), "it keeps nobody from asking again"
