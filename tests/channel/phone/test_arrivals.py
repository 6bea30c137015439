"""CH-13, CH-14, CH-15, CH-18: the page behind a viewing QR, as on-site staff and others see it."""

from __future__ import annotations

import re

import pytest

from app.channel.collisions.models import Collision
from app.channel.projects import services as projects
from app.channel.referrals import services
from app.channel.referrals.models import Binding
from app.channel.scans.models import OnsiteScan
from app.channel.visitors import services as visitors
from app.kernel import clock
from app.kernel.access.actor import SYSTEM
from app.kernel.pages.formatting import local_time
from tests.support.channel.phones import nothing_changed
from tests.support.channel.scene import again, at, count, every
from tests.support.people.accounts import later
from tests.support.web.person import Browser

# tests/channel/scans test on both databases what they decide about scans.
pytestmark = pytest.mark.parametrize("database", ["sqlite"], indirect=True)
NEUTRAL = "这个二维码供项目现场人员使用"


def _visitor(name="王小明", phone="13800001234"):
    return visitors.register_visitor(phone=phone, name=name, consent_version="2026-01", actor=SYSTEM)


def _confirm(browser, token, consultant, page=None, status=303, **more):
    """Open the page as a person does, choose the consultant, confirm; return the next page."""
    page = page or browser.page(f"/m/q/{token}")
    sent = {**page.values(), "consultant_id": str(consultant or ""), **more}
    response = browser.post(f"/m/q/{token}", sent)
    assert response.status_code == status, response.get_data(as_text=True)
    return browser.page(response.location) if status == 303 else response


def _said(page):
    (box,) = page.all(class_="say")
    return box.text


def test_ch_13_the_page_shows_who_it_is_and_changes_nothing(on, channel):
    consultant = channel.actor("consultant")
    token = channel.report("broker1", consultant_id=consultant.id, needs="临街商铺").qr_token
    with nothing_changed():
        page = on("onsite").page(f"/m/q/{token}")
    for shown in ("王小明", "138****1234", "赵一", "川流地产", "云锦里", "临街商铺", "已报备"):
        assert shown in page.text
    assert page.values()["consultant_id"] == str(consultant.id)  # the designated one is chosen
    assert page.one("a", href="tel:13900000001")
    assert "赵一" in _said(page)


def test_ch_13_without_a_preferred_consultant_one_must_be_chosen(on, channel):
    token = channel.report("broker1").qr_token
    page = on("onsite").page(f"/m/q/{token}")
    assert page.values()["consultant_id"] == ""
    with nothing_changed():
        again_ = on("onsite").submit(f"/m/q/{token}", page.values(), 422)
    assert again_.errors() == {"consultant_id": "此项必填"}
    with nothing_changed():  # a colleague who receives nobody here
        wrong = on("onsite").submit(f"/m/q/{token}", {"consultant_id": channel.actor("agent").id}, 422)
    assert list(wrong.errors()) == ["consultant_id"]
    assert count(OnsiteScan) == 0


def test_ch_14_confirming_binds_and_the_same_code_again_is_a_revisit(on, channel):
    referral, consultant = channel.report("broker1"), channel.actor("consultant").id
    page = _confirm(on("onsite"), referral.qr_token, consultant)
    stored = again(referral)
    assert (stored.state, stored.assigned_consultant_id) == ("bound", consultant)
    assert f"保护期至 {local_time(stored.expires_at)}" in _said(page)
    assert _said(page).startswith("已绑定")

    opened = on("onsite").page(f"/m/q/{referral.qr_token}")
    assert local_time(stored.expires_at) in _said(opened)
    assert opened.values()["consultant_id"] == str(consultant)  # who received before
    assert _said(_confirm(on("onsite"), referral.qr_token, consultant)).startswith("复访")
    assert [row.result for row in every(OnsiteScan)] == ["bound", "revisit"]
    assert count(Binding) == 1


def test_ch_18_another_brokers_code_says_until_when_and_leaves_a_collision(app, on, channel):
    consultant = channel.actor("consultant").id
    bound, other = channel.bound("broker1"), channel.report("broker2")
    until = local_time(again(bound).expires_at)
    page = on("onsite").page(f"/m/q/{other.qr_token}")
    assert until in _said(page)
    assert "赵一" not in page.text  # only the office sees which broker brought them first
    scanned = _confirm(on("onsite"), other.qr_token, consultant, page)
    assert _said(scanned).startswith("撞单")
    assert until in _said(scanned)
    assert again(other).state == "reported"
    assert [row.result for row in every(OnsiteScan)] == ["bound", "collision"]
    later_on = on("onsite").page(f"/m/scans/{every(OnsiteScan)[-1].id}").text
    assert "未绑定" in later_on
    assert "扫码会" not in later_on, "it has happened"
    (collision,) = every(Collision)
    assert (collision.referral_id, collision.occasion, collision.is_open) == (other.id, "scan", True)
    with at(clock.now(), days=31):  # checked after that protection ended
        later = Browser(app, "onsite").page(f"/m/scans/{every(OnsiteScan)[-1].id}")
    assert until not in _said(later)


def test_ch_18_a_deal_shows_no_end_of_protection(on, channel):
    from app.channel.referrals import deals as closing

    bound, other = channel.bound("broker1"), channel.report("broker2")
    closing.close_referral(bound.id, closed_on=clock.today(), actor=channel.actor("director"))
    assert "成交" in _said(on("onsite").page(f"/m/q/{other.qr_token}"))
    page = _confirm(on("onsite"), other.qr_token, channel.actor("consultant").id)
    assert "成交" in _said(page)
    own = _confirm(on("onsite"), bound.qr_token, channel.actor("consultant").id)
    assert _said(own).startswith("复访")


def test_ch_13_an_expired_one_has_to_be_reported_again(on, channel):
    referral, consultant = channel.bound("broker1"), channel.actor("consultant").id
    with at(clock.now(), days=31):
        page = on("onsite").page(f"/m/q/{referral.qr_token}")
        assert "请经纪人重新报备" in _said(page)
        assert not page.all("button", type="submit")
        with nothing_changed():
            refused = on("onsite").submit(f"/m/q/{referral.qr_token}", {"consultant_id": consultant}, 409)
        assert "请经纪人重新报备" in refused.text
        services.report_referral(referral.id, actor=channel.actor("broker1"))
        assert _said(_confirm(on("onsite"), referral.qr_token, consultant)).startswith("已绑定")


def test_ch_15_a_visitors_own_code(on, channel):
    visitor, consultant = _visitor("何来客", "13700007777"), channel.actor("consultant").id
    page = on("onsite").page(f"/m/q/{visitor.qr_token}")
    assert "137****7777" in page.text
    assert "13700007777" not in page.text
    assert _said(_confirm(on("onsite"), visitor.qr_token, consultant, page)).startswith("上门")
    channel.bound("broker1")
    known = _visitor()
    assert "保护" in _said(on("onsite").page(f"/m/q/{known.qr_token}"))
    assert _said(_confirm(on("onsite"), known.qr_token, consultant)).startswith("撞单")
    assert [row.result for row in every(OnsiteScan)] == ["walk_in", "bound", "collision"]


def test_ch_15_at_several_projects_staff_say_at_which_one(on, channel):
    visitor, second = _visitor("何来客"), channel.new_project("河畔居")
    consultant = channel.actor("consultant").id
    asked = on("onsite").page(f"/m/q/{visitor.qr_token}")
    assert not asked.all("select")
    choice = {a.text: a["href"] for a in asked.one(class_="cells").all("a")}
    assert {*choice} == {"云锦里", "河畔居"}
    page = on("onsite").page(choice["河畔居"])
    response = on("onsite").post(page.form()["action"], {**page.values(), "consultant_id": consultant})
    assert response.status_code == 303
    assert [row.project_id for row in every(OnsiteScan)] == [second.id]


def test_ch_13_pressed_twice_it_is_one_scan(on, channel):
    referral, consultant = channel.report("broker1"), channel.actor("consultant").id
    page = on("onsite").page(f"/m/q/{referral.qr_token}")
    sent = {**page.values(), "consultant_id": str(consultant)}
    answers = [on("onsite").post(f"/m/q/{referral.qr_token}", sent).location for _ in range(2)]
    assert answers[0] == answers[1]
    assert [row.result for row in every(OnsiteScan)] == ["bound"]
    _confirm(on("onsite"), referral.qr_token, consultant)  # opened again, it is another visit
    assert count(OnsiteScan) == 2


def test_ch_13_signing_in_returns_to_the_code(app, channel):
    token = channel.report("broker1").qr_token
    answer = Browser(app).get(f"/m/q/{token}")
    assert (answer.status_code, answer.location) == (302, f"/m/login?next=/m/q/{token}")
    with nothing_changed():
        assert Browser(app).post(f"/m/q/{token}").location.startswith("/m/login")


@pytest.mark.parametrize(
    "who", ["broker1", "broker2", "site1", "visitor", "director", "secretary", "agent", "admin", "auditor"]
)
def test_ch_13_other_roles_see_nothing_of_the_customer(on, channel, who):
    referral = channel.report("broker1")
    with nothing_changed():
        pages = [
            on(who).page(f"/m/q/{referral.qr_token}"),
            on(who).submit(f"/m/q/{referral.qr_token}", {"consultant_id": 1, "intention": "A"}, 200),
            on(who).page("/m/q/nobody"),
        ]
    for page in pages:
        assert NEUTRAL in page.text
        for word in ("王小明", "1234", referral.code, "赵一"):
            assert word not in page.text


def test_ch_13_staff_of_another_project_see_nothing_either(on, channel):
    other = projects.create_project(company_id=channel.world.companies[0], name="河畔居", actor=channel.admin)
    referral = channel.report("broker1", project_id=other.id)
    for who in ("onsite", "consultant"):
        with nothing_changed():
            page = on(who).page(f"/m/q/{referral.qr_token}", 403)
            on(who).submit(f"/m/q/{referral.qr_token}", {"consultant_id": 1, "intention": "A"}, 403)
        assert "王小明" not in page.text


def test_ch_13_an_unknown_code(on, channel):
    entered = channel.enter("broker1")
    for word in ("nobody", entered.code, "x" * 600):
        assert on("onsite").page(f"/m/q/{word}", 404).one("a", class_="btn")["href"] == "/m/scan"
        assert on("consultant").page(f"/m/q/{word}", 404)


def test_ch_13_a_read_code_leads_to_its_customer(on, channel):
    referral = channel.report("broker1")
    for read in (referral.qr_token, f"https://kepan.test/m/q/{referral.qr_token}?a=1"):
        for who in ("onsite", "consultant"):
            answer = on(who).post("/m/scan", {"code": read})
            assert answer.status_code == 303, read
            assert "王小明" in on(who).page(answer.location).text
    for typed in ("不是编号", "https://kepan.test/", "x" * 600, ""):
        page = on("onsite").submit("/m/scan", {"code": typed}, 422)
        assert list(page.errors()) == ["code"]
        assert page.values()["code"] == typed.strip()
    assert on("director").get("/m/scan").status_code == 302
    assert on("broker1").get("/m/scan").status_code == 403


def test_ch_30_a_typed_code_needs_the_last_four_digits(on, channel):
    referral, consultant = channel.report("broker1"), channel.actor("consultant").id
    onsite = on("onsite")
    assert list(onsite.submit("/m/scan", {"code": referral.code}, 422).errors()) == ["tail"]
    with nothing_changed():
        assert onsite.page(f"/m/q/{referral.code}", 404)
    for typed in ({"code": referral.code, "tail": "9999"}, {"code": "R202601019999", "tail": "1234"}):
        page = onsite.submit("/m/scan", typed, 422)
        assert page.errors()["tail"] == "没有与此编号和尾号相符的客户", "whichever of the two was wrong"
        assert "王小明" not in page.text
    answer = onsite.post("/m/scan", {"code": f" {referral.code.lower()} ", "tail": "１２３４"})
    assert answer.status_code == 303
    assert referral.qr_token not in answer.location, "the token stays the customer's"
    page = onsite.page(answer.location)
    assert "王小明" in page.text
    assert on("consultant").get(answer.location).status_code == 404, "it is good for one person"
    with later(minutes=61):
        assert onsite.get(answer.location).status_code == 404, "and for an hour"
    word = answer.location.removeprefix("/m/q/")
    assert _said(_confirm(onsite, word, consultant, page)).startswith("已绑定")
    assert [row.by_code for row in every(OnsiteScan)] == [True]
    assert "凭编号" in on("director").page("/scans/").text


def test_ch_30_consultants_open_only_their_own_customers_by_a_typed_code(on, channel):
    theirs = channel.bound("broker1")
    other = channel.report("broker2", phones=[("139", "5678")], given_name="小红")
    consultant = on("consultant")
    assert consultant.post("/m/scan", {"code": theirs.code}).status_code == 303
    assert "王小明" in consultant.page(f"/m/q/{theirs.code}").text
    page = consultant.submit("/m/scan", {"code": other.code, "tail": "5678"}, 422)
    assert list(page.errors()) == ["code"]
    assert consultant.page(f"/m/q/{other.code}", 404)
    assert on("onsite").page(f"/m/q/{theirs.code}", 404), "who scans needs the token, or the digits"


def test_ch_13_pages_are_in_english_too(app, channel):
    referral = channel.report("broker1")
    english = Browser(app, "onsite", locale="en")
    for path in (f"/m/q/{referral.qr_token}", "/m/scan", "/m/scans", "/m/staff"):
        page = english.page(path)
        own = re.compile("王小明|赵一|川流地产|云锦里|夏语冰|田野?|中文")
        assert not [text for text in page.texts() if re.search("[\u4e00-\u9fff]", own.sub("", text))], path
