"""PLAT-5: a background run survives the death of its process: a real runner is killed in the middle."""

from __future__ import annotations

import signal
from contextlib import ExitStack

import pytest
from sqlalchemy import make_url

from app.kernel.exports.views import ExportRequest
from app.system.runs.exports import begin_export
from tests.support.databases.database import make_app
from tests.support.databases.relay import Relay
from tests.support.people.population import Population
from tests.support.processes.operate import close
from tests.support.processes.runners import Site, until

pytestmark = [pytest.mark.both, pytest.mark.process, pytest.mark.slow]
ROWS = 4000


def _state(site) -> tuple[str, int]:
    return tuple(site.ask("SELECT state, attempts FROM background_run")[0])


def _begin_export(site, world) -> None:
    """Start a long export, which waits for a runner."""
    elsewhere = make_app(site.data_dir, site.url)
    with elsewhere.test_request_context("/", method="POST"):
        Population(world).insert_followed(ROWS)
        begin_export(ExportRequest("CustomerView", "all", []), "客户", world.actor("agent"))
    close(elsewhere)


def test_plat_5_an_export_goes_on_after_its_runner_was_killed(database, world, tmp_path):
    site = Site(database, tmp_path)
    _begin_export(site, world)
    with ExitStack() as stack:
        stack.callback(site.close)
        first = stack.enter_context(site.runner())
        until(lambda: _state(site) == ("running", 1))
        first.end(signal.SIGKILL)
        assert _state(site) == ("running", 1), "as the killed process left it"
        stack.enter_context(site.runner())
        until(lambda: _state(site) == ("done", 2))
        ((done, total, size, name),) = site.ask("SELECT done, total, size, result_name FROM background_run")
        (exported,) = site.ask("SELECT count(*) FROM operation_log WHERE operation = 'customer.export'")
    assert (done, total) == (ROWS, ROWS)
    assert (site.data_dir / "files" / name).stat().st_size == size
    assert exported[0] == 1


@pytest.mark.parametrize("database", ["postgres"], indirect=True)
def test_plat_5_an_export_goes_on_after_the_database_was_away_and_the_lease_went_on(
    database, world, tmp_path
):
    site = Site(database, tmp_path)
    _begin_export(site, world)
    address = make_url(site.url)
    with ExitStack() as stack:
        stack.callback(site.close)
        relay = stack.enter_context(Relay(address.host, address.port or 5432))
        through = address.set(host="127.0.0.1", port=relay.port).render_as_string(hide_password=False)
        runner = stack.enter_context(site.runner(KEPAN_DATABASE_URL=through, KEPAN_LEASE_SECONDS="20"))
        until(lambda: _state(site) == ("running", 1))
        (tenure,) = site.ask("SELECT token FROM job_lease")
        relay.cut()
        until(lambda: "work_failed" in runner.said() or "run_failed" in runner.said())
        assert _state(site) == ("running", 1), "its end could not be written down"
        relay.mend()
        until(lambda: _state(site) == ("done", 2), 90)
        assert site.ask("SELECT token FROM job_lease") == [tenure], "under the same lease"
