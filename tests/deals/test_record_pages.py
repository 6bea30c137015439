"""CUST-15, CUST-16, OFF-5: pages of business records: forms with typed lines, boards, the customer's page."""

from __future__ import annotations

from decimal import Decimal

import pytest

from app.deals.contracts.models import Contract
from app.deals.opportunities.models import Opportunity
from app.deals.opportunities.services import win_opportunity
from app.deals.opportunities.settings import PROPOSAL
from app.deals.quotes.models import Quote
from app.deals.quotes.services import accept_quote, send_quote
from app.kernel.access.guard import unscoped
from app.kernel.database.session import db
from tests.support.databases.statements import count_statements
from tests.support.make import make_member
from tests.support.web.person import Browser


@pytest.fixture
def agent(app, deals) -> Browser:
    db.session.commit()
    return Browser(app, "agent")


def _only(model):
    with unscoped("the test looks"):
        return db.session.scalars(db.select(model)).one()


def _typed(deals, **more):
    return {
        "customer_id": str(deals.customer.id), "title": "采购报价", "currency": "CNY",
        "lines-0-item": "年费", "lines-0-quantity": "2.25", "lines-0-price": "￥64.22", "lines-0-discount": "",
        "lines-0-tax": "6%", **more,
    }  # fmt: skip


def test_cust_16_a_quote_is_written_with_several_lines_in_one_form(deals, agent):
    form = agent.page(f"/quotes/new?customer_id={deals.customer.id}")
    assert [one["value"] for one in form.one("select", name="customer_id").all("option") if one["value"]] == [
        str(deals.customer.id)
    ]
    more = {
        "lines-2-item": "实施",
        "lines-2-quantity": "3",
        "lines-2-price": "3.460",
        "lines-2-discount": "100",
    }
    answer = agent.post("/quotes/new", _typed(deals, **more))
    made = _only(Quote)
    assert answer.status_code == 303, answer.text[:300]
    assert [(one.place, one.item, one.tax) for one in made.lines] == [(1, "年费", 6), (2, "实施", 0)]
    assert (made.net, made.tax, made.amount) == (Decimal("144.50"), Decimal("8.67"), Decimal("153.17"))
    shown = agent.page(f"/quotes/{made.id}")
    cells = [
        [one.text for one in row.all("td")] for row in shown.one("table", class_="lines-shown").all("tr")
    ]
    assert cells[1] == ["年费", "2.25", "64.22", "0", "144.50", "6", "8.67", "153.17"]
    assert cells[2][-1] == "0.00"
    assert cells[3] == ["合计 (CNY)", "", "", "", "144.50", "", "8.67", "153.17"]


def test_cust_16_pages_show_thousands_apart_and_amounts_with_their_currency(deals, agent):
    made = deals.quote(lines=[deals.line("年费", "1200", "1999.99")])
    shown = agent.page(f"/quotes/{made.id}")
    first = shown.one("table", class_="lines-shown").one("tbody").one("tr")
    assert [cell.text for cell in first.all("td")][1:3] == ["1,200", "1,999.99"]
    assert "2,399,988.00 CNY" in shown.text
    opportunity = deals.opportunity(stage="proposal", amount=Decimal(20000))
    assert "20,000.00 CNY" in agent.page(f"/opportunities/{opportunity.id}").text


def test_cust_16_what_was_typed_survives_an_error_in_one_line(deals, agent):
    wrong = {"lines-1-item": "实施", "lines-1-quantity": "三", "lines-1-price": "-1", "lines-1-tax": "101"}
    page = agent.submit("/quotes/new", _typed(deals, **wrong), 422)
    values = {one["name"]: one["value"] for one in page.one("table", class_="lines-form").all("input")}
    assert {name: values[name] for name in wrong} == wrong
    assert values["lines-0-price"] == "￥64.22"
    rows = page.one("table", class_="lines-form").one("tbody").all("tr")
    assert [len(row.all("div", class_="fi-err")) for row in rows] == [0, 3, 0, 0, 0]
    assert "第 2 行，数量：" in page.text
    with unscoped("the test counts"):
        assert db.session.scalars(db.select(Quote)).all() == []


def test_cust_16_an_edit_shows_the_lines_and_replaces_them(deals, agent):
    made = deals.quote(lines=[deals.line("甲", "1.50", "2"), deals.line("乙")])
    page = agent.page(f"/quotes/{made.id}/edit")
    values = {one["name"]: one["value"] for one in page.one("table", class_="lines-form").all("input")}
    assert (values["lines-0-item"], values["lines-0-quantity"], values["lines-1-price"]) == (
        "甲",
        "1.5",
        "100",
    )
    sent = {
        "title": "采购报价",
        "version": "1",
        "lines-1-item": "乙",
        "lines-1-quantity": "2",
        "lines-1-price": "50",
    }
    agent.post(f"/quotes/{made.id}/edit", sent)
    assert [(one.item, one.quantity) for one in _only(Quote).lines] == [("乙", 2)]
    late = agent.submit(f"/quotes/{made.id}/edit", sent | {"title": "别的"}, 412)
    assert "采购报价" in late.text, "both versions are shown"


def test_cust_16_one_click_makes_the_contract_and_opens_it(deals, agent):
    made = deals.quote()
    send_quote(made.id, actor=deals.agent), accept_quote(made.id, actor=deals.agent)
    db.session.commit()
    answer = agent.post(f"/quotes/{made.id}/make-contract", {})
    contract = _only(Contract)
    assert (answer.status_code, answer.headers["Location"]) == (303, f"/contracts/{contract.id}")
    shown = agent.page(f"/quotes/{made.id}")
    assert contract.code in shown.text
    again = [one for one in shown.all("button") if "生成合同" in one.text]
    assert [one["title"] for one in again] == ["该报价已生成合同"]


def test_cust_2_a_disabled_customer_is_refused_under_its_field(deals, agent):
    deals.customer.enabled = False
    db.session.commit()
    sent = {"customer_id": str(deals.customer.id), "title": "x", "amount": "120万"}
    page = agent.submit("/opportunities/new", sent, 409)
    assert "已停用" in page.one("div", class_="fi-err").text
    tab = agent.page(f"/customers/{deals.customer.id}/tab/opportunities")
    assert tab.all("button", class_="btn")[0]["title"], "the button says why"


def test_off_5_the_board_has_stages_and_totals_weighted_by_probability(app, deals, agent):
    deals.opportunity(stage="proposal", amount=Decimal("1000.01"))
    deals.opportunity(stage="proposal", amount=Decimal(200), currency="USD")
    win_opportunity(deals.opportunity(amount=Decimal(5)).id, actor=deals.agent)
    PROPOSAL.store(25)
    db.session.commit()
    columns = {
        one["data-stage"]: one for one in agent.page("/opportunities/board").all("section", class_="kb-col")
    }
    assert [*columns] == ["contact", "needs", "proposal", "negotiation", "promised", "won", "lost"]
    assert columns["proposal"].one("p", class_="kb-note").text == (
        "1,000.01 CNY、200.00 USD 加权 250.00 CNY、50.00 USD"
    )
    assert columns["won"].one("p", class_="kb-note").text == "5.00 CNY"
    with count_statements(app) as seen:
        agent.page("/opportunities/board")
    assert len(seen) <= 14, seen


def test_off_5_a_card_is_moved_by_the_operations(world, deals, agent):
    made = deals.opportunity(stage="needs")
    ways = {
        one["data-to"]: one
        for one in agent.page(f"/opportunities/{made.id}/moves").all("div")
        if one["data-to"]
    }
    links = {to: (way.all("a") or way.all("button"))[0] for to, way in ways.items()}
    assert set(links) == {"contact", "proposal", "negotiation", "promised", "won", "lost"}
    page = agent.page(f"/opportunities/{made.id}/move?stage=promised")
    chosen = [
        one["value"] for one in page.one("select", name="stage").all("option") if "selected" in one.attrs
    ]
    assert chosen == ["promised"]
    agent.post(f"/opportunities/{made.id}/move", {"stage": "promised"})
    agent.post(f"/opportunities/{made.id}/win")
    assert (_only(Opportunity).stage, _only(Opportunity).status) == ("promised", "won")


def test_cust_15_the_customers_page_counts_and_tells_them(deals, agent):
    deals.opportunity(), deals.quote(), deals.ticket()
    page = agent.page(f"/customers/{deals.customer.id}")
    told = agent.page(f"/customers/{deals.customer.id}/tab/timeline").text
    for name in ("商机", "报价", "服务工单"):
        assert name in page.text
    for title in ("年度采购", "采购报价", "门锁损坏"):
        assert title in told


def test_cust_15_a_helper_out_of_reach_sees_the_name_without_a_link(app, world, deals):
    helper = world.actor("agent3")
    make_member(deals.customer, helper, "write")
    made = deals.opportunity(helper)
    other = deals.opportunity()
    db.session.execute(db.text("DELETE FROM customer_member"))
    db.session.commit()
    browser = Browser(app, "agent3")
    page = browser.page(f"/opportunities/{made.id}")
    assert "蓉城科技" in page.text
    assert f"/customers/{deals.customer.id}" not in [one["href"] for one in page.all("a")]
    assert browser.get(f"/opportunities/{other.id}").status_code == 404
    assert browser.get(f"/customers/{deals.customer.id}").status_code == 404
