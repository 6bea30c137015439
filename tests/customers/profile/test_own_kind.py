"""CUST-15, CUST-4: pages and forms have the fields of the customer's own kind."""

from __future__ import annotations

from decimal import Decimal

import pytest

from app.customers.profile.services import update_customer
from app.customers.shared.fields import TRADE
from app.kernel.database.columns import Codes
from app.kernel.fields.birthdays import read_birthday
from tests.support.make import make_customer, tax_id
from tests.support.traces import invalid, operations, stored
from tests.support.web.person import Browser

FACET = {
    "business_types": Codes(("importer", "wholesaler")), "transport_mode": "sea", "price_terms": "fob",
    "payment_terms": "30 % 预付", "invoice_title": "天成贸易有限公司", "tax_rate": Decimal(13),
}  # fmt: skip


def test_cust_4_an_enterprise_keeps_its_trade_facet_and_an_individual_has_none(world):
    agent = world.actor("agent")
    firm = make_customer(agent, kind="enterprise")
    update_customer(firm.id, version=1, values=FACET, actor=agent)
    row = stored(firm.id)
    assert {name: row[name] for name in FACET} == FACET
    [logged] = operations(firm, "customer.update")
    assert logged.differences["business_types"] == ["", "importer,wholesaler"]
    person = make_customer(agent)
    with invalid(*FACET):
        update_customer(person.id, version=1, values=FACET, actor=agent)
    with invalid(*FACET):
        make_customer(agent, **FACET)
    update_customer(person.id, version=1, values=dict.fromkeys(TRADE), actor=agent)


def test_cust_4_the_api_takes_and_answers_several_business_types(world, api):
    pk = make_customer(world.actor("agent"), kind="enterprise").id
    agent = api("agent")
    body = {"version": 1, "business_types": ["wholesaler", "importer"], "tax_rate": "6%"}
    assert agent.patch(f"/customers/{pk}", {**body, "tax_rate": 6.5}).get_json()["tax_rate"] == 6.5
    assert agent.get(f"/customers/{pk}").get_json()["business_types"] == ["importer", "wholesaler"]
    for wrong in (["nothing"], "importer", [1]):
        refused = agent.patch(f"/customers/{pk}", {"version": 2, "business_types": wrong})
        assert (refused.status_code, [*refused.get_json()["fields"]]) == (422, ["business_types"])
    cleared = agent.patch(f"/customers/{pk}", {"version": 2, "business_types": []})
    assert cleared.get_json()["business_types"] is None


def test_cust_4_a_wrong_check_digit_names_the_one_expected(world):
    right = tax_id(7)
    wrong = right[:-1] + ("A" if right[-1] != "A" else "B")
    with invalid("tax_id") as caught:
        make_customer(world.actor("agent"), kind="enterprise", tax_id=wrong)
    assert str(caught.value.fields["tax_id"]).endswith(right[-1])


@pytest.mark.parametrize("kind", ["individual", "enterprise"])
def test_cust_15_each_page_and_form_has_the_fields_of_its_kind(app, world, kind):
    pk = make_customer(world.actor("agent"), kind=kind).id
    browser = Browser(app, "agent")
    shown = {node.text for node in browser.page(f"/customers/{pk}").all("dt")}
    of_firms = {
        "税号",
        "业务类型",
        "运输方式",
        "发票抬头",
        "税率",
        "公司规模",
        "年营收",
        "等级",
        "客户状态",
        "客户阶段",
    }
    of_people = {"生日", "分级标签", "需求区域"}
    mine, others = (of_people, of_firms) if kind == "individual" else (of_firms, of_people)
    assert mine <= shown
    assert others & shown == set()
    fields = {*browser.page(f"/customers/{pk}/edit").values()}
    inputs = {"tax_id", "invoice_title", "company_size"}, {"birthday"}
    mine, others = inputs[::-1] if kind == "individual" else inputs
    assert mine <= fields
    assert others & fields == set()


def test_cust_15_what_is_filled_in_stays_whatever_the_kind(app, world):
    agent = world.actor("agent")
    person = make_customer(agent, industry="retail", birthday=read_birthday("02-29"))
    page = Browser(app, "agent").page(f"/customers/{person.id}")
    assert {"行业", "生日"} <= {node.text for node in page.all("dt")}
    assert "industry" in Browser(app, "agent").page(f"/customers/{person.id}/edit").values()
