"""The form of a new customer in its drawer: nothing typed is ever lost (POOL-1, POOL-2, CUST-5, CUST-8)."""

from __future__ import annotations

import pytest

from tests.support.make import make_customer
from tests.support.web.person import Browser

NEW = "/customers/new?_drawer=1"
TYPED = {
    "pool": "personal",
    "kind": "individual",
    "name": "周 先生",
    "phone": "138 0000 1234",
    "short_name": "小周",
    "email": "zhou@example.com",
    "website": "https://example.com",
    "country": "中国",
    "address": "锦江区一环路 1 号",
    "industry": "retail",
    "company_size": "small",
    "founded_on": "2020-02-03",
    "source": "referral",
    "remark": "第一行\n第二行",
    "level": "important",
    "annual_revenue": "1,200,000.50",
    "cooperation_years": "2",
    "demand-kind": "buy",
    "demand-price_min": "800000",
    "demand-price_max": "1200000",
    "demand-area_min": "70",
    "demand-area_max": "90",
    "demand-rooms_min": "2",
    "demand-rooms_max": "3",
    "demand-needs": "南北通透\n近地铁",
    "code": "my-0001",
}


@pytest.fixture
def typed(world) -> dict:
    near = [world.district("锦江区").id, world.district("成华区").id]
    return {**TYPED, "demand-district_ids": [str(pk) for pk in near], "district_id": str(near[0])}


def test_pool_1_a_complete_form_makes_the_customer_and_closes_the_drawer(app, typed):
    browser = Browser(app, "agent")
    done = browser.submit(NEW, typed, 200).one("main", class_="done")
    detail = browser.page(done["data-done-url"])
    for shown in (
        "周 先生",
        "138****1234",
        "MY-0001",
        "小周",
        "锦江区、成华区",
        "800,000 – 1,200,000",
        "1,200,000.50",
    ):
        assert shown in detail.text, shown
    assert "13800001234" not in detail.text


def test_outside_of_the_drawer_one_goes_on_to_the_record(app, typed):
    browser = Browser(app, "agent")
    response = browser.post("/customers/new", typed)
    assert response.status_code == 303
    assert "已新建 周 先生" in browser.page(response.location).text


@pytest.mark.parametrize(
    ("change", "errors"),
    [
        ({"name": ""}, {"name": "此项必填"}),
        ({"name": "长" * 121}, {"name": "最多 120 个字符"}),
        ({"phone": ""}, {"phone": "此项必填"}),
        ({"phone": "12345"}, {"phone": "不是有效的电话号码"}),
        ({"pool": "platform"}, {"handler_id": "平台客户必须指定处理人"}),
        ({"pool": "public"}, {"pool": "请从选项中选择"}),
        ({"email": "zhou@"}, {"email": "不是有效的邮箱地址"}),
        ({"website": "javascript:alert(1)"}, {"website": "请填写以 http:// 或 https:// 开头的网址"}),
        ({"founded_on": "昨天"}, {"founded_on": "请填写日期，例如 2026-01-31"}),
        ({"annual_revenue": "很多"}, {"annual_revenue": "请填写金额，如 1,200.50 或 120万"}),
        ({"annual_revenue": "1.234"}, {"annual_revenue": "最多两位小数"}),
        ({"demand-rooms_min": "x"}, {"demand-rooms_min": "请填写整数"}),
        ({"demand-rooms_min": "100"}, {"demand-rooms_min": "请填写 0 到 99 之间的数字"}),
        ({"demand-price_max": "700000"}, {"demand-price_max": "上限不能小于下限"}),
        ({"demand-district_ids": ["999"]}, {"demand-district_ids": "请从选项中选择"}),
        ({"district_id": "999"}, {"district_id": "请从选项中选择"}),
        ({"owner_id": "999999"}, {"owner_id": "请从选项中选择"}),
        ({"tax_id": "91510100MA6TEST00X"}, {"tax_id": "不是有效的统一社会信用代码"}),
        ({"code": "中文"}, {"code": "只能使用字母、数字和短横线，最多 32 位"}),
    ],
    ids=str,
)
def test_a_refused_form_keeps_everything_and_says_what_is_wrong_under_the_field(app, typed, change, errors):
    sent = {**typed, **change}
    page = Browser(app, "agent").submit(NEW, sent, 422)
    assert page.errors() == errors
    kept = page.values()
    assert {name: kept[name] for name in sent} == {**sent, "pool": kept["pool"]}
    listed = {link["data-jump"] for link in page.all("a") if link["data-jump"]}
    assert listed == set(errors)


def test_several_errors_are_all_shown_at_once(app, typed):
    sent = {**typed, "name": "", "phone": "1", "email": "x", "founded_on": "x"}
    errors = Browser(app, "agent").submit(NEW, sent, 422).errors()
    assert {"name", "email", "founded_on"} <= set(errors)


def test_pool_1a_a_duplicate_is_refused_with_a_link_and_nothing_typed_is_lost(app, world, typed):
    known = make_customer(world.actor("agent"), phone="13800001234").id
    page = Browser(app, "agent").submit(NEW, typed, 409)
    alert = page.one(class_="form-alert")
    assert "您已有使用此号码的个人客户" in alert.text
    assert alert.one("a")["href"] == f"/customers/{known}"
    kept = page.values()
    assert {name: kept[name] for name in typed} == typed


def test_cust_8_a_duplicate_out_of_sight_is_refused_without_a_link(app, world, typed, setting):
    setting("dedupe_mode", "global")
    make_customer(world.actor("agent3"), phone="13800001234", name="保密的名字")
    page = Browser(app, "agent").submit(NEW, typed, 409)
    alert = page.one(class_="form-alert")
    assert alert.text == "该客户已存在于其他部门"
    assert alert.all("a") == []
    assert "保密的名字" not in page.text
    assert page.values()["demand-needs"] == typed["demand-needs"]


def test_pool_2_a_platform_customer_waits_for_its_handler(app, world, typed):
    form = {**typed, "pool": "platform", "handler_id": str(world.actor("agent2").id), "viewing_booked": "y"}
    browser = Browser(app, "manager")
    detail = browser.page(browser.submit(NEW, form, 200).one("main", class_="done")["data-done-url"])
    assert "待处理" in detail.one(class_="head-tags").text
    told = Browser(app, "agent2")
    assert "周 先生" in told.page("/inbox/").text
    assert "周 先生" in told.page("/todos/").text


def test_the_drawer_has_no_navigation_and_the_page_has(app):
    browser = Browser(app, "agent")
    assert browser.page(NEW).all("nav", class_="side-nav") == []
    drawer, page = browser.page(NEW), browser.page("/customers/new")
    assert drawer.one("body")["class"] == "is-drawer"
    assert page.one("body")["class"].split()[0] == "is-app"
    assert "_drawer=1" in drawer.form()["action"]


def test_every_field_is_rendered_as_what_it_is(app):
    page = Browser(app, "agent").page("/customers/new")
    fields = {
        n["name"]: n for n in page.form().all() if n.tag in {"input", "select", "textarea"} and n["name"]
    }
    assert all("js-s2" in n["class"] for n in fields.values() if n.tag == "select")
    assert fields["viewing_booked"]["role"] == "switch"
    assert fields["annual_revenue"]["type"] == "text", "a number input drops what it cannot read"
    assert fields["demand-rooms_min"]["type"] == "text"
    assert "data-date" in fields["founded_on"].attrs
    labels = {n["for"] for n in page.form().all("label")}
    assert [n["id"] for n in fields.values() if n["type"] != "hidden" and n["id"] not in labels] == []


def test_required_fields_are_marked_as_such(app):
    page = Browser(app, "agent").page("/customers/new")
    required = {n["name"] for n in page.form().all() if n["aria-required"] == "true"}
    assert required == {"pool", "kind", "name"}


def test_off_2_save_and_new_leads_to_an_empty_form_that_says_what_was_created(app, typed):
    browser = Browser(app, "agent")
    again = browser.post(f"{NEW}", {**typed, "_again": "1"})
    assert again.location == NEW
    form = browser.page(again.location)
    assert form.one("div", class_="toast-i").one("span").text == "已新建 周 先生"
    assert form.one("div", class_="toast-i").one("a")["href"].startswith("/customers/")
    assert not form.values()["name"]
    refused = browser.submit(NEW, {**typed, "_again": "1"}, 409)
    assert refused.values()["name"] == typed["name"], "a refused one stays"
