"""The whole of channel sales over HTTP, as the mini-program and the office use it (CH-3, CH-13,
CH-18, CH-19, CH-23, CH-24, CH-25, CH-26, ACC-7)."""

from __future__ import annotations

from io import BytesIO

import pytest
from openpyxl import load_workbook

from app.channel.shared.privacy_notice import NOTICE_VERSION
from app.channel.visitors.models import Visitor
from app.kernel import clock
from app.kernel.database.session import db
from tests.channel.api.steps import PHONE, WANG, code_for, fee, register, report
from tests.support.channel.scene import check_invariants, every
from tests.support.documents import part
from tests.support.traces import nothing_written
from tests.support.web.clients import ApiClient
from tests.support.web.person import Browser

BAD = {"nonsense": 1}


def test_ch_3_to_26_from_registering_to_the_fee_table(app, api, by, channel):
    account, broker = register(app, api, channel)
    me = broker.get("/me").get_json()
    assert (me["id"], me["roles"]) == (account["id"], ["Broker"])
    assert me["broker"]["company"] == {"id": channel.companies[0].id, "name": "川流地产"}
    assert (me["broker"]["id"], me["broker"]["kind"]) == (account["id"], "broker")
    assert "broker" not in by("director").get("/me").get_json()
    login = {"phone": PHONE, "code": code_for(api, PHONE, "login")}
    assert api().post("/security/sms-login", login).status_code == 200

    mine, other = collide(by, channel, broker)
    settle(by, mine, other)
    pay(by, mine, other)
    read_back(by, mine)
    take_back(by, mine, other)
    check_invariants()


def collide(by, channel, broker):
    """Bind the broker's customer as on-site staff, then bring the same customer by another broker."""
    mine = report(broker)
    consultant = channel.world.actor("consultant").id
    scanned = by("onsite").post("/scans", {"token": mine["qr_token"], "consultant_id": consultant})
    assert scanned.get_json()["result"] == "bound"

    other = report(by("broker2"))
    collided = by("onsite").post("/scans", {"token": other["qr_token"], "consultant_id": consultant})
    assert (collided.status_code, collided.get_json()["result"]) == (409, "collision")
    assert by("director").get("/me").get_json()["badges"]["collisions"] == 1
    listed = by("director").get("/collisions", open="yes").get_json()
    collision = listed["items"][0]
    assert (listed["total"], collision["count"], collision["handled_at"]) == (1, 2, None)
    assert (collision["bound"]["code"], collision["reporting"]["code"]) == (mine["code"], other["code"])
    assert collision["bound"]["broker"]["phone"] == PHONE
    assert collision["binding_lives"]
    assert collision["protected_until"] == scanned.get_json()["protected_until"]
    return mine, other


def settle(by, mine, other):
    """Give the binding to the other broker as the director, and close the deal."""
    collision = by("director").get("/collisions").get_json()["items"][0]
    handled = by("director").post(
        f"/collisions/{collision['id']}/handle", {"outcome": "rebind", "note": "先带看"}
    )
    assert handled.status_code == 200, handled.get_json()
    assert handled.get_json()["handled_at"]
    assert (handled.get_json()["outcome"], handled.get_json()["bound"]["state"]) == ("rebind", "reported")
    now = by("broker2").get(f"/referrals/{other['id']}").get_json()
    assert (now["state"], now["protected_until"]) == ("bound", collision["protected_until"])
    log = by("director").get(f"/referrals/{mine['id']}/rebinds").get_json()["items"]
    assert [(row["from_broker"]["name"], row["to_broker"]["name"], row["reason"]) for row in log] == [
        ("郑九", "钱二", "先带看")
    ]

    day = clock.today().isoformat()
    closed = by("director").post(f"/referrals/{other['id']}/close", {"closed_on": day, "amount": 880000})
    assert closed.status_code == 200, closed.get_json()
    assert (closed.get_json()["state"], closed.get_json()["warning"]) == ("closed", False)


def pay(by, mine, other):
    """Pay once as the secretary, and export exactly the search."""
    paid = fee(by("secretary"), other)
    assert paid.status_code == 201, paid.get_json()
    assert (paid.get_json()["amount"], paid.get_json()["code"]) == (100.5, other["code"])
    assert fee(by("secretary"), other).get_json()["id"] == paid.get_json()["id"]
    fees = by("secretary").get("/viewing-fees", code=other["code"]).get_json()
    assert fees["items"] == [paid.get_json()]
    assert by("director").get(f"/referrals/{other['id']}/viewing-fees").get_json()["total"] == 1
    assert by("director").get(f"/referrals/{mine['id']}/viewing-fees").get_json()["total"] == 0
    both = by("director").get(f"/referrals/{mine['id']}/viewing-fees", whose="customer").get_json()
    assert both["items"] == fees["items"]
    sheet = by("secretary").get("/viewing-fees/export", code=other["code"])
    assert sheet.status_code == 200
    rows = [*load_workbook(BytesIO(sheet.data)).active.values]
    assert len(rows) == 2
    assert rows[1][:7] == (100.5, "钱二", "13900000002", "锦程不动产", other["code"], "王小明", "138****1234")


def read_back(by, mine):
    """Check that the ranking, its export and the timeline agree with the steps before."""
    ranking = by("director").get("/reports/channel-ranking").get_json()["items"]
    first = {name: ranking[0][name] for name in ("entered", "reported", "bound", "closed")}
    assert (ranking[0]["broker"]["name"], [*first.values()]) == ("钱二", [1, 1, 1, 1])
    book = by("director").get("/reports/channel-ranking/export")
    rows = [*load_workbook(BytesIO(book.data)).active.values][1:]
    assert [(row[1], *row[3:]) for row in rows] == [
        (row["broker"]["name"], row["entered"], row["reported"], row["bound"], row["closed"])
        for row in ranking
    ]
    kinds = [e["kind"] for e in by("director").get(f"/referrals/{mine['id']}/timeline").get_json()["items"]]
    assert set(kinds) == {"referral.enter", "report", "scan", "collision", "rebind", "fee", "referral.close"}


def take_back(by, mine, other):
    """Void the fee once, and reopen the deal."""
    paid = by("secretary").get("/viewing-fees").get_json()["items"][0]
    voided = by("director").post(f"/viewing-fees/{paid['id']}/void", {"reason": "重复"})
    assert (voided.status_code, voided.get_json()["void_reason"]) == (200, "重复")
    again = by("director").post(f"/viewing-fees/{paid['id']}/void", {"reason": "重复"})
    assert (again.status_code, again.get_json()["code"]) == (409, "fee.void")
    opened = by("admin").post(f"/referrals/{other['id']}/reopen", {"reason": "退房"})
    assert (opened.status_code, opened.get_json()["state"]) == (200, "bound")


def test_ch_3_registering_refuses_what_is_wrong(app, api, by, channel):
    body = {
        "phone": PHONE, "sms_code": "000000", "name": "郑九", "company_id": channel.companies[0].id,
        "kind": "broker", "consent_version": "2026-01",
    }  # fmt: skip
    wrong = api().post("/brokers/register", body)
    assert (wrong.status_code, set(wrong.get_json()["fields"])) == (422, {"sms_code"})
    for field, value in (
        ("name", ""),
        ("kind", "x"),
        ("company_id", None),
        ("consent_version", ""),
        ("consent_version", "1999-01"),
        ("phone", ""),
    ):
        answer = api().post("/brokers/register", body | {field: value})
        assert (answer.status_code, set(answer.get_json()["fields"])) == (422, {field}), field
    taken = body | {"phone": "13900000001", "sms_code": code_for(api, "13900000001")}
    answer = api().post("/brokers/register", taken)
    assert (answer.status_code, answer.get_json()["code"]) == (409, "broker.phone_taken")


def test_ch_28_a_visitor_registers_and_is_scanned(app, api, by, channel):
    body = {"phone": PHONE, "sms_code": code_for(api, PHONE), "name": "吴十", "consent_version": "2026-01"}
    answer = api().post("/visitors/register", body)
    made = answer.get_json()
    assert (answer.status_code, made["code"][0]) == (201, "V")
    visitor = ApiClient(app, token=made["access_token"])
    assert visitor.get("/projects").get_json()["total"] == 1
    assert visitor.get("/referrals").status_code == 403
    consultant = channel.world.actor("consultant").id
    token = every(Visitor)[0].qr_token
    seen = by("onsite").get(f"/scans/{token}").get_json()
    assert (seen["kind"], seen["phones"], seen["broker"]) == ("visitor", ["138****5678"], None)
    scanned = (
        by("onsite")
        .post("/scans", {"code": made["code"], "tail": PHONE[-4:], "consultant_id": consultant})
        .get_json()
    )
    assert (scanned["result"], scanned["broker"]) == ("walk_in", None)
    tour = by("consultant").post("/tours", {"token": made["code"], "intention": "C"})
    assert (tour.status_code, tour.get_json()["visitor_id"]) == (201, made["id"])


def test_ch_4_a_company_on_site_waits_for_review(app, api, by, channel):
    made, client = register(app, api, channel, kind="company_onsite")
    waiting = client.post("/referrals", WANG)
    assert (waiting.status_code, waiting.get_json()["code"]) == (403, "broker.awaiting_review")
    assert by("director").get("/me").get_json()["badges"]["broker_reviews"] == 1
    path = f"/brokers/{made['id']}/review"
    with nothing_written():
        assert by("secretary").post(path, BAD).status_code == 403
        assert by("director").post("/brokers/987654/review", BAD).status_code == 404
        assert by("director").post(path, {"approve": False}).status_code == 422
    assert (
        by("director").post(path, {"approve": False, "reason": "资料不全"}).get_json()["review_state"]
        == "rejected"
    )
    assert "资料不全" in client.post("/referrals", WANG).get_json()["message"]
    assert client.get("/me").get_json()["broker"]["review_reason"] == "资料不全"
    assert by("director").post(path, {"approve": True}).get_json()["code"] == "broker.reviewed"


def test_ch_3_the_mini_program_offers_companies_and_asks_for_another_review(api, by, channel):
    offered = api().get("/broker-companies/offered")
    assert offered.status_code == 200
    assert offered.get_json()["notice_version"] == NOTICE_VERSION
    assert offered.get_json()["items"] == [{"id": one.id, "name": one.name} for one in channel.companies]
    channel.register("site2", "13900000077", "吴十", 0, "company_onsite")
    pk = channel.brokers["site2"].id
    db.session.commit()
    assert (
        by("director").post(f"/brokers/{pk}/review", {"approve": False, "reason": "资料不全"}).status_code
        == 200
    )
    assert by("director").post(f"/brokers/{pk}/resubmit").status_code == 403
    assert by("site2").post(f"/brokers/{pk}/resubmit").get_json()["review_state"] == "pending"
    again = by("site2").post(f"/brokers/{pk}/resubmit")
    assert (again.status_code, again.get_json()["code"]) == (409, "broker.not_rejected")


def test_ch_5_phone_and_company_change_and_are_logged(app, api, by, channel):
    pk = channel.brokers["broker1"].id
    path = f"/brokers/{pk}"
    unproved = by("broker1").patch(path, {"phone": PHONE})
    assert (unproved.status_code, set(unproved.get_json()["fields"])) == (422, {"present_code"})
    present = {"present_code": code_for(api, channel.brokers["broker1"].phone, "confirm")}
    unproved = by("broker1").patch(path, {"phone": PHONE, **present})
    assert (unproved.status_code, set(unproved.get_json()["fields"])) == (422, {"sms_code"})
    present = {"present_code": code_for(api, channel.brokers["broker1"].phone, "confirm")}
    proved = {"phone": PHONE, "sms_code": code_for(api, PHONE, "change_phone"), **present}
    assert by("broker1").patch(path, proved).get_json()["phone"] == PHONE
    moved = by("director").patch(path, {"company_id": channel.companies[1].id})
    assert moved.get_json()["company"]["name"] == "锦程不动产"
    changes = by("broker1").get(f"{path}/changes").get_json()["items"]
    assert [(c["phone_after"], c["company_after"]["name"]) for c in changes] == [
        (PHONE, "锦程不动产"), (PHONE, "川流地产"),
    ]  # fmt: skip
    assert by("broker2").get(path).status_code == 404
    assert by("secretary").patch(path, {"phone": "13899999999"}).status_code == 403
    assert by("director").patch(path, {"name": "x"}).status_code == 422
    assert by("director").patch(path, {"phone": "13900000002"}).get_json()["code"] == "broker.phone_taken"
    found = by("secretary").get("/brokers", company="锦程", kind="broker").get_json()["items"]
    assert {row["name"] for row in found} == {"赵一", "钱二"}
    assert {row["name"] for row in by("site1").get("/brokers").get_json()["items"]} == {"孙三", "李四"}


def test_ch_2_broker_companies_are_kept_by_the_director(api, by, channel):
    body = {"name": "新城地产", "contact": "张三", "phone": "028-86123456"}
    assert api().post("/broker-companies", body).status_code == 401
    assert by("secretary").post("/broker-companies", BAD).status_code == 403
    assert by("director").post("/broker-companies", {"name": ""}).status_code == 422
    made = by("director").post("/broker-companies", body)
    path = f"/broker-companies/{made.get_json()['id']}"
    assert made.status_code == 201
    assert by("director").post("/broker-companies", body).get_json()["code"] == "broker_company.name_taken"
    assert by("secretary").get("/broker-companies", name="新城").get_json()["items"] == [made.get_json()]
    edited = by("director").patch(path, {"active": False, "contact": None})
    assert (edited.get_json()["active"], edited.get_json()["contact"]) == (False, "张三")
    assert by("broker1").get(path).status_code == 404
    used = by("director").delete(f"/broker-companies/{channel.companies[0].id}")
    assert (used.status_code, used.get_json()["code"]) == (409, "broker_company.in_use")
    assert by("director").delete(path).get_json() == {"id": made.get_json()["id"]}
    assert by("director").get(path).status_code == 404


def test_ch_13_consultants_are_offered_to_those_who_name_them(by, channel):
    consultant = channel.world.actor("consultant")
    for key in ("broker1", "onsite", "director"):
        rows = by(key).get("/consultants", project_id=channel.project.id).get_json()["items"]
        assert [row["id"] for row in rows] == [consultant.id]
        assert by(key).get(f"/consultants/{consultant.id}").get_json() == rows[0]
        assert by(key).get(f"/projects/{channel.project.id}").get_json()["name"] == "云锦里"
    assert by("broker1").get("/consultants/987654").status_code == 404
    assert by("agent").get("/consultants").status_code == 403


def test_acc_7_the_office_is_refused_by_role_and_person(by, channel):
    mine = report(by("broker1"))
    path = f"/referrals/{mine['id']}"
    rebind = {"broker_id": channel.brokers["broker2"].id, "reason": "换"}
    with nothing_written():
        for key in ("secretary", "broker1", "onsite", "auditor"):
            for name in ("rebind", "close", "reopen"):
                assert by(key).post(f"{path}/{name}", BAD).status_code == 403, (key, name)
        assert by("director").post(f"{path}/reopen", {"reason": "x"}).status_code == 403
        assert by("director").post("/referrals/987654/close", BAD).status_code == 404
        assert by("director").post(f"{path}/close", BAD).status_code == 422
        assert by("director").post(f"{path}/close", {"closed_on": "2099-01-01"}).status_code == 422
        assert by("director").post(f"{path}/close", {"closed_on": "2000-01-01"}).status_code == 422
        assert by("director").post(f"{path}/rebind", rebind).get_json()["code"] == "referral.not_bound"
        assert by("admin").post(f"{path}/reopen", {"reason": "x"}).get_json()["code"] == "referral.not_closed"
        for key, status in (("director", 403), ("admin", 403), ("broker1", 403)):
            assert fee(by(key), mine).status_code == status
        assert fee(by("admin"), mine).get_json()["code"] == "fee.duties_apart"
        for amount in ("0", "-1", "1.234", "x"):
            assert fee(by("secretary"), mine, amount=amount).status_code == 422
        missing = by("secretary").post("/viewing-fees", {"referral_id": mine["id"], "amount": "1"})
        assert set(missing.get_json()["fields"]) == {"screenshot"}
        assert fee(by("secretary"), mine, screenshot=part("a.txt", b"text")).status_code == 422
        assert fee(by("secretary"), {"id": 987654}).status_code == 404
        assert by("secretary").get("/collisions").status_code == 403
        for key in ("broker1", "onsite", "visitor"):
            assert by(key).get("/reports/channel-ranking").status_code == 403
            assert by(key).get("/viewing-fees").status_code == 403
            for name in ("scans", "tours", "viewing-fees", "rebinds", "timeline"):
                assert by(key).get(f"{path}/{name}").status_code == 403
    assert by("director").get(f"{path}/scans", whose="x").status_code == 422


def test_ch_26_the_ranking_is_searched_and_always_in_its_order(by, channel):
    report(by("broker1"))
    report(by("broker2"))
    today = clock.today().isoformat()

    def found(**query):
        answer = by("secretary").get("/reports/channel-ranking", **query)
        assert answer.status_code == 200, answer.get_json()
        return [row["broker"]["name"] for row in answer.get_json()["items"]]

    assert found() == ["赵一", "钱二"]
    assert found(company="锦程") == found(broker="钱") == found(broker_phone="13900000002") == ["钱二"]
    assert found(entered_from=today, entered_to=today, page="2", page_size="1") == ["钱二"]
    assert found(entered_to="2001-01-01") == []
    for wrong in ({"order_by": "closed"}, {"entered_from": "x"}, {"page": "0"}):
        assert by("secretary").get("/reports/channel-ranking", **wrong).status_code == 422


@pytest.mark.parametrize("outcome", ["keep", "other"])
def test_ch_19_a_collision_is_handled_once(by, channel, outcome):
    bound = report(by("broker1"))
    body = {"token": bound["qr_token"], "consultant_id": channel.world.actor("consultant").id}
    by("onsite").post("/scans", body)
    report(by("broker2"))
    pk = by("director").get("/collisions").get_json()["items"][0]["id"]
    path = f"/collisions/{pk}/handle"
    assert by("secretary").post(path, BAD).status_code == 403
    assert by("director").post("/collisions/987654/handle", BAD).status_code == 404
    assert by("director").post(path, {"outcome": outcome}).status_code == 422
    done = by("director").post(path, {"outcome": outcome, "note": "维持"})
    assert done.get_json() == by("director").get(f"/collisions/{pk}").get_json()
    again = by("director").post(path, {"outcome": outcome, "note": "维持"})
    assert (again.status_code, again.get_json()["code"]) == (409, "collision.handled")
    assert by("director").get("/collisions", open="yes").get_json()["total"] == 0


def test_ch_25_each_idempotency_key_is_a_submission_of_its_own(by, channel):
    pk = channel.report("broker1").id
    db.session.commit()
    paid = [fee(by("secretary"), {"id": pk}, key=key).get_json()["id"] for key in ("one", "two", "one")]
    assert paid[0] == paid[2] != paid[1]
    assert by("secretary").get("/viewing-fees").get_json()["total"] == 2


def test_ch_2_brokers_do_not_read_the_contacts_of_competing_companies(by, channel):
    for number, company in enumerate(channel.companies):
        body = {"contact": f"联系人{number}", "phone": f"028-8612345{number}", "address": f"人民路{number}号"}
        assert by("director").patch(f"/broker-companies/{company.id}", body).status_code == 200
    own, other = channel.companies[0].id, channel.companies[1].id
    for key in ("broker1", "site1"):
        rows = {row["id"]: row for row in by(key).get("/broker-companies").get_json()["items"]}
        assert rows[own]["contact"] == "联系人0"
        assert [rows[other][name] for name in ("contact", "phone", "address")] == ["", "", ""]
        shown = by(key).get(f"/broker-companies/{other}").get_json()
        assert shown == rows[other]
    rows = {row["id"]: row for row in by("secretary").get("/broker-companies").get_json()["items"]}
    assert rows[other]["contact"] == "联系人1"


@pytest.mark.parametrize("page", ["/m/me", "/m/me/company", "/m/", "/m/brokers"])
def test_ch_2_the_phone_shows_no_contact_of_another_company(app, by, channel, page):
    body = {"contact": "联系人甲", "phone": "028-86123459", "address": "人民路九号"}
    by("director").patch(f"/broker-companies/{channel.companies[1].id}", body)
    text = Browser(app, channel.username("site1")).get(page).get_data(as_text=True)
    assert not [secret for secret in ("联系人甲", "86123459", "人民路九号") if secret in text]


@pytest.mark.parametrize("kind", ["brokers", "visitors"])
def test_ch_31_a_ticket_of_the_sign_in_registers_in_place_of_a_code(api, channel, kind):
    refused = api().post("/security/sms-login", {"phone": PHONE, "code": code_for(api, PHONE, "login")})
    assert (refused.status_code, refused.get_json()["code"]) == (404, "account.none")
    body = {"phone": PHONE, "name": "郑九", "consent_version": NOTICE_VERSION, "nickname": "小郑"}
    if kind == "brokers":
        body |= {"company_id": channel.companies[0].id, "kind": "broker"}
    assert set(api().post(f"/{kind}/register", body).get_json()["fields"]) == {"sms_code"}
    ticket = refused.get_json()["ticket"]
    wrong = api().post(f"/{kind}/register", {**body, "phone": "13812340000", "ticket": ticket})
    assert (wrong.status_code, set(wrong.get_json()["fields"])) == (422, {"ticket"})
    made = api().post(f"/{kind}/register", {**body, "ticket": ticket})
    assert made.status_code == 201, made.get_json()
    again = api().post(f"/{kind}/register", {**body, "ticket": ticket})
    assert (again.status_code, set(again.get_json()["fields"])) == (422, {"ticket"})
