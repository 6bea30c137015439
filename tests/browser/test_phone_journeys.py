"""Brokers and visitors at their phones, in a real browser: registering, reporting, the code (CH-3, CH-6, CH-7,
CH-10, CH-11, CH-28).
"""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from app.channel.brokers.models import Broker
from app.channel.projects import services as projects
from app.channel.referrals.models import Referral
from app.kernel.database.session import db
from tests.support.channel.scene import Channel, every, sent_code
from tests.support.documents import jpeg
from tests.support.web.visits import picture

pytestmark = [
    pytest.mark.browser,
    pytest.mark.parametrize("database", ["sqlite"], indirect=True),
]

NEW = "13812345678"
_TARGETS = """() => [...document.querySelectorAll('a[href], button, select, input:not([type=hidden], [type=checkbox])')]
  .filter((el) => el.checkVisibility() && !el.closest('.sr-only, p'))
  .map((el) => [el, el.getBoundingClientRect()]).filter(([, box]) => box.height > 0 && box.height < 44)
  .map(([el, box]) => `${el.tagName} ${el.className} ${el.textContent.trim().slice(0, 20)} ${box.height}`)"""


@pytest.fixture
def channel(world):
    return Channel(world)


def look(page, name: str) -> None:
    """Save a picture of the screen, and check that everything on it can be read and touched."""
    page.wait_for_load_state("networkidle")
    picture(page, f"phone-{name}", "phone")
    for fault in ("contrast", "unlabelled", "unnamed", "twins", "sideways"):
        assert page.evaluate(f"seeing.{fault}()") == [], (name, fault)
    assert page.evaluate(_TARGETS) == [], name
    assert page.evaluate("getComputedStyle(document.body).fontSize") == "17px"


def send_sms_code(page) -> None:
    """Press the button; type the code that was sent."""
    page.fill("#phone", NEW)
    page.click("[name=send_code]")
    expect(page.locator("[name=send_code]")).to_be_disabled()
    expect(page.locator("[name=send_code]")).to_contain_text("秒后重发")
    page.fill("#sms_code", sent_code())


def test_ch_3_a_broker_registers_reports_and_shows_the_code(visit, channel, world):
    projects.edit_project(
        channel.project.id, service_phone="028-86001234", address="静居寺路", actor=channel.admin
    )
    page = visit(size="phone")
    page.goto("/m/")
    look(page, "login")
    page.click("text=注册")
    look(page, "register-as")
    page.click("text=报备客户、带看")
    send_sms_code(page)
    page.click(".dock button")
    expect(page.locator("#name-err")).to_have_text("此项必填")
    look(page, "register-errors")
    assert page.evaluate("document.activeElement.id") == "name", "at the first wrong field"
    page.fill("#name", "郑九")
    page.select_option("#company_id", label="川流地产")
    page.check("#consent_version")
    page.click(".dock button")
    page.wait_for_url("**/m/")
    expect(page.locator(".head h1")).to_have_text("郑九")
    look(page, "home")

    page.click(".grid >> text=报备客户")
    page.fill("#family_name", "王")
    page.fill("#given_name", "小明")
    page.click("#phone1_prefix")
    page.keyboard.type("1381234")
    assert page.input_value("#phone1_tail") == "1234", "the second part is reached by typing on"
    assert page.evaluate("document.activeElement.id") == "phone2_prefix"
    page.select_option("#consultant_id", label=world.actor("consultant").name)
    look(page, "report")
    page.click("button[value=report]")
    expect(page.locator(".pass h2")).to_contain_text("王小明")
    box = page.locator("img.qr").bounding_box()
    assert min(box["width"], box["height"]) >= 216
    page.wait_for_function("document.querySelector('img.qr').naturalWidth >= 216")
    look(page, "customer")
    page.click("text=再次报备")
    expect(page.locator(".log li")).to_have_count(3)
    page.click(".top-back")
    expect(page.locator("[data-rows] a")).to_have_count(1)
    look(page, "customers")
    page.goto("/m/me")
    look(page, "me")
    page.click(".me")
    page.set_input_files("#avatar", {"name": "me.jpg", "mimeType": "image/jpeg", "buffer": jpeg()})
    expect(page.locator(".me img.ava")).to_be_visible()  # sent as soon as it was chosen
    page.click("text=退出登录")
    page.wait_for_url("**/m/login")
    assert len(every(Broker, Broker.phone == NEW)) == 1


def test_ch_28_a_visitor_registers_and_shows_the_code(visit, channel):
    project = channel.project.name  # read before the server writes: SQLite has one writer
    page = visit(size="phone")
    page.goto("/m/register/visitor")
    send_sms_code(page)
    page.fill("#name", "方一")
    page.check("#consent_version")
    page.click(".dock button")
    expect(page.locator(".place h2")).to_have_text(project)
    look(page, "visitor-home")
    page.click("nav.bar >> text=我的码")
    expect(page.locator(".code")).to_contain_text("V")
    look(page, "visitor-code")


def test_ch_10_the_list_goes_on_by_itself_and_all_of_it_works_without_a_script(chromium, live, channel):
    for number in range(45):
        channel.enter("broker1", f"客{number:02}", [("136", f"{number:04}")])
    for script in (True, False):
        db.session.rollback()
        context = chromium.new_context(
            base_url=live, viewport={"width": 390, "height": 844}, java_script_enabled=script
        )
        page = context.new_page()
        page.goto("/m/login?next=/m/customers")
        page.fill("#phone", "13900000001")
        page.click("[name=send_code]")
        page.wait_for_selector("p[role=status]")
        page.fill("#sms_code", sent_code())
        page.click("button.btn")
        rows = page.locator("[data-rows] a")
        if script:
            expect(rows.first).to_be_visible()
            for _part in range(2):
                page.mouse.wheel(0, 10_000)
                page.wait_for_load_state("networkidle")
            expect(rows).to_have_count(45)
            expect(page.locator("[data-more]")).to_have_count(0)
        else:
            expect(rows).to_have_count(20)
            page.click("[data-more]")
            expect(rows.first).to_contain_text("王客24")
        page.fill("#q", "王客07")
        page.click(".searchbox button")
        expect(rows).to_have_count(1)
        context.close()


def _signed_in(visit, channel):
    page = visit(size="phone")
    page.goto("/m/login?next=/m/report")
    page.fill("#phone", "13900000001")
    page.click("[name=send_code]")
    page.wait_for_selector("p[role=status]")
    page.fill("#sms_code", sent_code())
    page.click("button.btn")
    expect(page.locator("#family_name")).to_be_visible()
    return page


def test_ch_32_offline_a_form_stays_and_is_sent_once_later(visit, channel):
    page = _signed_in(visit, channel)
    page.fill("#family_name", "王")
    page.fill("#given_name", "小明")
    page.click("#phone1_prefix")
    page.keyboard.type("1381234")
    page.fill("#needs", "两间铺面")
    page.context.set_offline(True)
    page.click("button[value=report]")
    expect(page.locator("p[data-offline]")).to_contain_text("已保留")
    assert page.input_value("#given_name") == "小明"
    page.context.set_offline(False)
    page.goto("/m/report")
    assert page.input_value("#needs") == "两间铺面", "opened again, it is there"
    assert page.input_value("#phone1_tail") == "", "numbers are not kept in the browser"
    page.click("#phone1_prefix")
    page.keyboard.type("1381234")
    page.evaluate("() => { window.kept = fetch; window.fetch = () => Promise.reject(new TypeError()); }")
    page.click("button[value=report]")
    expect(page.locator("p[data-offline]")).to_be_visible()
    page.evaluate("() => { window.fetch = window.kept; }")
    page.dblclick("button[value=report]")
    expect(page.locator(".pass h2")).to_contain_text("王小明")
    (made,) = every(Referral)
    assert (made.state, made.needs) == ("reported", "两间铺面")


def test_ch_32_leaving_a_form_with_typed_text_asks_first(visit, channel):
    page = _signed_in(visit, channel)
    page.goto("/m/me")
    page.click("text=昵称")
    page.click(".top-back")
    page.wait_for_url("**/m/me")
    page.click("text=昵称")
    page.fill("#nickname", "小赵")
    page.click(".top-back")
    expect(page.locator("dialog.ask")).to_contain_text("尚未提交")
    page.click("dialog.ask button >> nth=0")
    assert page.input_value("#nickname") == "小赵"
    page.click(".top-back")
    page.click("dialog.ask button >> nth=1")
    page.wait_for_url("**/m/me")


@pytest.mark.parametrize("lost", ["no answer", "503"])
def test_ch_32_after_a_lost_answer_the_form_is_sent_again_and_acts_once(visit, channel, lost):
    page = _signed_in(visit, channel)
    page.fill("#family_name", "王")
    page.fill("#given_name", "小明")
    page.click("#phone1_prefix")
    page.keyboard.type("1381234")
    page.fill("#needs", "两间铺面")

    def lose(route) -> None:
        """The server does it, and its answer does not come."""
        if route.request.method != "POST":
            route.continue_()
            return
        route.fetch(max_redirects=0)
        route.abort() if lost == "no answer" else route.fulfill(status=503, body="")

    page.route("**/m/report", lose)
    page.click("button[value=report]")
    expect(page.locator("p[data-offline]")).to_contain_text("已保留")
    assert (page.input_value("#phone1_tail"), page.input_value("#needs")) == ("1234", "两间铺面")
    draft = page.evaluate("sessionStorage.getItem('kepan-draft')")
    assert "两间铺面" in draft
    assert "1234" not in draft, "numbers are not kept in the browser"
    page.unroute("**/m/report")
    page.goto("/m/report")
    assert page.input_value("#needs") == "两间铺面"
    page.click("#phone1_prefix")
    page.keyboard.type("1381234")
    page.click("button[value=report]")
    expect(page.locator(".pass h2")).to_contain_text("王小明")
    assert page.evaluate("sessionStorage.getItem('kepan-draft')") is None
    assert len(every(Referral)) == 1


def test_ch_32_a_refusal_leaves_the_form_as_it_was_typed(visit, channel):
    page = _signed_in(visit, channel)
    page.fill("#needs", "两间铺面")
    page.click("button[value=report]")
    expect(page.locator("#family_name-err")).to_have_text("此项必填")
    expect(page.locator("#phone1_tail-err")).to_be_visible()
    assert page.evaluate("document.activeElement.id") == "family_name"
    page.fill("#family_name", "王")
    page.click("button[value=report]")
    expect(page.locator("#given_name-err")).to_be_visible()
    expect(page.locator("#family_name-err")).to_have_count(0)
    assert page.input_value("#needs") == "两间铺面"
