"""OFF-9 in a real browser: an export shows itself from the click on, and its file is found again."""

from __future__ import annotations

from io import BytesIO
from pathlib import Path
from threading import Event, Thread

import pytest
from openpyxl import load_workbook
from playwright.sync_api import expect

from app.kernel.database.session import db
from app.kernel.exports import views as exports
from app.kernel.jobs import lease
from app.system.runs import executor
from tests.support.make import make_customer
from tests.support.web.visits import SIZES, picture, visiting

pytestmark = [
    pytest.mark.browser,
    pytest.mark.parametrize("database", ["sqlite"], indirect=True),
]


def _names(path) -> list[str]:
    sheet = load_workbook(BytesIO(Path(path).read_bytes())).active
    return [str(row[1].value) for row in sheet.iter_rows(min_row=2)]


def _export(page) -> None:
    page.click(".tbar-l .dropdown > button")
    page.click(".tbar-l [data-download]")


def test_off_9_a_short_export_is_saved_and_kept_in_the_download_centre(chromium, live, world):
    make_customer(world.actor("agent"), name="郑先生")
    with visiting(chromium, live, "desktop", "agent") as page:
        page.goto("/customers/")
        page.evaluate("window.stayed = true")
        with page.expect_download() as download:
            _export(page)
        assert _names(download.value.path()) == ["郑先生"]
        expect(page.locator(".dock-i.is-done")).to_contain_text("已保存，也可在下载中心取用")
        assert page.evaluate("window.stayed")
        page.goto("/downloads/")
        with page.expect_download() as again:
            page.click("tbody a[href$='/file']")
        assert _names(again.value.path()) == ["郑先生"]


def test_off_9_a_waiting_export_says_so_at_once_and_can_be_given_up(chromium, live, world):
    make_customer(world.actor("agent"))
    with visiting(chromium, live, "phone", "agent") as page:
        held = []
        page.route("**/customers/export", lambda route: held.append(route.request.method))
        page.goto("/customers/")
        _export(page)
        expect(page.locator(".dock-i.is-running")).to_contain_text("正在生成文件…", timeout=1000)
        page.click(".dock-i [aria-label=取消]")
        expect(page.locator(".dock")).to_be_hidden()
        assert held == ["POST"]


@pytest.mark.parametrize("size", SIZES)
def test_off_9_a_long_export_shows_its_progress_on_every_page_and_saves_its_file(
    app, chromium, live, world, monkeypatch, size
):
    monkeypatch.setattr(exports, "QUICK_ROWS", 0)
    monkeypatch.setattr(executor, "_PAUSE", 0)
    agent = world.actor("agent")
    for _ in range(3):
        make_customer(agent, name="郑先生")
    db.session.remove()
    token, halfway = lease.acquire("test", 120), Event()
    note = executor.Progress.at
    monkeypatch.setattr(executor.Progress, "at", lambda self, _done: (note(self, 1), halfway.wait(30)))

    def run() -> None:
        with app.app_context():
            executor.work(token, Event())

    worker = Thread(target=run)
    with visiting(chromium, live, size, "agent") as page:
        page.goto("/customers/")
        _export(page)
        expect(page.locator(".dock-i")).to_contain_text("等待中")
        worker.start()
        try:
            expect(page.locator(".dock-i.is-running")).to_contain_text("33%", timeout=15_000)
            picture(page, "dock", size)
            page.goto("/todos/")
            expect(page.locator(".dock-i.is-running")).to_be_visible()
            with page.expect_download() as download:
                halfway.set()
        finally:
            halfway.set()
            worker.join(30)
        assert _names(download.value.path()) == ["郑先生"] * 3
        expect(page.locator(".dock-i.is-done .dock-file")).to_be_visible()
        page.click(".dock-i [aria-label=关闭]")
        expect(page.locator(".dock")).to_be_hidden()
