"""PLAT-5: a run whose thread is lost is restarted while the same lease lasts; cancelling always ends it."""

from __future__ import annotations

from datetime import timedelta
from threading import Event, Thread

import pytest
from sqlalchemy import select
from sqlalchemy.exc import OperationalError

from app.kernel import clock
from app.kernel.access.actor import SYSTEM
from app.kernel.database.session import db
from app.kernel.jobs import lease
from app.kernel.jobs.heartbeats import SILENT_SECONDS
from app.notices.models import Notification
from app.org.departments.services import create_company
from app.org.shared.models import Company
from app.system.runs import executor
from app.system.runs.executor import MAX_ATTEMPTS, recover_runs, run_heartbeats
from app.system.runs.policies import MAX_RUNS
from app.system.runs.services import cancel_run
from tests.support.databases.race import elsewhere


class _AwayError(Exception):
    """The error of a driver whose server is unavailable."""

    sqlstate = None


def _away(*_args: object, **_kwargs: object) -> None:
    raise OperationalError("UPDATE", {}, _AwayError())


def _later(seconds: float = SILENT_SECONDS + 1):
    return clock.frozen(clock.now() + timedelta(seconds=seconds))


def test_plat_5_after_an_outage_the_run_is_taken_up_again_under_the_same_lease(
    world, steps, begin, token, work, stored, monkeypatch
):
    pk = begin()
    with monkeypatch.context() as during:
        during.setattr(executor, "_end", _away)
        steps.between = _away
        with pytest.raises(OperationalError):
            work()
    assert stored(pk).state == "running", "as the outage left it"
    recover_runs(token)
    assert stored(pk).state == "running", "it may still be alive"
    with _later():
        recover_runs(token)
    assert stored(pk).state == "waiting"
    steps.between = lambda _step: None
    work()
    run = stored(pk)
    assert (run.state, run.attempts) == ("done", 2)


def test_plat_5_it_is_taken_up_three_times_and_then_given_up(
    world, steps, begin, token, work, stored, monkeypatch
):
    pk = begin()
    steps.between = _away
    monkeypatch.setattr(executor, "_end", _away)
    for attempt in range(1, MAX_ATTEMPTS + 1):
        with pytest.raises(OperationalError):
            work()
        assert (stored(pk).state, stored(pk).attempts) == ("running", attempt)
        with _later():
            recover_runs(token)
    run = stored(pk)
    assert MAX_ATTEMPTS == 4
    assert (run.state, run.problem) == ("failed", executor.INTERRUPTED)
    messages = db.session.scalars(select(Notification.message)).all()
    assert messages == ["“%(title)s” has failed"]


def test_plat_5_a_short_outage_is_no_failure(world, steps, begin, work, stored):
    failures = iter([True])

    def away_once(step: int) -> None:
        if step == 1 and next(failures, False):
            _away()

    steps.between = away_once
    pk = begin()
    work()
    assert (stored(pk).state, stored(pk).attempts) == ("done", 2)


def test_plat_5_a_run_that_a_thread_works_on_is_not_lost_however_silent(
    app, world, steps, begin, token, work, stored
):
    seen = []

    def look(step: int) -> None:
        if step == 1:
            with _later(3600):
                elsewhere(app, lambda: recover_runs(token))
                seen.append(run_heartbeats.at_work())
                elsewhere(app, run_heartbeats.beat)
            seen.append(elsewhere(app, lambda: _heartbeat(pk)))

    steps.between = look
    pk = begin()
    work()
    assert seen[0] == [pk]
    assert seen[1] > clock.now() + timedelta(minutes=59), "the heart beats beside the work"
    assert (stored(pk).state, stored(pk).attempts) == ("done", 1)
    assert run_heartbeats.at_work() == []


def _heartbeat(pk: int):
    from app.system.runs.models import BackgroundRun

    found = db.session.scalars(select(BackgroundRun.heartbeat_at).where(BackgroundRun.id == pk)).one()
    db.session.rollback()
    return found


def test_plat_5_cancelling_ends_a_lost_run(world, steps, begin, work, stored, monkeypatch):
    agent = world.actor("agent")
    with monkeypatch.context() as during:
        during.setattr(executor, "_end", _away)
        steps.between = _away
        made = [begin(n=n) for n in range(MAX_RUNS)]
        for _ in made:
            with pytest.raises(OperationalError):
                work()
    assert {stored(pk).state for pk in made} == {"running"}
    for pk in made:
        cancel_run(pk, actor=agent)
    assert {stored(pk).state for pk in made} == {"cancelled"}
    assert begin(), "five lost runs lock nobody out"


def test_plat_5_a_hanging_thread_commits_nothing_after_its_run_was_cancelled(
    app, world, steps, begin, token, stored
):
    reached, go_on = Event(), Event()

    def hang(step: int) -> None:
        if step == 1:
            reached.set()
            assert go_on.wait(20)
            create_company(name="太晚", actor=SYSTEM)

    steps.between = hang
    pk = begin()
    db.session.remove()

    def work() -> None:
        with app.app_context():
            executor.work(token, Event())

    thread = Thread(target=work)
    thread.start()
    assert reached.wait(20)
    cancel_run(pk, actor=world.actor("agent"))
    assert stored(pk).state == "cancelled"
    go_on.set()
    thread.join(20)
    assert not thread.is_alive()
    assert (stored(pk).state, stored(pk).result_name) == ("cancelled", None)
    assert "太晚" not in db.session.scalars(select(Company.name)).all()


def test_plat_5_what_one_attempt_began_is_not_finished_by_an_earlier_one(
    app, world, steps, begin, token, work, stored
):
    def supersede(step: int) -> None:
        if step == 2 and len(steps.seen) == 1:
            elsewhere(app, lambda: _begin_again(pk, token))

    steps.between = supersede
    pk = begin()
    work()
    run = stored(pk)
    assert (run.state, run.attempts, run.result_name) == ("running", 2, None)


def _begin_again(pk: int, token: int) -> None:
    from app.system.runs.models import BackgroundRun

    run = db.session.get_one(BackgroundRun, pk)
    run.give_back()
    run.begin(token)
    with lease.without_fence():
        db.session.commit()
