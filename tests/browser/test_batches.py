"""OFF-4 in a real browser: choosing over several pages, five mixed customers in few clicks, long batches."""

from __future__ import annotations

from threading import Event

import pytest
from playwright.sync_api import expect

from app.kernel.database.session import db
from app.kernel.jobs import lease
from app.kernel.pages import batches
from app.system.runs import executor
from tests.support.make import make_customer, make_platform_customer, shelve, tax_id
from tests.support.traces import stored
from tests.support.web.visits import pick, picture

pytestmark = [pytest.mark.browser, pytest.mark.parametrize("database", ["sqlite"], indirect=True)]

MOST_CLICKS = 7
OFF_SHELF = "/customers/?tab=off_shelf"


class _Mouse:
    """Clicks, and counts the clicks."""

    def __init__(self) -> None:
        self.clicks = 0

    def click(self, place, **how) -> None:
        self.clicks += 1
        place.click(**how)


@pytest.fixture
def mixed(world) -> list[int]:
    """Return five customers off shelf: private persons and firms, personal ones and some of the platform."""
    agent = world.actor("agent")
    firm = {"kind": "enterprise"}
    made = [
        make_customer(agent, name="个人一"),
        make_customer(agent, name="个人企业", tax_id=tax_id(1), **firm),
        make_customer(agent, name="个人二"),
        make_platform_customer(agent, name="平台一"),
        make_platform_customer(agent, name="平台企业", tax_id=tax_id(2), **firm),
    ]
    return [shelve(one).id for one in made]


@pytest.fixture
def many(world) -> list[int]:
    """Return twelve customers of the agent."""
    return [make_customer(world.actor("agent"), name=f"客{n:02}").id for n in range(12)]


def _drawer(page):
    drawer = page.frame_locator("dialog.drawer iframe")
    drawer.locator("form[data-form], .batch").first.wait_for()
    return drawer


def _chosen(page):
    return page.locator("[data-sel-text]")


def test_off_4_five_mixed_customers_are_shelved_with_few_clicks(world, mixed, visit):
    page, mouse = visit("agent"), _Mouse()
    page.goto(OFF_SHELF)
    boxes = page.locator(".js-pick")
    mouse.click(boxes.first)
    mouse.click(boxes.last, modifiers=["Shift"])
    expect(_chosen(page)).to_have_text("已选 5 项")
    mouse.click(page.locator(".tbar-l > [data-batch$='/shelve']"))
    form = _drawer(page)
    expect(form.locator(".form-hint")).to_contain_text("个人客户 3 · 平台客户 2")
    picture(page, "batch-mixed", "desktop")
    mouse.click(form.locator("#handler_id + .select2 .select2-selection"))
    form.locator(".select2-container--open .select2-search__field").fill(world.actor("agent2").name)
    mouse.click(form.locator(".select2-results__option", has_text=world.actor("agent2").name).first)
    mouse.click(form.locator("#remark"))
    page.keyboard.type("再联系")
    mouse.click(form.locator(".form-bar .btn-primary"))
    expect(page.locator(".toast-success")).to_contain_text("已上架 5 位客户")
    picture(page, "batch-mixed-done", "desktop")
    assert mouse.clicks <= MOST_CLICKS
    rows = [stored(pk) for pk in mixed]
    assert [row["follow_status"] for row in rows] == ["following"] * 3 + ["pending"] * 2
    assert {row["handler_id"] for row in rows[3:]} == {world.actor("agent2").id}
    page.goto(OFF_SHELF)
    assert page.evaluate("Object.keys(sessionStorage).filter(key => key.startsWith('kepan:chosen'))") == []


def test_off_4_the_handler_is_asked_for_where_customers_of_the_platform_are_chosen(world, mixed, visit):
    page = visit("agent")
    page.goto(f"{OFF_SHELF}&pool=personal")
    page.locator(".js-pick-all").check()
    page.locator(".tbar-l > [data-batch$='/shelve']").click()
    form = _drawer(page)
    expect(form.locator("#follow_status")).to_be_attached()
    expect(form.locator("#handler_id")).to_have_count(0)


def test_off_4_a_choice_survives_paging_and_goes_with_the_filter(world, many, visit):
    page = visit("agent")
    page.goto("/customers/?page_size=10")
    page.locator(".js-pick").nth(0).check()
    page.locator(".js-pick").nth(1).check()
    page.locator("[rel=next]").click()
    expect(page.locator(".js-pick")).to_have_count(2)
    expect(_chosen(page)).to_have_text("已选 2 项")
    page.locator(".js-pick").nth(0).check()
    expect(_chosen(page)).to_have_text("已选 3 项")
    page.locator("[rel=prev]").click()
    expect(page.locator("tr.sel")).to_have_count(2)
    page.locator(".tbar-l > [data-batch$='/unshelve']").click()
    expect(page.locator("#drawer-title")).to_have_text("下架 — 已选 3 条记录")
    page.keyboard.press("Escape")
    page.goto("/customers/?name=客&page_size=10")
    expect(page.locator(".toast-info")).to_contain_text("之前勾选的 3 条已取消勾选")
    expect(page.locator(".tbar-sel")).to_be_hidden()


def test_off_4_all_found_are_chosen_by_the_filter_without_those_left_out(world, many, visit):
    page = visit("agent")
    page.goto("/customers/?page_size=10")
    page.locator(".js-pick-all").check()
    expect(_chosen(page)).to_have_text("已选 10 项")
    picture(page, "batch-whole-page", "desktop")
    page.locator("[data-sel-all]").click()
    expect(_chosen(page)).to_have_text("已选 12 项")
    page.locator("[rel=next]").click()
    expect(page.locator("tr.sel")).to_have_count(2)
    page.locator(".js-pick").first.uncheck()
    expect(_chosen(page)).to_have_text("已选 11 项")
    page.locator(".tbar-l > [data-batch$='/unshelve']").click()
    form = _drawer(page)
    expect(page.locator("#drawer-title")).to_have_text("下架 — 已选 11 条记录")
    pick(form, "reason", "no_need")
    form.locator(".form-bar .btn-primary").click()
    expect(page.locator(".toast-success")).to_contain_text("已下架 11 位客户")
    assert [stored(pk)["follow_status"] for pk in many].count("following") == 1


def test_off_4_a_long_batch_shows_its_progress_in_the_drawer(app, world, many, visit, monkeypatch):
    monkeypatch.setattr(batches, "MAX_AT_ONCE", 2)
    page = visit("agent")
    page.goto("/customers/")
    page.locator(".js-pick-all").check()
    page.locator(".tbar-l > [data-batch$='/unshelve']").click()
    form = _drawer(page)
    pick(form, "reason", "no_need")
    form.locator(".form-bar .btn-primary").click()
    expect(form.locator(".batch-run")).to_contain_text("0 / 12")
    picture(page, "batch-running", "desktop")
    token = lease.acquire("test", 60)
    db.session.remove()
    executor.work(token, Event())
    expect(form.locator(".batch-sum")).to_have_text("已下架 12 位客户")
    expect(form.locator(".batch-run")).to_have_count(0)
