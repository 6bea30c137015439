"""PLAT-8: the page of the workbench: bounded statements, charts where ECharts is installed, tables always."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from app.kernel.pages import elements as charts
from app.workbench import views
from tests.support.databases.statements import count_statements
from tests.support.figures import put, total
from tests.support.make import make_customer, make_platform_customer, make_push
from tests.support.web.person import Browser

MOST = 13


def _statements(app, browser, path="/") -> int:
    browser.page(path)
    with count_statements(app) as seen:
        browser.page(path)
    return len([text for text in seen if not text.upper().startswith("BEGIN")])


@pytest.mark.parametrize("name", ["agent", "manager", "regional", "admin", "auditor", "onsite"])
def test_plat_8_the_page_asks_a_bounded_number_of_times(app, world, name):
    browser = Browser(app, name)
    empty = _statements(app, browser)
    for number in range(12):
        make_customer(world.actor("agent"), name=f"客户{number}")
        make_platform_customer(world.actor("manager"))
    assert empty <= MOST
    assert _statements(app, browser) <= MOST


def test_plat_8_a_scope_past_the_limit_asks_once_more(app, world, monkeypatch):
    for _ in range(3):
        make_customer(world.actor("agent"))
    monkeypatch.setattr(views.queries, "COUNT_LIMIT", 2)
    assert _statements(app, Browser(app, "manager")) <= MOST


def _waiting(page) -> dict[str, tuple[str, str]]:
    """Return key → (count, address) of what waits and what happened."""
    return {link["data-work"]: (link.one("b").text, link["href"]) for link in page.all("a", class_="wait")}


def test_plat_8_what_waits_for_me_is_real_and_leads_to_its_list(app, world):
    agent, agent2, manager = (world.actor(name) for name in ("agent", "agent2", "manager"))
    late = datetime(2026, 1, 5, 4, 0, tzinfo=UTC)
    mine = make_customer(agent)
    put(mine, next_contact_at=late)
    put(make_customer(agent2), next_contact_at=late)
    for handler in (agent, agent, agent2):
        make_platform_customer(manager, handler_id=handler.id, viewing_booked=handler is agent2)
    make_platform_customer(manager, handler_id=agent.id, viewing_booked=True)
    for state in ("pending", "accepted"):
        make_push(make_customer(agent2), receiver=agent, sender=agent2, state=state)
    browser = Browser(app, "agent")
    waits = _waiting(browser.page("/"))
    numbers = {key: number for key, (number, _url) in waits.items()}
    expected = {"pushes": "1", "mine_pending": "3", "contacts_late": "1", "todos": "1"}
    assert {key: numbers[key] for key in expected} == expected
    for number, url in waits.values():
        assert total(browser, url) == int(number), url
    assert browser.page("/").one(data_badge="pushes").text == "1"
    of_manager = _waiting(Browser(app, "manager").page("/"))
    assert {of_manager[key][0] for key in expected} == {"0"}


def test_plat_8_pending_tasks_are_shown_to_those_who_have_such_work(app, world):
    assert "pushes" not in _waiting(Browser(app, "finance").page("/"))
    assert not {"pushes", "mine_pending", "collisions"} & {*_waiting(Browser(app, "onsite").page("/"))}


@pytest.fixture
def static_folder(app, tmp_path, monkeypatch):
    """Return a static folder for the test, without third-party scripts."""
    (tmp_path / "vendor").mkdir()
    monkeypatch.setattr(app, "_static_folder", str(tmp_path))
    return tmp_path


def test_plat_8_without_echarts_the_same_numbers_are_in_tables(app, world, static_folder):
    make_customer(world.actor("agent"))
    page = Browser(app, "agent").page("/")
    assert not [node for node in page.all() if "data-charts" in node.attrs]
    for name in ("trend", "status", "grade"):
        found = page.one("table", aria_labelledby=f"h-{name}")
        assert found.all("rect")
        assert found.all("a")
    assert not page.all("button", data_chart_toggle="trend")


def test_plat_8_with_echarts_the_chart_gets_the_tables_numbers(app, world, static_folder):
    (static_folder / "vendor" / "echarts.min.js").write_text("", encoding="ascii")
    make_customer(world.actor("agent"))
    page = Browser(app, "agent").page("/")
    (source,) = [node for node in page.all() if "data-charts" in node.attrs]
    assert "vendor/echarts.min.js" in source["data-library"]
    assert source["data-script"].startswith("/static/kepan/charts-")
    data = json.loads(source["data-charts"])
    assert [row["value"] for row in data["status"]] == [0, 1, 0]
    assert sum(data["trend"]["series"][0]["values"]) == 1
    assert len(data["trend"]["days"]) == 30
    assert page.one("table", aria_labelledby="h-trend")


def test_plat_8_nothing_comes_from_elsewhere_and_nothing_is_styled_inline(app, world):
    page = Browser(app, "manager").page("/")
    sources = [node["src"] or node["href"] for node in page.all() if node.tag in {"script", "link", "img"}]
    assert sources
    assert all(source.startswith("/") for source in sources if source)
    assert not [node for node in page.all() if node["style"]]


def test_plat_8_bars_are_as_long_as_their_share(app, world, static_folder):
    for _ in range(4):
        make_customer(world.actor("agent"))
    make_platform_customer(world.actor("agent"))
    found = Browser(app, "agent").page("/").one("table", aria_labelledby="h-status")
    assert [rect["width"] for rect in found.all("rect")] == ["25", "100", "0"]


def test_charts_name_a_file_that_set_up_brings():
    from app.cli.assets import FILES

    assert Path(charts.ECHARTS).name in FILES


@pytest.mark.parametrize(
    ("name", "links"), [("onsite", {"/m/scan"}), ("consultant", {"/m/scan", "/m/tours"}), ("agent", set())]
)
def test_plat_8_who_works_on_the_phone_finds_the_way_there(app, world, name, links):
    page = Browser(app, name).page("/")
    assert {link["href"] for link in page.all("a") if link["href"].startswith("/m/")} == links
