"""PLAT-5: a background run survives the death of its process: a real runner is killed in the middle."""

from __future__ import annotations

import signal
from contextlib import ExitStack

import pytest

from app.kernel.exports.views import ExportRequest
from app.system.runs.exports import begin_export
from tests.support.database import make_app
from tests.support.operate import close
from tests.support.population import Population
from tests.support.runners import Site, until

pytestmark = pytest.mark.slow
ROWS = 4000


def _state(site) -> tuple[str, int]:
    return tuple(site.ask("SELECT state, attempts FROM background_run")[0])


def test_plat_5_an_export_goes_on_after_its_runner_was_killed(database, world, tmp_path):
    site = Site(database, tmp_path)
    elsewhere = make_app(site.data_dir, site.url)
    with elsewhere.test_request_context("/", method="POST"):
        fill = Population(world)
        agent = fill.staff["agent"]
        for _ in range(ROWS):
            fill.add(
                {"pool": "personal", "follow_status": "following", "company_id": agent.company_id,
                 "department_id": agent.department_id, "owner_id": agent.id}
            )  # fmt: skip
        fill.write()
        begin_export(ExportRequest("CustomerView", "all", []), "客户", world.actor("agent"))
    close(elsewhere)
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
