"""Values typed into a form are restored after the session ended and the person signed in again (ui.md)."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from app.kernel.database.session import db
from app.org.shared.models import Account
from tests.support.channel.scene import Channel
from tests.support.people.world import PASSWORD
from tests.support.web.visits import sign_in

pytestmark = [
    pytest.mark.browser,
    pytest.mark.parametrize("database", ["sqlite"], indirect=True),
]


def _with_password(channel, key: str) -> str:
    """Return the login of a broker who signs in by a password."""
    account = db.session.get(Account, channel.brokers[key].id)
    account.password = db.session.get(Account, channel.actor("onsite").id).password
    db.session.commit()
    return account.username


def _enter(page, username: str) -> None:
    page.fill("#username", username)
    page.fill("#password", PASSWORD)
    page.press("#password", "Enter")


@pytest.fixture
def context(chromium, live):
    made = chromium.new_context(base_url=live, viewport={"width": 390, "height": 844}, locale="zh-CN")
    yield made
    made.close()


def test_a_broker_finds_the_customer_as_typed(context, world):
    username = _with_password(Channel(world), "broker1")
    page = context.new_page()
    page.goto("/m/login?way=password&next=/m/report")
    _enter(page, username)
    page.fill("#family_name", "欧阳")
    page.fill("#needs", "临街，层高五米")
    context.clear_cookies()
    page.click(".dock button >> nth=1")
    expect(page.locator("h1")).to_have_text("登录状态已变化")
    page.click("text=重新打开表单")
    page.click("text=密码登录")
    _enter(page, username)
    expect(page.locator("#family_name")).to_have_value("欧阳")
    expect(page.locator("#needs")).to_have_value("临街，层高五米")
    page.reload()
    expect(page.locator("#family_name")).to_have_value("")


def test_an_agent_finds_the_customer_as_typed(context, world):
    page = context.new_page()
    sign_in(page, "agent")
    page.goto("/customers/new")
    with page.expect_response("**/customers/duplicate"):  # its answer renews the cookie
        page.fill("#name", "欧阳明月")
        page.focus("#remark")
    page.fill("#remark", "周末看房")
    context.clear_cookies()
    page.click("form[data-form] .form-bar .btn-primary")
    page.click("text=重新打开表单")
    _enter(page, "agent")
    expect(page.locator("#name")).to_have_value("欧阳明月")
    expect(page.locator("#remark")).to_have_value("周末看房")


def test_acc_18_the_next_person_in_the_tab_finds_nothing_and_no_number_is_kept(context, world):
    page = context.new_page()
    sign_in(page, "agent")
    page.goto("/customers/new")
    for name, value in (("name", "欧阳明月"), ("phone", "13912345678")):
        with page.expect_response("**/customers/duplicate"):  # its answer renews the cookie
            page.fill(f"#{name}", value)
            page.focus("#remark")
    page.fill("#remark", "电话 139 1234 5678")
    context.clear_cookies()
    page.click("form[data-form] .form-bar .btn-primary")
    kept = page.evaluate("sessionStorage.getItem('kepan-draft')")
    assert "欧阳明月" in kept
    assert "5678" not in kept
    page.click("text=重新打开表单")
    _enter(page, "agent2")
    expect(page.locator("#name")).to_have_value("")
    assert page.evaluate("sessionStorage.getItem('kepan-draft')") is None


def test_acc_18_signing_out_clears_the_draft(context, world):
    page = context.new_page()
    sign_in(page, "agent")
    page.goto("/account/password")
    page.evaluate("sessionStorage.setItem('kepan-draft', JSON.stringify({since: Date.now(), wanted: true}))")
    page.evaluate("document.querySelector('form[action=\"/logout/\"]').requestSubmit()")
    page.wait_for_url("**/login/**")
    assert page.evaluate("sessionStorage.getItem('kepan-draft')") is None
