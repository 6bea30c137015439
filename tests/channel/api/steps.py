"""Steps of channel sales over HTTP that several tests take: a code, a registration, a report, a fee."""

from __future__ import annotations

from tests.support.channel.scene import sent_code
from tests.support.documents import jpeg, part
from tests.support.web.clients import ApiClient

PHONE = "13812345678"
WANG = {"family_name": "王", "given_name": "小明", "phones": [{"prefix": "138", "tail": "1234"}]}


def code_for(api, phone, purpose="register"):
    """Return the code that was sent, as its recipient reads it."""
    assert api().post("/sms-codes", {"phone": phone, "purpose": purpose}).status_code == 202
    return sent_code()


def register(app, api, channel, phone=PHONE, **more):
    body = {
        "phone": phone, "sms_code": code_for(api, phone), "name": "郑九", "company_id": channel.companies[0].id,
        "kind": "broker", "consent_version": "2026-01", **more,
    }  # fmt: skip
    answer = api().post("/brokers/register", body)
    assert answer.status_code == 201, answer.get_json()
    return answer.get_json(), ApiClient(app, token=answer.get_json()["access_token"])


def report(client, **more):
    answer = client.post("/referrals", {**WANG, "report": True, **more})
    assert answer.status_code == 201, answer.get_json()
    return answer.get_json()


def fee(client, referral, key="", amount="100.50", **more):
    data = {
        "referral_id": str(referral["id"]),
        "amount": amount,
        "screenshot": part("pay.jpg", jpeg()),
        **more,
    }
    return client.open("POST", "/viewing-fees", data=data, headers={"Idempotency-Key": key} if key else {})
