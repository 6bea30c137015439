"""However an import ends, it is written once as a whole, or not at all (CUST-26)."""

from __future__ import annotations

from datetime import timedelta
from threading import Event, Thread

import pytest
from sqlalchemy import func, select

from app.customers.duplicates.models import PhoneClaim
from app.customers.imports import work as background
from app.customers.imports.models import ImportBatch, ImportRow
from app.customers.imports.running import cancel_import, write_import
from app.customers.imports.work import begin
from app.customers.shared.models import Customer
from app.kernel import clock
from app.kernel.access.guard import unscoped
from app.kernel.database.session import db
from app.kernel.errors import Denied
from app.kernel.jobs import lease
from app.kernel.jobs.heartbeats import SILENT_SECONDS
from app.system.runs import executor
from app.system.runs.executor import recover_runs
from app.system.runs.models import BackgroundRun
from app.system.runs.services import cancel_run
from tests.support.databases.race import elsewhere, race, sorted_out
from tests.support.traces import denied

ROWS = tuple((f"客户{n}", f"1390000{n:04d}") for n in range(1, 21))
pytestmark = pytest.mark.both


def count(model) -> int:
    with unscoped("test"):
        return db.session.scalar(select(func.count()).select_from(model)) or 0


def written() -> tuple[int, int]:
    db.session.rollback()
    return count(Customer), count(PhoneClaim)


def state(pk: int) -> tuple[str, str]:
    """Return the states of an import and of its run."""
    db.session.rollback()
    db.session.expire_all()
    batch = db.session.get_one(ImportBatch, pk)
    run = db.session.get_one(BackgroundRun, batch.run_id) if batch.run_id else None
    return batch.state, run.state if run else ""


@pytest.fixture
def begun(world, keep) -> int:
    pk = keep(*ROWS).id
    begin(pk, actor=world.actor("agent"))
    return pk


@pytest.fixture
def token() -> int:
    return lease.acquire("test", 600) or 0


def once_beside(app, call):
    """Return what calls the function once, in another session, in the middle of this one's transaction."""
    outcomes = []

    def run() -> None:
        with app.app_context():
            try:
                outcomes.append(call())
            except Exception as error:  # noqa: BLE001 - the outcome is the point
                outcomes.append(error)

    def beside(_done: int) -> None:
        if not outcomes:
            thread = Thread(target=run, daemon=True)
            thread.start()
            thread.join(30)
            assert outcomes, "it waits for the writer"
            assert not isinstance(outcomes[0], Exception), outcomes

    return beside


def test_cust_26_two_threads_write_one_import_once(app, world, keep):
    pk, agent = keep(*ROWS).id, world.actor("agent")
    won, codes = sorted_out(race(app, [lambda: write_import(pk, actor=agent).created] * 2))
    assert (won, codes) == ([20], ["import.not_open"])
    assert written() == (20, 20)


def test_cust_26_two_imports_of_one_table_create_each_customer_once(app, world, keep):
    agent = world.actor("agent")
    pks = [keep(*ROWS).id, keep(*ROWS).id]
    won, codes = sorted_out(race(app, [lambda pk=pk: write_import(pk, actor=agent).created for pk in pks]))
    assert (sorted(won), codes) == ([0, 20], [])
    assert written() == (20, 20)


def test_cust_26_cancelled_before_it_begins_nothing_is_written(world, begun, run_all):
    cancel_import(begun, actor=world.actor("agent"))
    run_all()
    assert (state(begun), written()) == (("cancelled", "cancelled"), (0, 0))
    with denied("import.over"):
        cancel_import(begun, actor=world.actor("agent"))


@pytest.mark.parametrize("way", ["import", "run"])
def test_cust_26_cancelled_while_it_is_written_it_leaves_nothing(app, world, begun, token, monkeypatch, way):
    """PLAT-5: the writer's thread can commit nothing more; SQLite lets nobody write beside it."""
    agent, run_id = world.actor("agent"), db.session.get_one(ImportBatch, begun).run_id
    write = background.write_import

    def cancel() -> None:
        if way == "run":
            cancel_run(run_id, actor=agent)
        else:
            cancel_import(begun, actor=agent)

    def cancelled_meanwhile(pk, *, actor, note=lambda _done: None):
        if not db.engine.dialect.name.startswith("postgres"):
            elsewhere(app, cancel)
            return write(pk, actor=actor)

        beside = once_beside(app, cancel)
        return write(pk, actor=actor, note=lambda done: (beside(done), note(done)))

    monkeypatch.setattr(background, "write_import", cancelled_meanwhile)
    db.session.remove()
    executor.work(token, Event())
    assert (state(begun), written(), count(ImportRow)) == (("cancelled", "cancelled"), (0, 0), 0)
    monkeypatch.undo()
    begin(begun, actor=agent)
    db.session.remove()
    executor.work(token, Event())
    assert (state(begun), written()) == (("done", "done"), (20, 20)), "it can be begun again"


def test_cust_26_a_cancelled_import_is_not_written_by_a_writer_that_read_it_before(app, world, keep):
    if not db.engine.dialect.name.startswith("postgres"):
        pytest.skip("SQLite has one writer")
    pk, agent = keep(*ROWS).id, world.actor("agent")
    db.session.commit()

    with pytest.raises(Denied) as refused:
        write_import(pk, actor=agent, note=once_beside(app, lambda: cancel_import(pk, actor=agent)))
    assert refused.value.code == "import.not_open"
    assert (state(pk), written()) == (("cancelled", ""), (0, 0))


def test_cust_26_a_writer_that_died_is_replaced_and_nothing_is_there_twice(world, begun, token, monkeypatch):
    write, died = background.write_import, []

    def die(pk, *, actor, note=None):
        def now(done):
            if done > 10:
                died.append(done)
                raise _DiedError

        write(pk, actor=actor, note=now)

    class _DiedError(BaseException):
        """The end of the process."""

    monkeypatch.setattr(background, "write_import", die)
    db.session.remove()
    with pytest.raises(_DiedError):
        executor.work(token, Event())
    assert (state(begun), written(), died != []) == (("waiting", "running"), (0, 0), True)
    monkeypatch.undo()
    with clock.frozen(clock.now() + timedelta(seconds=SILENT_SECONDS + 1)):
        recover_runs(token)
    db.session.remove()
    executor.work(token, Event())
    assert (state(begun), written()) == (("done", "done"), (20, 20))


def test_cust_26_a_failed_run_says_so_and_the_import_can_be_begun_again(world, begun, token, monkeypatch):
    def fail(*_args, **_more):
        raise RuntimeError

    monkeypatch.setattr(background, "write_import", fail)
    db.session.remove()
    executor.work(token, Event())
    assert state(begun) == ("failed", "failed")
    assert db.session.get_one(ImportBatch, begun).problem
    monkeypatch.undo()
    begin(begun, actor=world.actor("agent"))
    db.session.remove()
    executor.work(token, Event())
    assert (state(begun), written()) == (("done", "done"), (20, 20))
