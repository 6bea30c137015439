"""PLAT-5: long work in the background: progress, cancel, result, survival of a restart, expiry."""

from __future__ import annotations

from datetime import timedelta
from threading import Event

import pytest
from sqlalchemy import select, text

from app.audit.models import OperationLog
from app.kernel import clock
from app.kernel.database.session import db
from app.kernel.errors import Denied, Invalid, NotFound, conflict
from app.kernel.files.attachments import sweep_files
from app.kernel.files.storage import storage
from app.kernel.jobs import lease
from app.kernel.jobs.lease import LeaseLostError
from app.notices.models import Notification
from app.system.runs import executor
from app.system.runs.executor import MAX_ATTEMPTS, has_waiting_runs, recover_runs
from app.system.runs.policies import MAX_RUNS
from app.system.runs.services import cancel_run, expire_results
from tests.support.databases.race import elsewhere, race
from tests.support.people.accounts import account

pytestmark = pytest.mark.both


def _describe_operation(world, username="agent") -> list[str]:
    rows = select(Notification).where(Notification.recipient_id == world.actor(username).id)
    found = [row.message for row in db.session.scalars(rows.order_by(Notification.id))]
    db.session.commit()
    return found


def test_plat_5_work_is_done_as_its_owner_and_leaves_a_file_and_a_notice(world, steps, begin, work, stored):
    pk = begin(colour="红")
    assert has_waiting_runs()
    work()
    run = stored(pk)
    assert steps.seen == [({"colour": "红"}, "agent")]
    assert (run.state, run.done, run.total, run.file_name, run.size) == ("done", 3, 3, "结果.txt", 4)
    assert b"".join(storage().read(run.result_name)) == b"made"
    assert timedelta(days=6) < run.expires_at - clock.now() <= timedelta(days=7)
    assert _describe_operation(world) == ["“%(title)s” is ready in the download centre"]
    logged = select(OperationLog.operation).where(OperationLog.record_type == "background_run")
    assert db.session.scalars(logged).all() == ["run.start"]


def test_acc_9_what_was_typed_into_filters_is_not_readable_in_the_database(world, begin):
    begin(phone="13812345678")
    row = " ".join(str(value) for value in db.session.execute(text("SELECT * FROM background_run")).one())
    assert "13812345678" not in row


def test_plat_5_progress_can_be_seen_meanwhile(app, world, steps, begin, work, stored):
    seen = []
    pk = begin()
    steps.between = lambda _step: seen.append(elsewhere(app, lambda: _figures(pk)))
    work()
    assert seen == [("running", 0, 3), ("running", 0, 3), ("running", 1, 3)]


def _figures(pk: int):
    row = db.session.execute(text(f"SELECT state, done, total FROM background_run WHERE id = {pk}")).one()
    db.session.rollback()
    return tuple(row)


def test_plat_5_cancelling_is_noticed_at_the_next_step(app, world, steps, begin, work, stored):
    pk = begin()

    def cancel(step: int) -> None:
        if step == 1:
            elsewhere(app, lambda: cancel_run(pk, actor=world.actor("agent")))

    steps.between = cancel
    work()
    run = stored(pk)
    assert (run.state, run.result_name) == ("cancelled", None)
    assert _describe_operation(world) == []
    with pytest.raises(Denied):
        cancel_run(pk, actor=world.actor("agent"))


def test_plat_5_what_waits_is_cancelled_at_once(world, steps, begin, work, stored):
    pk = begin()
    cancel_run(pk, actor=world.actor("agent"))
    work()
    assert (stored(pk).state, steps.seen) == ("cancelled", [])


def test_plat_5_only_the_owner_cancels(world, begin):
    pk = begin()
    for other in ("agent2", "manager", "admin"):
        with pytest.raises(NotFound):
            cancel_run(pk, actor=world.actor(other))


@pytest.mark.parametrize(
    ("error", "problem"),
    [
        (ValueError("张三 13812345678"), executor.CRASHED),
        (Denied(conflict("x.y", "说得清的原因")), "说得清的原因"),
        (Invalid(name="名称有误"), "名称有误"),
    ],
)
def test_plat_5_a_failure_is_explained_in_words(world, steps, begin, work, stored, error, problem, capfd):
    def fail(_step: int) -> None:
        raise error

    steps.between = fail
    pk = begin()
    work()
    run = stored(pk)
    assert (run.state, run.problem) == ("failed", problem)
    assert _describe_operation(world) == ["“%(title)s” has failed"]
    assert "13812345678" not in capfd.readouterr().err


def test_acc_6_the_permission_is_asked_again_when_the_work_begins(world, steps, begin, work, stored):
    pk = begin()
    steps.allowed = False
    work()
    assert (stored(pk).state, steps.seen) == ("failed", [])
    with pytest.raises(NotFound):
        begin()


def test_hand_8_nothing_is_done_for_a_closed_account(world, steps, begin, work, stored):
    pk = begin()
    account("agent").active = False
    db.session.commit()
    work()
    assert (stored(pk).state, steps.seen) == ("failed", [])


def test_plat_5_a_runner_that_ends_gives_the_work_back(app, world, steps, begin, token, work, stored):
    stopping = Event()
    steps.between = lambda step: stopping.set() if step == 1 else None
    pk = begin()
    db.session.remove()
    executor.work(token, stopping)
    assert (stored(pk).state, stored(pk).done) == ("waiting", 0)
    work()
    assert (stored(pk).state, stored(pk).attempts) == ("done", 2)


def test_plat_5_work_of_a_dead_process_is_restarted_and_finally_fails(
    world, steps, begin, token, work, stored
):
    def release_binding(_step: int) -> None:
        with lease.without_fence():
            db.session.execute(text("UPDATE job_lease SET token = token + 1"))
            db.session.commit()

    steps.between = release_binding
    pk = begin()
    for tenure in range(token, token + MAX_ATTEMPTS):
        with pytest.raises(LeaseLostError):
            work(tenure)
        assert stored(pk).state == "running", "as a killed process leaves it"
        recover_runs(tenure + 1)
    run = stored(pk)
    assert (run.state, run.attempts, run.problem) == ("failed", MAX_ATTEMPTS, executor.INTERRUPTED)
    assert _describe_operation(world) == ["“%(title)s” has failed"]


def test_plat_5_of_several_workers_at_once_each_run_is_done_once(app, world, steps, begin, token, stored):
    made = [begin(n=n) for n in range(4)]
    race(app, [lambda: executor.work(token, Event())] * 3)
    assert sorted(arguments["n"] for arguments, _name in steps.seen) == [0, 1, 2, 3]
    assert {stored(pk).state for pk in made} == {"done"}


def test_plat_5_the_queue_of_each_person_is_limited(app, world, begin):
    for _ in range(MAX_RUNS):
        begin()
    with pytest.raises(Denied) as caught:
        begin()
    assert caught.value.code == "run.too_many"
    assert begin("agent2")


def test_plat_5_files_expire_and_the_sweep_keeps_them_until_then(world, begin, work, stored):
    pk = begin()
    work()
    name = stored(pk).result_name
    with clock.frozen(clock.now() + timedelta(days=6)):
        assert sweep_files() == []
        assert expire_results() == 0
    with clock.frozen(clock.now() + timedelta(days=7, seconds=1)):
        assert expire_results(dry_run=True) == expire_results() == 1
    assert (stored(pk).state, stored(pk).result_name) == ("expired", None)
    with pytest.raises(FileNotFoundError):
        storage().read(name)
