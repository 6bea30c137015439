"""Referrals over HTTP: CH-7, CH-8, CH-9, CH-11, CH-13, CH-18, CH-21, CH-22 as api.md shows them; the order of checks (ACC-6)."""

from __future__ import annotations

import pytest

from app.channel.collisions.models import Collision
from app.channel.referrals.models import Referral
from app.channel.scans.models import OnsiteScan
from tests.support.channel.scene import count, every
from tests.support.traces import nothing_written

NEVER_THERE = 987654
BAD = {"nonsense": 1}
WANG = {"family_name": "王", "given_name": "小明", "phones": [{"prefix": "138", "tail": "1234"}]}


@pytest.fixture
def channel(channel_now):
    return channel_now


@pytest.fixture
def by(api_by):
    return api_by


def enter(by, key="broker1", **more):
    answer = by(key).post("/referrals", {**WANG, **more})
    assert answer.status_code == 201, answer.get_json()
    return answer.get_json()


def scan(by, channel, referral, **more):
    body = {"token": referral["qr_token"], "consultant_id": channel.world.actor("consultant").id, **more}
    return by("onsite").post("/scans", body)


def test_ch_7_a_customer_is_entered_and_read_alike(by, channel):
    made = enter(by, consultant_id=channel.world.actor("consultant").id, needs="临街", shop_category="retail")
    assert made["code"].startswith("R")
    assert (made["state"], made["qr_token"], made["qr_url"], made["protected_until"]) == (
        "entered",
        None,
        None,
        None,
    )
    assert made["phones"] == [{"prefix": "138", "tail": "1234", "masked": "138****1234"}]
    broker = channel.brokers["broker1"]
    assert made["broker"] == {"id": broker.id, "name": "赵一", "phone": "13900000001"}
    assert made["company"]["name"] == "川流地产"
    assert made["consultant"]["name"] == channel.world.actor("consultant").name
    for key in ("broker1", "director", "secretary", "admin"):
        assert by(key).get(f"/referrals/{made['id']}").get_json() == made
        assert by(key).get("/referrals").get_json()["items"] == [made]
    for key in ("broker2", "site1", "onsite", "consultant"):
        assert by(key).get(f"/referrals/{made['id']}").status_code == 404
        assert by(key).get("/referrals").get_json()["total"] == 0
    for key in ("visitor", "agent", "finance"):
        assert by(key).get("/referrals").status_code == 403


def test_ch_8_the_same_customer_twice_is_409_and_names_the_first(by, channel):
    first = enter(by)
    again = by("broker1").post("/referrals", WANG | {"given_name": " 小 明"})
    refused = again.get_json()
    assert (again.status_code, refused["code"], refused["referral_id"]) == (
        409,
        "referral.duplicate",
        first["id"],
    )
    assert enter(by, "broker2")["id"] != first["id"]


def test_plat_9_one_key_one_referral(by, channel):
    def post(body):
        return by("broker1").post("/referrals", body, headers={"Idempotency-Key": "k"})

    assert post(WANG).get_json() == post(WANG).get_json()
    assert post(WANG | {"given_name": "红"}).status_code == 422
    assert count(Referral) == 1


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"family_name": ""}, "family_name"), ({"given_name": None}, "given_name"), ({"phones": []}, "phones"),
        ({"phones": "13812341234"}, "phones"), ({"phones": [1]}, "phones"), ({"phones": [{"prefix": "138"}]}, "phones"),
        ({"phones": [{"prefix": "138", "tail": "12"}]}, "phones.0.tail"),
        ({"phones": [{"prefix": "138", "tail": "1234", "x": "1"}]}, "phones"),
        ({"phones": [{"prefix": "138", "tail": str(n)} for n in range(1000, 1003)]}, "phones"),
        ({"project_id": NEVER_THERE}, "project_id"), ({"consultant_id": NEVER_THERE}, "consultant_id"),
        ({"shop_category": "x"}, "shop_category"), ({"customer_type": "x"}, "customer_type"),
        ({"expected_visit_at": "soon"}, "expected_visit_at"), ({"report": "yes"}, "report"), (BAD, "nonsense"),
    ],
    ids=str,
)  # fmt: skip
def test_ch_7_wrong_input_is_422_under_its_name(by, channel, change, field):
    with nothing_written():
        answer = by("broker1").post("/referrals", WANG | change)
    assert (answer.status_code, set(answer.get_json()["fields"])) == (422, {field}), answer.get_json()


def test_acc_6_entering_and_reporting_are_checked_in_one_order(api, by, channel):
    made = enter(by)
    report = f"/referrals/{made['id']}/report"
    channel.register("site2", "13900000009", "周五", 0, "company_onsite")
    with nothing_written():
        assert api().post("/referrals", BAD).status_code == 401
        assert by("director").post("/referrals", BAD).status_code == 403
        assert by("broker2").post(report).status_code == 404
        assert by("broker1").post(report, BAD).status_code == 422
        waiting = by("site2").post("/referrals", WANG)
        assert (waiting.status_code, waiting.get_json()["code"]) == (403, "broker.awaiting_review")
        assert by("site2").get("/referrals").get_json()["code"] == "broker.awaiting_review"
        refused = by("broker1").post("/referrals", WANG | {"for_broker_id": channel.brokers["broker3"].id})
        assert (refused.status_code, refused.get_json()["code"]) == (403, "referral.for_others")


def test_ch_9_a_company_on_site_enters_for_a_colleague(by, channel):
    made = enter(by, "site1", for_broker_id=channel.brokers["broker3"].id)
    assert made["broker"]["name"] == "孙三"
    assert by("broker3").get("/referrals").get_json()["total"] == 1
    other = WANG | {"given_name": "红", "for_broker_id": channel.brokers["broker2"].id}
    assert by("site1").post("/referrals", other).status_code == 422


def test_ch_8_a_duplicate_that_one_cannot_open_is_not_named(by, channel):
    enter(by, "broker3")
    typed = WANG | {"for_broker_id": channel.brokers["broker3"].id}
    refused = by("site1").post("/referrals", typed)
    assert (refused.status_code, refused.get_json()["code"]) == (409, "referral.duplicate")
    assert "referral_id" not in refused.get_json()
    assert refused.get_json()["message"] == "该经纪人已录入过该客户"


def test_ch_11_reporting_makes_the_code_once(by, channel):
    pk = enter(by)["id"]
    early = by("broker1").get(f"/referrals/{pk}/qr.svg")
    assert (early.status_code, early.get_json()["code"]) == (409, "referral.not_reported")
    first = by("broker1").post(f"/referrals/{pk}/report").get_json()
    again = by("broker1").post(f"/referrals/{pk}/report").get_json()
    assert (first["state"], again["qr_token"]) == ("reported", first["qr_token"])
    assert first["qr_url"].endswith(f"/m/q/{first['qr_token']}")
    svg, png = (by("broker1").get(f"/referrals/{pk}/qr.{kind}") for kind in ("svg", "png"))
    assert (svg.status_code, svg.mimetype, b"<svg" in svg.data) == (200, "image/svg+xml", True)
    assert (png.status_code, png.mimetype, png.data[:4]) == (200, "image/png", b"\x89PNG")
    assert by("broker2").get(f"/referrals/{pk}/qr.png").status_code == 404


def test_ch_13_a_scan_binds_and_again_is_a_revisit(by, channel):
    made = enter(by, report=True)
    seen = by("onsite").get(f"/scans/{made['qr_token']}").get_json()
    assert (seen["kind"], seen["code"], seen["protected_by_another"]) == ("referral", made["code"], False)
    assert by("consultant").get(f"/scans/{made['qr_token']}").get_json() == seen
    done = scan(by, channel, made)
    assert (done.status_code, done.get_json()["result"]) == (201, "bound"), done.get_json()
    now = by("broker1").get(f"/referrals/{made['id']}").get_json()
    assert (now["state"], now["protected_until"]) == ("bound", done.get_json()["protected_until"])
    assert scan(by, channel, made).get_json()["result"] == "revisit"
    listed = by("onsite").get("/scans").get_json()
    assert [row["result"] for row in listed["items"]] == ["revisit", "bound"]
    assert listed["items"][0]["broker"]["phone"] == "13900000001"
    assert (
        by("onsite").get("/scans", code=made["code"], fragment="1234", broker="赵").get_json()["total"] == 2
    )
    assert by("onsite").get("/scans", name="李").get_json()["total"] == 0


def test_ch_18_a_scan_of_anothers_customer_is_409_and_committed(by, channel):
    bound = enter(by, report=True)
    until = scan(by, channel, bound).get_json()["protected_until"]
    other = enter(by, "broker2", report=True)
    assert by("onsite").get(f"/scans/{other['qr_token']}").get_json()["protected_until"] == until
    before = count(OnsiteScan)
    key = {"Idempotency-Key": "once"}
    body = {"token": other["qr_token"], "consultant_id": channel.world.actor("consultant").id}
    for _ in range(2):
        answer = by("onsite").post("/scans", body, headers=key)
        refused = answer.get_json()
        assert (answer.status_code, refused["code"], refused["result"]) == (
            409,
            "scan.collision",
            "collision",
        )
        assert refused["protected_until"] == until
    assert count(OnsiteScan) == before + 1
    assert every(OnsiteScan)[-1].id == refused["scan_id"]
    assert [row.count for row in every(Collision)] == [2]  # reported, scanned
    assert by("broker2").get(f"/referrals/{other['id']}").get_json()["state"] == "reported"


def test_acc_6_scanning_is_checked_in_one_order(api, by, channel):
    made = enter(by, report=True)
    body = {"token": made["qr_token"], "consultant_id": channel.world.actor("consultant").id}
    with nothing_written():
        assert api().post("/scans", BAD).status_code == 401
        for key in ("broker1", "consultant", "director", "visitor"):
            assert by(key).post("/scans", BAD).status_code == 403
        assert by("onsite").post("/scans", body | {"token": "nobody"}).status_code == 404
        assert by("onsite").get("/scans/nobody").status_code == 404
        assert by("onsite").post("/scans", {"token": made["qr_token"]}).status_code == 422
        assert by("onsite").post("/scans", body | {"consultant_id": NEVER_THERE}).status_code == 422
        refused = by("admin").post("/scans", body)
        assert (refused.status_code, refused.get_json()["code"]) == (403, "scan.not_your_project")
        assert by("director").get(f"/scans/{made['qr_token']}").status_code == 403
        assert by("broker1").get(f"/scans/{made['qr_token']}").get_json()["code"] == "auth.forbidden"


def test_ch_21_a_consultant_tours_and_follows_up(by, channel):
    made = enter(by, report=True)
    early = by("consultant").post("/tours", {"token": made["qr_token"], "intention": "A"})
    assert (early.status_code, early.get_json()["code"]) == (409, "tour.not_received")
    scan(by, channel, made)
    answer = by("consultant").post("/tours", {"token": made["qr_token"], "intention": "B"})
    tour = answer.get_json()
    assert (answer.status_code, tour["intention"], tour["code"]) == (201, "B", made["code"])
    assert by("consultant").get(f"/tours/{tour['id']}").get_json() == tour
    assert by("director").get("/tours", intention="B").get_json()["items"] == [tour]
    assert by("broker1").get("/tours").status_code == 403
    path = f"/tours/{tour['id']}/follow-ups"
    assert by("onsite").get(path).status_code == 403
    assert by("consultant").post(path, {"content": ""}).status_code == 422
    assert by("director").post(path, {"content": "x"}).status_code == 403
    assert by("consultant").post(path, {"content": "再约周末"}).status_code == 201
    assert by("consultant").post(path, {"content": "已到访"}).status_code == 201
    items = by("director").get(path).get_json()["items"]
    assert [row["content"] for row in items] == ["已到访", "再约周末"]
    assert by("consultant").post("/tours", {"token": made["qr_token"], "intention": "E"}).status_code == 422


def test_ch_22_the_list_is_filtered(by, channel):
    first, second = enter(by, report=True), enter(by, "broker2", given_name="红")
    scan(by, channel, first)

    def found(key="director", **query):
        answer = by(key).get("/referrals", **query)
        assert answer.status_code == 200, answer.get_json()
        return [row["id"] for row in answer.get_json()["items"]]

    a, b = first["id"], second["id"]
    assert found() == [b, a]
    assert found(order_by="created_at") == [a, b]
    for query, ids in (
        ({"state": "bound"}, [a]), ({"state": "entered"}, [b]), ({"reached": "reported"}, [a]),
        ({"reached": "entered"}, [b, a]), ({"code": first["code"]}, [a]), ({"name": "王小明"}, [a]),
        ({"fragment": "1384"[:3] + "1234"}, [b, a]), ({"broker": "钱"}, [b]), ({"broker_phone": "13900000001"}, [a]),
        ({"company": "锦程"}, [b]), ({"consultant": channel.world.actor("consultant").name}, [a]),
    ):  # fmt: skip
        assert found(**query) == ids, query
    for wrong in ({"state": "x"}, {"reached": "x"}, {"fragment": "1"}, {"order_by": "name"}, {"page": "0"}):
        assert by("director").get("/referrals", **wrong).status_code == 422, wrong
