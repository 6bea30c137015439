"""PLAT-7: typed values are not discarded silently, and a refusal is visible."""

from __future__ import annotations

from tests.support.make import make_customer, next_phone
from tests.support.web.person import Browser


def test_a_refused_duplicate_counts_as_changed_so_that_leaving_asks(app, world):
    phone = next_phone()
    make_customer(world.actor("agent"), phone=phone)
    browser = Browser(app, "agent")
    assert "data-changed" not in browser.page("/customers/new").form().attrs
    values = {"pool": "personal", "kind": "individual", "name": "重复", "phone": phone}
    page = browser.submit("/customers/new", values, 409)
    assert "data-changed" in page.form().attrs
    assert page.one(class_="form-alert").all("a")


def test_a_refused_setting_says_so_above_and_leads_to_the_field(app, world):
    browser = Browser(app, "admin")
    fresh = browser.page("/settings/")
    assert fresh.all(class_="form-alert") == []
    page = browser.submit("/settings/", {**fresh.values(), "reveal_alert": "abc"}, 422)
    alert = page.one(class_="form-alert")
    (link,) = alert.all("a")
    assert link.text == "号码查看异常提醒"
    assert link["href"] == f"#{page.form().one('input', name='reveal_alert')['id']}"
    assert "data-changed" in page.form().attrs


def test_cust_13_a_refused_filter_is_no_empty_file(app, world):
    make_customer(world.actor("agent"))
    page = Browser(app, "agent").page("/customers/?phone=138")
    assert "请修改被拒绝的筛选条件" in page.text
    assert "创建第一个客户" not in page.text
    assert [a["href"] for a in page.all("a") if "清空筛选" in a.text] == ["/customers/"]


def test_conditional_fields_have_a_star_where_they_are_required(app, world):
    stars = {
        star["data-star-when"]
        for star in Browser(app, "agent").page("/customers/new").all("i", class_="req")
        if star["data-star-when"]
    }
    assert stars == {"kind=individual", "pool=platform,into_pool="}
