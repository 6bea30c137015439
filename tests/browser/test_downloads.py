"""PLAT-5 in a real browser: the progress bar moves and the file appears without reloading the page."""

from __future__ import annotations

from io import BytesIO
from threading import Event, Thread

import pytest

from app.kernel.database.session import db
from app.kernel.jobs import lease
from app.kernel.pages import live as live_pages
from app.system.runs import executor
from app.system.runs import services as runs
from app.system.runs.services import Result, RunKind, start_run
from tests.support.web.visits import visiting

pytestmark = [
    pytest.mark.browser,
    pytest.mark.parametrize("database", ["sqlite"], indirect=True),
]


@pytest.mark.parametrize("size", ["desktop", "phone"])
def test_plat_5_the_bar_moves_without_a_reload(app, world, live, chromium, monkeypatch, size):
    halfway = Event()

    def work(_arguments, _actor, meter) -> Result:
        meter.expect(4)
        meter.at(2)
        halfway.wait(30)
        return Result(BytesIO(b"made"), "结果.txt", "text/plain")

    kind = RunKind("steps", "Steps", work, lambda _arguments, _actor: True)
    monkeypatch.setitem(runs._kinds, "steps", kind)
    monkeypatch.setattr(executor, "_PAUSE", 0)
    monkeypatch.setattr(live_pages, "EVERY_SECONDS", 1)
    token = lease.acquire("test", 120)
    start_run("steps", title="三步", arguments={}, actor=world.actor("agent"))
    db.session.remove()

    def run() -> None:
        with app.app_context():
            executor.work(token, Event())

    with visiting(chromium, live, size, "agent") as page:
        page.goto("/downloads/")
        page.evaluate("window.stayed = true")
        worker = Thread(target=run)
        worker.start()
        try:
            page.wait_for_selector("progress[value='2'][max='4']")
            halfway.set()
            page.wait_for_selector("tbody a[href$='/file']")
        finally:
            halfway.set()
            worker.join(30)
        assert page.evaluate("window.stayed"), "the page is the same"
        with page.expect_download() as download:
            page.click("tbody a[href$='/file']")
        assert download.value.suggested_filename == "结果.txt"
