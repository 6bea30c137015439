"""ACC-6: each change of channel sales over HTTP: 401, role 403, record 404, body 422, person 403, state 409."""

from __future__ import annotations

import pytest

from app.channel.referrals import deals as closing
from app.kernel import clock
from tests.channel.api.steps import fee, report
from tests.support.traces import nothing_written
from tests.support.web.clients import ApiClient

BAD = {"nonsense": 1}
NEVER = 987654


@pytest.fixture
def records(by, channel):
    """Return the records for the paths."""
    bound = report(by("broker1"))
    consultant = channel.world.actor("consultant").id
    body = {"token": bound["qr_token"], "consultant_id": consultant}
    assert by("onsite").post("/scans", body).status_code == 201
    tour = by("consultant").post("/tours", {"token": bound["qr_token"], "intention": "B"}).get_json()
    paid = fee(by("secretary"), bound).get_json()
    report(by("broker2"))
    collision = by("director").get("/collisions").get_json()["items"][0]
    return {
        "referral": bound["id"],
        "tour": tour["id"],
        "fee": paid["id"],
        "collision": collision["id"],
        "broker": channel.brokers["broker1"].id,
        "company": channel.companies[0].id,
    }


# Method, path, refused people, an allowed one, a body that is refused with 422; 404 comes before any body.
CHANGES = [
    ("POST", "/referrals/{referral}/report", ("director", "onsite"), "broker1", None),
    ("POST", "/referrals/{referral}/rebind", ("secretary", "broker1"), "director", {"reason": "x"}),
    ("POST", "/referrals/{referral}/close", ("secretary", "broker1"), "director", {"closed_on": "x"}),
    ("POST", "/referrals/{referral}/reopen", ("director", "secretary"), "admin", {}),
    ("POST", "/tours/{tour}/follow-ups", ("onsite", "director"), "consultant", {"content": ""}),
    ("POST", "/viewing-fees/{fee}/void", ("secretary", "auditor"), "director", {"reason": " "}),
    ("POST", "/collisions/{collision}/handle", ("secretary", "auditor"), "director", {"outcome": "x"}),
    ("POST", "/brokers/{broker}/review", ("secretary", "broker1"), "director", {"approve": "perhaps"}),
    ("PATCH", "/brokers/{broker}", ("onsite", "agent"), "director", {"phone": "1"}),
    ("PATCH", "/broker-companies/{company}", ("secretary", "broker1"), "director", {"name": ""}),
    ("DELETE", "/broker-companies/{company}", ("secretary", "broker1"), "director", None),
]


def test_acc_6_every_change_is_checked_in_one_order(api, by, channel, records):
    wrong = []
    with nothing_written():
        for method, path, strangers, may, bad in CHANGES:
            here = path.format(**records)
            there = path.format(**dict.fromkeys(records, NEVER))
            expected = [(api(), here, 401), (api(), there, 401), (by(may), there, 404)]
            expected += [(by(key), place, 403) for key in strangers for place in (here, there)]
            expected += [(by(may), here, 422)] if bad is not None else []
            for client, place, status in expected:
                body = BAD if status != 422 else bad
                found = client.open(method, place, json=None if method == "DELETE" else body).status_code
                if found != status:
                    wrong.append((method, place, status, found))
    assert wrong == []


def test_acc_6_the_person_then_the_state(by, channel, records):
    path = f"/referrals/{records['referral']}"
    today = clock.today().isoformat()
    with nothing_written():
        for client, place, body, status, code in (
            (by("director"), f"/brokers/{records['broker']}/review", {"approve": True}, 409, "broker.no_review"),
            (by("admin"), f"{path}/reopen", {"reason": "x"}, 409, "referral.not_closed"),
            (by("director"), f"{path}/rebind", {"broker_id": records["broker"], "reason": "x"}, 409,
             "referral.same_broker"),
            (by("consultant"), "/tours", {"token": "nobody's", "intention": "A"}, 404, "not_found"),
        ):  # fmt: skip
            answer = client.post(place, body)
            assert (answer.status_code, answer.get_json()["code"]) == (status, code), place
    assert (
        by("director").post(f"{path}/close", {"closed_on": today, "amount": "880000.00"}).status_code == 200
    )
    for place, body, code in (
        ("close", {"closed_on": today}, "referral.closed"),
        ("rebind", {"broker_id": channel.brokers["broker2"].id, "reason": "x"}, "referral.closed"),
    ):
        answer = by("director").post(f"{path}/{place}", body)
        assert (answer.status_code, answer.get_json()["code"]) == (409, code)
    opened = by("admin").post(f"{path}/reopen", {"reason": "退订"})
    assert (opened.status_code, opened.get_json()["state"]) == (200, "bound")


def test_ch_25_a_fee_is_voided_once_and_stays(by, channel, records):
    path = f"/viewing-fees/{records['fee']}"
    voided = by("director").post(f"{path}/void", {"reason": "重复发放"}).get_json()
    assert voided["voided_at"] is not None
    assert by("secretary").get(path).get_json() == voided
    again = by("director").post(f"{path}/void", {"reason": "重复发放"})
    assert (again.status_code, again.get_json()["code"]) == (409, "fee.void")


def test_ch_5_the_office_changes_phone_and_company_only(by, channel, records, app):
    path, second = f"/brokers/{records['broker']}", channel.companies[1].id
    taken = by("director").patch(path, {"phone": "13900000002"})
    assert (taken.status_code, taken.get_json()["code"]) == (409, "broker.phone_taken")
    assert by("director").patch(path, {"company_id": NEVER}).status_code == 422
    assert by("director").patch(path, {"name": "改名"}).status_code == 422
    changed = by("director").patch(path, {"phone": "13900000077", "company_id": second})
    assert changed.get_json()["company"]["id"] == second
    assert by("broker1").get(f"{path}/changes").status_code == 401, "a new number ends the sessions"
    broker = ApiClient(app, channel.username("broker1"))
    row = broker.get(f"{path}/changes").get_json()["items"][0]
    assert (row["phone_before"], row["phone_after"]) == ("13900000001", "13900000077")
    own = broker.patch(path, {"phone": "13900000078"})
    assert (own.status_code, [*own.get_json()["fields"]]) == (422, ["present_code"])


def test_ch_24_a_deal_outside_any_protection_warns(by, channel):
    made = report(by("broker2"), given_name="远")
    body = {"closed_on": clock.today().isoformat(), "unit": "A1-101", "note": "全款"}
    answer = by("director").post(f"/referrals/{made['id']}/close", body).get_json()
    assert (answer["warning"], answer["state"]) == (True, "closed")
    assert closing.MAX_UNIT == 120
    long = by("director").post(f"/referrals/{made['id']}/close", {**body, "unit": "x" * 121})
    assert long.status_code == 422
