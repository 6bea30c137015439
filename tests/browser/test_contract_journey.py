"""From the contract to the money in a real browser, at a desk and on a phone (CUST-16, CUST-18)."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.support.deals import make_firm
from tests.support.web.visits import BOTH_SIZES, form_of, is_phone, operate, pick, picture, submit, visiting

pytestmark = [
    pytest.mark.browser,
    pytest.mark.parametrize("database", ["sqlite"], indirect=True),
]


@pytest.fixture
def firm(world):
    """An enterprise with a credit of 1,000."""
    return make_firm(world, limit="1000", name="海川贸易有限公司")


def _draw_up(page, size: str, firm) -> None:
    """Draw the contract up from the customer's page; the form says what the credit allows."""
    page.goto(f"/customers/{firm.id}#contracts")
    button = page.locator(f"a[href='/contracts/new?customer_id={firm.id}']").first
    button.wait_for()
    button.click()
    form = form_of(page)
    expect(form.locator("form[data-form]")).to_contain_text("海川贸易有限公司")
    expect((page if is_phone(page) else form).locator("body")).to_contain_text("1,000.00 CNY")
    form.locator("#title").fill("年度采购框架")
    form.locator("#amount").fill("900")
    form.locator("#starts_on").fill("2026-02-01")
    form.locator("#ends_on").fill("2026-01-31")
    picture(page, "contract-form", size)
    submit(form)
    expect(form.locator(".fi-err").first).to_contain_text("合同的结束日不能早于开始日")
    form.locator("#ends_on").fill("2099-01-31")
    submit(form)
    expect(page.locator(".toast-success")).to_be_visible()
    page.goto("/contracts/")
    page.locator("tbody tr", has_text="年度采购框架").locator("a").first.click()
    expect(page.locator("h1")).to_contain_text("年度采购框架")


def _sign_and_split(page, size: str) -> None:
    form = operate(page, "签订合同")
    expect(form.locator("body")).to_contain_text("剩余 1,000.00 CNY")
    picture(page, "contract-sign", size)
    submit(form)
    expect(page.locator(".page-head")).to_contain_text("生效中", timeout=15_000)
    form = operate(page, "拆分分期")
    form.locator("#parts").fill("3")
    form.locator("#first_due_on").fill("2026-01-31")
    submit(form)
    page.goto(f"{page.url.partition('#')[0]}#payments")
    expect(page.locator("tbody tr", has_text="2026-02-28")).to_contain_text("300.00")
    picture(page, "contract", size)


def _receive(page, size: str) -> None:
    """Find the overdue instalment as Finance, record a part of it, and take it back."""
    page.goto("/payments/?tab=overdue&order_by=due_on")
    picture(page, "payments", size)
    page.locator("tbody tr", has_text="2026-01-31").locator("a").first.click()
    expect(page.locator("h1")).to_contain_text("2026-01-31")
    form = operate(page, "登记到账")
    form.locator("#amount").fill("100")
    pick(form, "method", "transfer")
    submit(form)
    expect(page.locator(".page-head")).to_contain_text("部分付款", timeout=15_000)
    expect(page.locator(".page-head")).to_contain_text("逾期")
    page.goto(f"{page.url.partition('#')[0]}#receipts")
    row = page.locator("tbody tr", has_text="100.00")
    expect(row).to_contain_text("银行转账")
    picture(page, "payment", size)


@pytest.mark.parametrize("size", BOTH_SIZES)
def test_cust_16_contract_instalments_and_receipt(chromium, live, firm, size):
    with visiting(chromium, live, size, "sales") as page:
        _draw_up(page, size, firm)
        _sign_and_split(page, size)
    with visiting(chromium, live, size, "finance") as page:
        _receive(page, size)
