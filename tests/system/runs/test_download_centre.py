"""PLAT-5, PLAT-6: the download centre and its API; long exports go there."""

from __future__ import annotations

import tracemalloc
from io import BytesIO
from itertools import count

import pytest
from openpyxl import load_workbook
from sqlalchemy import select

from app.audit.models import OperationLog
from app.audit.services import verify
from app.kernel.database.session import db
from app.kernel.exports import lists as export
from tests.support.databases.statements import count_statements
from tests.support.make import make_customer
from tests.support.people.population import Population
from tests.support.web.person import Browser


def _names(content: bytes) -> list[str]:
    head, *rows = load_workbook(BytesIO(content)).active.iter_rows(values_only=True)
    return [row[head.index("名称")] for row in rows]


@pytest.fixture
def long_list(world, monkeypatch):
    """Create more customers than one request may export."""
    monkeypatch.setattr(export, "MAX_ROWS", 2)
    for name in ("甲", "=乙()", "丙"):
        make_customer(world.actor("agent"), name=name)


@pytest.mark.both
def test_plat_6_a_long_list_is_written_in_the_background_for_a_page(app, world, long_list, work):
    browser = Browser(app, "agent")
    answer = browser.post("/customers/export?order_by=created_at")
    assert (answer.status_code, answer.location) == (303, "/downloads/")
    page = browser.page("/downloads/")
    assert "等待中" in page.one("tbody").text
    assert "data-live" in browser.get("/downloads/").get_data(as_text=True)
    work()
    page = browser.page("/downloads/")
    assert "已完成" in page.one("tbody").text
    assert "data-live" not in browser.get("/downloads/").get_data(as_text=True)
    (link,) = [a for a in page.one("tbody").all("a") if a["href"].endswith("/file")]
    answer = browser.get(link["href"])
    assert _names(answer.data) == ["甲", "=乙()", "丙"]
    assert answer.headers["Content-Disposition"].startswith("attachment; ")
    assert answer.headers["Cache-Control"] == "no-store"
    assert "已完成，请到下载中心下载" in browser.page("/inbox/").text
    logged = select(OperationLog).where(OperationLog.record_type == "export")
    (row,) = db.session.scalars(logged)
    assert (row.actor_id, row.parameters["rows"]) == (world.actor("agent").id, "3")
    assert [*verify()] == []


def test_plat_6_the_api_answers_202_and_the_jobs_id(api, world, long_list, work):
    http = api("agent")
    answer = http.get("/customers/export", name="乙")
    assert answer.status_code == 200, "narrowed, it is short"
    answer = http.get("/customers/export", order_by="-created_at")
    assert answer.status_code == 202
    pk = answer.get_json()["job_id"]
    waiting = http.get(f"/runs/{pk}").get_json()
    assert (waiting["state"], waiting["kind"], waiting["file_url"]) == ("waiting", "export", None)
    assert (http.get(f"/runs/{pk}/file").status_code, http.get(f"/runs/{pk}/file").get_json()["code"]) == (
        409, "run.no_file",
    )  # fmt: skip
    work()
    done = http.get(f"/runs/{pk}").get_json()
    assert (done["state"], done["done"], done["total"]) == ("done", 3, 3)
    assert _names(http.get(f"/runs/{pk}/file").data) == ["丙", "=乙()", "甲"]
    assert [one["id"] for one in http.get("/runs").get_json()["items"]] == [pk]
    assert http.post(f"/runs/{pk}/cancel").get_json()["code"] == "run.over"


def test_plat_5_only_the_owner_finds_it(app, api, world, long_list, work):
    pk = api("agent").get("/customers/export").get_json()["job_id"]
    work()
    for other in ("agent2", "manager", "admin", "auditor"):
        assert api(other).get(f"/runs/{pk}").status_code == 404
        assert api(other).get(f"/runs/{pk}/file").status_code == 404
        assert api(other).get("/runs").get_json()["items"] == []
        assert Browser(app, other).get(f"/downloads/{pk}/file").status_code == 404
    assert api("manager").post(f"/runs/{pk}/cancel").status_code == 404


def test_plat_5_cancelling_on_the_page_and_in_the_api(app, api, world, begin, stored):
    first, second = begin(), begin()
    assert api("agent").post(f"/runs/{first}/cancel").get_json()["state"] == "cancelled"
    page = Browser(app, "agent").submit(f"/downloads/{second}/cancel", {}, 303)
    assert page is not None
    assert {stored(first).state, stored(second).state} == {"cancelled"}


def test_plat_5_an_empty_download_centre_says_what_it_is_for(app, world):
    assert "导出" in Browser(app, "agent").page("/downloads/").text


def test_plat_5_the_page_says_when_nothing_works(app, world):
    assert "没有运行器" in Browser(app, "agent").page("/downloads/").text


def test_acc_6_a_background_export_is_within_the_persons_scope(api, world, long_list, monkeypatch, work):
    monkeypatch.setattr(export, "MAX_ROWS", 0)
    make_customer(world.actor("agent3"), name="别店的")
    pk = api("agent").get("/customers/export").get_json()["job_id"]
    work()
    assert "别店的" not in _names(api("agent").get(f"/runs/{pk}/file").data)


def _many(world, number: int, first: int) -> None:
    fill = Population(world)
    fill.numbers = count(first)
    agent = fill.staff["agent"]
    for _ in range(number):
        fill.add(
            {"pool": "personal", "follow_status": "following", "company_id": agent.company_id,
             "department_id": agent.department_id, "owner_id": agent.id}
        )  # fmt: skip
    fill.write()


@pytest.mark.long
@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_plat_6_memory_does_not_grow_with_the_rows(app, api, world, monkeypatch, work):
    monkeypatch.setattr(export, "MAX_ROWS", 0)
    peaks = []
    for first in (1, 3001):
        _many(world, 3000, first)
        db.session.remove()
        pk = api("agent").get("/customers/export").get_json()["job_id"]
        tracemalloc.start()
        work()
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
        assert len(_names(api("agent").get(f"/runs/{pk}/file").data)) == 3000 * len(peaks)
    assert peaks[1] < peaks[0] * 1.3, peaks


@pytest.mark.both
def test_the_download_centre_costs_a_fixed_number_of_statements(app, world, begin, work):
    browser = Browser(app, "agent")
    costs = []
    for _ in range(2):
        begin()
        begin()
        work()
        browser.page("/downloads/")
        with count_statements(app) as seen:
            browser.page("/downloads/")
        costs.append(seen.count)
    assert costs[0] == costs[1] <= 8, costs
