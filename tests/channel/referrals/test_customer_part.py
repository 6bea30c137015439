"""CH-24: a customer file made from a deal links to it, for those who see referrals."""

from __future__ import annotations

from app.channel.referrals.deals import close_referral
from app.kernel.database.session import db
from tests.support.channel.scene import START
from tests.support.web.person import Browser


def test_ch_24_the_customer_leads_back_to_its_deal(app, api, channel):
    referral, agent = channel.bound("broker1"), channel.actor("agent").id
    close_referral(referral.id, closed_on=START.date(), actor=channel.actor("director"))
    db.session.commit()
    values = {"pool": "personal", "phone": "13800001234", "owner_id": agent}
    made = Browser(app, "admin").post(f"/referrals/{referral.id}/make-customer", values).location
    row = Browser(app, "admin").page(f"{made}/tab/referrals").one("tbody").one("tr")
    assert referral.code in row.text
    assert f"/referrals/{referral.id}" in [link["href"] for link in row.all("a")]
    pk = made.rsplit("/", 1)[-1]
    whole = api("admin").get(f"/customers/{pk}/360").get_json()
    assert [one["code"] for one in whole["referrals"]] == [referral.code]
    assert ("referrals", referral.id) in [(event["part"], event["id"]) for event in whole["timeline"]]
    agents = Browser(app, "agent")
    assert "渠道成交" not in agents.page(made).text
    assert agents.get(f"{made}/tab/referrals").status_code == 404
    assert api("agent").get(f"/customers/{pk}/360").get_json()["referrals"] == []
