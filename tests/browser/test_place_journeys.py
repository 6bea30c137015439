"""Projects, brokers and consultants in a real browser: made, shown, reviewed; every page fits and can be read
(CH-1, CH-2, CH-4, CH-20, PLAT-15).
"""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from flask import current_app
from playwright.sync_api import expect

from app.channel.projects import services as projects
from app.channel.visitors.services import register_visitor
from app.kernel import clock
from app.kernel.access.actor import SYSTEM
from app.kernel.database.session import db
from tests.support import documents as d
from tests.support.channel.scene import Channel, at
from tests.support.web.appearance import chinese, faults
from tests.support.web.visits import choose, form_of, operate, pick, picture, submit

pytestmark = [
    pytest.mark.browser,
    pytest.mark.parametrize("database", ["sqlite"], indirect=True),
]

NAMES = ("云锦里", "锦绣天府", "川流地产", "锦程不动产", "赵一", "钱二", "孙三", "李四", "周五", "冯小姐")


@pytest.fixture
def channel(world):
    """The scene of channel sales until yesterday, with a company on-site who waits for review."""
    with at(clock.now() - timedelta(days=1)):
        made = Channel(world)
        made.register("site2", "13900000005", "周五", 1, "company_onsite")
        plot = projects.create_plot(made.project.id, number="A-1", tags=["Corner"], actor=made.admin)
        register_visitor(phone="13600000001", name="冯小姐", consent_version="2026-11", actor=SYSTEM)
        made.bound("broker1")
    made.pages = {
        "/projects/": (),
        f"/projects/{made.project.id}": ("plots", "pictures", "onsite", "consultants"),
        f"/plots/{plot.id}": ("pictures",),
        "/broker-companies/": (),
        f"/broker-companies/{made.companies[0].id}": ("brokers",),
        "/brokers/?tab=pending": (),
        f"/brokers/{made.brokers['site2'].id}": ("changes",),
        "/consultants/": (),
        f"/consultants/{world.actor('consultant').id}": (),
        "/visitors/": (),
        "/projects/new": (),
        "/consultants/new": (),
        f"/brokers/{made.brokers['site2'].id}/review": (),
    }
    made.names = {
        "company": made.project.company.name,
        "onsite": made.actor("onsite").name,
    }
    db.session.commit()
    return made


def _write(form) -> None:
    """Type a heading and a bold word: with the editor where its script was fetched, else as HTML."""
    if (Path(current_app.static_folder or "") / "vendor" / "quill.js").exists():
        form.locator("button.ql-header").click()
        form.locator(".ql-editor").press_sequentially("项目简介")
        form.locator(".ql-editor").press("Enter")
        form.locator("button.ql-bold").click()
        form.locator(".ql-editor").press_sequentially("双地铁")
    else:
        form.locator("#introduction").fill("<h2>项目简介</h2><p><strong>双地铁</strong></p>")


def test_ch_1_the_administrator_makes_a_project_with_plot_picture_and_people(visit, channel):
    page = visit("admin")
    page.goto("/projects/")
    page.click("a.js-new")
    form = form_of(page)
    for field, value in {"name": "锦绣天府", "features": "地铁口、沿街", "address": "天府大道 1 号"}.items():
        form.locator(f"#{field}").fill(value)
    _write(form)
    form.locator("#longitude").fill("104.06")
    choose(form, "company_id", channel.names["company"])
    submit(form)
    expect(form.locator("#latitude-err")).to_be_visible()
    form.locator("#latitude").fill("30.57")
    picture(page, "project-form", "desktop")
    submit(form)
    expect(page.locator("h1")).to_have_text("锦绣天府")
    expect(page.locator(".rich h2")).to_have_text("项目简介")
    expect(page.locator(".rich strong")).to_have_text("双地铁")
    assert "104.06" in page.locator("a[target=_blank]").get_attribute("href")
    form = operate(page, "分配人员")
    choose(form, "onsite_ids", channel.names["onsite"])
    submit(form)
    page.click("#t-onsite")
    expect(page.locator("#p-onsite tbody tr")).to_have_count(1)
    page.click("#t-plots")
    page.click("#p-plots a[data-drawer]")
    form = form_of(page)
    form.locator("#number").fill("B-2")
    submit(form)
    expect(page.locator("#p-plots tbody tr")).to_have_count(1)
    page.click("#t-pictures")
    page.click("#p-pictures a[data-drawer]")
    form = form_of(page)
    form.locator("input[type=file]").set_input_files(
        {"name": "外观.png", "mimeType": "image/png", "buffer": d.png((1200, 800))}
    )
    submit(form)
    expect(page.locator("#p-pictures img")).to_have_count(1)
    picture(page, "project-pictures", "desktop")


def test_ch_4_the_director_rejects_with_a_reason_and_the_menu_counts(visit, channel):
    page = visit("director", "phone")
    page.goto("/brokers/?tab=pending")
    expect(page.locator("[data-badge~=broker_reviews]").first).to_contain_text("1")
    page.click("tbody a.row-link")
    operate(page, "审核")
    pick(page, "decision", "reject")
    submit(page)
    expect(page.locator("#reason-err")).to_be_visible()
    page.fill("#reason", "缺授权书")
    picture(page, "broker-review", "phone")
    submit(page)
    expect(page.locator(".detail")).to_contain_text("缺授权书")
    expect(page.locator("[data-badge~=broker_reviews]").first).to_be_hidden()


@pytest.mark.parametrize(("size", "language"), [("desktop", "zh"), ("phone", "en")])
def test_plat_15_every_page_fits_and_can_be_read(visit, channel, size, language):
    page = visit("admin", size, language)
    found = []
    for path, tabs in channel.pages.items():
        page.goto(path)
        found += faults(page)
        for tab in tabs:
            page.click(f"#t-{tab}")
            page.wait_for_selector(f"#p-{tab}[data-state=loaded]")
            found += faults(page)
        if language == "en":
            found += chinese(page, NAMES)
    assert not found
