"""OFF-4: a long batch survives the death of its process: a real runner is killed in the middle."""

from __future__ import annotations

import signal
from contextlib import ExitStack

import pytest

from app.kernel.pages.batches import BatchRequest
from app.system.batches.services import begin_batch
from tests.support.databases.database import make_app
from tests.support.people.population import Population
from tests.support.processes.operate import close
from tests.support.processes.runners import Site, until

pytestmark = [pytest.mark.both, pytest.mark.process, pytest.mark.slow]
ROWS = 2000
PATIENT = {"KEPAN_LEASE_SECONDS": "6"}  # a busy machine does not lose its lease


def _begin(site, world) -> None:
    """Begin to unshelve many customers, a group in each transaction."""
    elsewhere = make_app(site.data_dir, site.url)
    with elsewhere.test_request_context("/", method="POST"):
        Population(world).insert_followed(ROWS)
        asked = BatchRequest("CustomerView", "unshelve", "客户 · 下架", [("reason", "other")])
        begin_batch(asked, _ids(site), actor=world.actor("agent"))
    close(elsewhere)


def _ids(site) -> list[int]:
    return [row[0] for row in site.ask("SELECT id FROM customer WHERE follow_status = 'following'")]


def _rows(site) -> dict[str, int]:
    return dict(map(tuple, site.ask("SELECT state, count(*) FROM batch_row GROUP BY state")))


def test_off_4_a_killed_batch_goes_on_and_each_row_is_done_once(database, world, tmp_path):
    site = Site(database, tmp_path)
    _begin(site, world)
    with ExitStack() as stack:
        stack.callback(site.close)
        first = stack.enter_context(site.runner(**PATIENT))
        until(lambda: _rows(site).get("done", 0) > 0)
        first.end(signal.SIGKILL)
        left = _rows(site)
        (done,) = site.ask("SELECT count(*) FROM customer WHERE follow_status = 'off_shelf'")[0]
        assert done == left["done"], "each row has its verdict with its change"
        stack.enter_context(site.runner(**PATIENT))
        until(lambda: _rows(site) == {"done": ROWS})
        until(lambda: site.ask("SELECT state FROM background_run")[0][0] == "done")
        logged = site.ask(
            "SELECT count(*), count(DISTINCT record_id) FROM operation_log WHERE operation = 'pool.unshelve'"
        )
    assert tuple(logged[0]) == (ROWS, ROWS)
    assert 0 < left["done"] < ROWS, "it was killed in the middle"
