"""Requests over HTTP: the contract of the API, the badge, and the pages (APP-3, APP-4, APP-5, APP-6)."""

from __future__ import annotations

import pytest

from app.kernel.database.session import db
from tests.support.web.clients import ApiClient
from tests.support.web.person import Browser

LIMITS = {
    "credit_enabled": True,
    "limits": [{"currency": "CNY", "amount": 5000.5}, {"currency": "USD", "amount": "1万"}],
}


@pytest.fixture
def client(app):
    return lambda name: ApiClient(app, name)


def _file(client, asking, **body):
    db.session.commit()
    usual = {"kind": "credit_limit_change", "target_id": asking.firm.id, "values": LIMITS, "reason": "新合同"}
    return client("agent").post("/approvals", {**usual, **body})


def test_app_3_a_request_for_limits_is_filed_decided_and_applied(client, asking):
    answer = _file(client, asking)
    made = answer.get_json()
    assert answer.status_code == 201, made
    assert {one["field"]: (one["before"], one["after"]) for one in made["difference"]} == {
        "credit_enabled": ("否", "是"),
        "limits.CNY": ("无", "5,000.50 CNY"),
        "limits.USD": ("无", "10,000.00 USD"),
    }
    path = f"/approvals/{made['id']}"
    assert client("manager").get("/me").get_json()["badges"]["approvals"] == 1
    assert client("finance").get("/me").get_json()["badges"]["approvals"] == 0
    first = client("manager").post(f"{path}/approve", {"comment": "同意"}).get_json()
    assert (first["state"], first["level"], first["levels"]) == ("pending", 2, 2)
    last = client("finance").post(f"{path}/approve", {}).get_json()
    assert (last["state"], [one["decision"] for one in last["steps"]]) == ("approved", ["approved"] * 2)
    exposure = client("finance").get(f"/customers/{asking.firm.id}/exposure").get_json()
    assert [(one["currency"], one["limit"]) for one in exposure["items"]] == [
        ("CNY", 5000.5),
        ("USD", 10000.0),
    ]


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"kind": "customer_create"}, "kind"),
        ({"values": {"limits": []}}, "values.credit_enabled"),
        ({"values": {**LIMITS, "stage": "key"}}, "values.stage"),
        ({"values": {**LIMITS, "other": 1}}, "values.other"),
        ({"values": {"credit_enabled": True, "limits": [{"currency": "CNY"}]}}, "values.limits"),
        (
            {"values": {"credit_enabled": True, "limits": [{"currency": "CNY", "amount": True}]}},
            "values.limits",
        ),
        (
            {"values": {"credit_enabled": True, "limits": [{"currency": "CNY", "amount": -1}]}},
            "values.limits",
        ),
        ({"values": {"credit_enabled": True, "limits": ["CNY"]}}, "values.limits"),
        ({"values": 7}, "values"),
    ],
)
def test_app_3_a_wrong_body_is_422_under_its_field(client, asking, body, field):
    answer = _file(client, asking, **body)
    assert (answer.status_code, [*answer.get_json()["fields"]]) == (422, [field]), answer.get_json()


def test_app_8_a_second_request_is_409_and_a_rejection_without_a_comment_422(client, asking):
    made = _file(client, asking).get_json()
    again = _file(client, asking)
    assert (again.status_code, again.get_json()["code"]) == (409, "approval.already_open")
    path = f"/approvals/{made['id']}"
    assert client("manager").post(f"{path}/reject", {}).status_code == 422
    refused = client("agent").post(f"{path}/approve", {})
    assert (refused.status_code, refused.get_json()["code"]) == (403, "approval.own_request")
    assert client("other_agent").get(path).status_code == 404
    assert client("auditor").post(f"{path}/approve", {}).status_code == 403
    assert client("agent").post(f"{path}/withdraw", {}).get_json()["state"] == "withdrawn"


def test_app_6_a_stage_is_asked_for_on_the_customers_page_and_approved_in_the_inbox(app, asking):
    pk = asking.firm.id
    db.session.commit()
    agent, manager = Browser(app, "agent"), Browser(app, "manager")
    assert (
        agent.post(f"/customers/{pk}/request-stage", {"stage": "ordinary", "reason": "成交"}).status_code
        == 303
    )
    page = manager.page("/approvals/?tab=waiting")
    assert "线索 → 普通" in page.one("tbody").text.replace("\n", " ")
    made = asking.stage_id()
    assert manager.post(f"/approvals/{made}/approve", {"comment": ""}).status_code == 303
    assert asking.read(asking.firm).stage == "ordinary"
    for tab in ("difference", "steps"):
        assert "普通" in agent.get(f"/approvals/{made}/tab/{tab}").text or tab == "steps"
    assert "普通" in agent.get(f"/customers/{pk}/tab/approvals").text
