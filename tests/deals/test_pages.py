"""Contracts, instalments and credit on pages and in the API: ACC-16, CUST-15, CUST-16, CUST-17, CUST-18."""

from __future__ import annotations

from decimal import Decimal

import pytest

from app.deals.contracts.services import sign_contract
from app.kernel import clock
from tests.support.deals import make_contract, make_firm, make_payment, make_receipt, make_signed
from tests.support.web.clients import ApiClient
from tests.support.web.person import Browser

TODAY = clock.today().isoformat()


@pytest.fixture
def firm(world):
    return make_firm(world, limit="1000", sinosure_insured=True)


def test_cust_16_from_contract_to_receipt_in_the_api(app, firm):
    sales, finance = ApiClient(app, "sales"), ApiClient(app, "finance")
    made = sales.post("/contracts", {"customer_id": firm.id, "title": "年度采购", "amount": "900"})
    contract = made.get_json()
    assert (made.status_code, contract["status"], contract["currency"]) == (201, "draft", "CNY")
    assert contract["owner"]["name"] == "马思齐"
    signed = sales.post(f"/contracts/{contract['id']}/sign", {}).get_json()
    assert (signed["status"], signed["in_force"]) == ("signed", True)
    paid = sales.post("/payments", {"contract_id": contract["id"], "due_on": TODAY, "amount": 300}).get_json()
    body = {"received_on": TODAY, "amount": 100, "method": "transfer"}
    receipt = finance.post(f"/payments/{paid['id']}/receipts", body)
    assert (receipt.status_code, receipt.get_json()["amount"]) == (201, 100)
    assert finance.get(f"/payments/{paid['id']}").get_json()["status"] == "partly_paid"
    assert sales.get(f"/contracts/{contract['id']}").get_json()["share_paid"] == 11
    assert finance.get(f"/customers/{firm.id}/exposure").get_json() == {
        "credit_enabled": True,
        "sinosure_insured": True,
        "items": [{"currency": "CNY", "limit": 1000, "exposure": 800, "remaining": 200, "overdue": 0}],
    }
    refused = sales.post(f"/contracts/{_draft(sales, firm, 201)}/sign", {})
    answer = refused.get_json()
    assert (refused.status_code, answer["code"]) == (409, "credit.exceeded")
    assert (answer["limit"], answer["exposure"], answer["remaining"]) == (1000, 800, 200)
    taken = {"receipt_id": receipt.get_json()["id"], "reason": "重复"}
    assert finance.post(f"/payments/{paid['id']}/take-back", taken).get_json()["amount"] == -100
    rows = finance.get(f"/payments/{paid['id']}/receipts").get_json()["items"]
    assert [row["amount"] for row in rows] == [-100, 100]


def _draft(client, firm, amount):
    body = {"customer_id": firm.id, "title": "补充", "amount": amount}
    return client.post("/contracts", body).get_json()["id"]


@pytest.mark.parametrize(
    ("path", "body", "fields"),
    [
        ("/contracts", {"title": "x", "amount": 1}, {"customer_id"}),
        (
            "/contracts",
            {"title": "", "amount": "99,50", "currency": "XXX"},
            {"customer_id", "title", "amount", "currency"},
        ),
        ("/contracts", {"amount": 1, "title": "x", "starts_on": "2026-02-30"}, {"customer_id", "starts_on"}),
        ("/payments", {"contract_id": "x", "amount": 0}, {"contract_id", "amount"}),
        (
            "/payments/{payment}/receipts",
            {"amount": "1e3", "method": "gold"},
            {"amount", "received_on", "method"},
        ),
        ("/payments/{payment}/take-back", {}, {"receipt_id", "reason"}),
        ("/contracts/{contract}/plan", {"parts": 0, "months": 0}, {"parts", "months"}),
    ],
)
def test_plat_19_bad_input_is_told_under_its_field(app, world, firm, path, body, fields):
    contract = make_contract(firm, world.actor("sales"))
    payment = make_payment(contract, world.actor("sales"))
    answer = ApiClient(app, "sales").post(path.format(contract=contract.id, payment=payment.id), body)
    assert (answer.status_code, set(answer.get_json()["fields"])) == (422, fields)


def test_acc_16_who_does_what(app, world, firm):
    """Finance reads, records receipts and sets limits; the auditor changes nothing; others are told nothing."""
    sales = world.actor("sales")
    payment = make_payment(make_signed(firm, sales, 500), sales)
    draft = make_contract(firm, sales, 1).id
    receipt = {"received_on": TODAY, "amount": 1, "method": "cash"}
    credit = {"credit_enabled": True, "currency": "EUR", "amount": 5}
    calls = {
        "create": ("/contracts", {"customer_id": firm.id, "title": "x", "amount": 1}),
        "sign": (f"/contracts/{draft}/sign", {}),
        "receive": (f"/payments/{payment.id}/receipts", receipt),
        "credit": (f"/customers/{firm.id}/set-credit", credit),
    }
    expected = {
        "finance": (403, 403, 201, 200),
        "auditor": (403, 403, 403, 403),
        "agent": (404, 404, 404, 403),
        "director": (403, 403, 403, 403),
        "sales": (201, 200, 201, 403),
    }
    found = {
        who: tuple(ApiClient(app, who).post(path, body).status_code for path, body in calls.values())
        for who in expected
    }
    assert found == expected
    assert ApiClient(app, "").get("/contracts").status_code == 401
    reads = {who: ApiClient(app, who).get(f"/contracts/{draft}").status_code for who in expected}
    assert reads == {"finance": 200, "auditor": 200, "agent": 404, "director": 403, "sales": 200}


def test_cust_18_the_forms_say_limit_exposure_and_what_remains_before_one_submits(app, world, firm):
    sales, browser = world.actor("sales"), Browser(app, "sales", locale="en")
    make_signed(firm, sales, 400)
    said = "limit 1,000.00 CNY, signed and unpaid 400.00 CNY, remaining 600.00 CNY"
    within, over = make_contract(firm, sales, 600), make_contract(firm, sales, "600.01")
    refused = "This will be refused"
    page = browser.page(f"/contracts/{within.id}/sign").text
    assert said in page
    assert refused not in page
    page = browser.page(f"/contracts/{over.id}/sign").text
    assert said in page
    assert refused in page
    assert said in browser.page(f"/contracts/new?customer_id={firm.id}").text
    sign_contract(within.id, actor=sales)
    assert "remaining 0.00 CNY" in browser.page(f"/contracts/{within.id}/edit").text


@pytest.mark.parametrize(("limit", "said"), [("0", "limit 0.00 CNY"), ("", "none, which counts as zero")])
def test_cust_18_a_limit_of_zero_and_none_are_said_before_they_refuse(app, world, limit, said):
    made = make_contract(make_firm(world, limit=limit), world.actor("sales"), 1)
    page = Browser(app, "sales", locale="en").page(f"/contracts/{made.id}/sign").text
    assert said in page
    assert "This will be refused" in page


def test_cust_15_the_customers_page_has_contracts_payments_and_credit(app, world, firm):
    sales = world.actor("sales")
    make_receipt(make_payment(make_signed(firm, sales, 800), sales, 500), world.actor("finance"), 100)
    browser = Browser(app, "sales", locale="en")
    page = browser.page(f"/customers/{firm.id}").text
    assert "Sinosure-insured" in page
    contracts = browser.page(f"/customers/{firm.id}/tab/contracts")
    assert "Partly paid" in contracts.text
    assert "New contract" in contracts.text
    assert "400.00" in browser.page(f"/customers/{firm.id}/tab/payments").text
    credit = browser.page(f"/customers/{firm.id}/tab/credit").text
    assert "700.00" in credit
    assert "300.00" in credit
    assert "Set credit" not in credit
    assert "Set credit" in Browser(app, "finance", locale="en").page(f"/customers/{firm.id}/tab/credit").text
    whole = ApiClient(app, "sales").get(f"/customers/{firm.id}/360").get_json()
    assert [len(whole[part]) for part in ("contracts", "payments", "credit_changes")] == [1, 1, 1]


def test_cust_16_a_colleague_of_another_company_is_no_owner_and_a_closed_contract_takes_no_instalment(
    app, world, firm
):
    sales = ApiClient(app, "sales")
    body = {"customer_id": firm.id, "title": "x", "amount": 1, "owner_id": world.actor("other_agent").id}
    assert set(sales.post("/contracts", body).get_json()["fields"]) == {"owner_id"}
    made = make_contract(firm, world.actor("sales"), Decimal(1))
    sales.post(f"/contracts/{made.id}/void", {"reason": "错"})
    offered = Browser(app, "sales").get("/payments/contracts").get_json()["results"]
    assert made.id in [one["id"] for one in offered]
    refused = sales.post("/payments", {"contract_id": made.id, "due_on": TODAY, "amount": 1})
    assert (refused.status_code, refused.get_json()["code"]) == (409, "payment.contract_closed")
