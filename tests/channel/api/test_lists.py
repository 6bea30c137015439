"""PLAT-9, CH-5, CH-16, CH-19, CH-21, CH-25: every list of channel sales over HTTP finds the right records by
each filter, refuses wrong values, and opens one record by its id as the list shows it.
"""

from __future__ import annotations

from io import BytesIO
from typing import ClassVar

import pytest
from openpyxl import load_workbook

from app.kernel import clock
from tests.channel.api.steps import fee, report
from tests.support.web.kit import ApiTests

pytestmark = pytest.mark.both


def names_of(rows, name):
    """Return a field of each row."""
    return [row[name] for row in rows]


@pytest.fixture
def happened(by, channel):
    """Two customers of two brokers came; both were toured, one fee was paid for each, one voided; a third
    broker brings the first customer too.
    """
    consultant = channel.world.actor("consultant").id
    made = {}
    for key, given, tail in (("broker1", "小明", "1234"), ("broker2", "小红", "5678")):
        phones = [{"prefix": "138", "tail": tail}]
        made[key] = report(by(key), given_name=given, phones=phones)
        body = {"token": made[key]["qr_token"], "consultant_id": consultant}
        assert by("onsite").post("/scans", body).status_code == 201
    for key, grade in (("broker1", "A"), ("broker2", "C")):
        body = {"token": made[key]["qr_token"], "intention": grade}
        assert by("consultant").post("/tours", body).status_code == 201
    made["fees"] = [fee(by("secretary"), made[key], amount=paid) for key, paid in (
        ("broker1", "100.50"), ("broker2", "88.00"),
    )]  # fmt: skip
    made["fees"] = [one.get_json() for one in made["fees"]]
    path = f"/viewing-fees/{made['fees'][1]['id']}/void"
    assert by("director").post(path, {"reason": "重复"}).status_code == 200
    made["broker3"] = report(by("broker3"))
    return made


TODAY = clock.today().isoformat()
PEOPLE = [
    ({"broker": "钱"}, [1]), ({"broker_phone": "13900000001"}, [0]), ({"name": "王小红"}, [1]),
    ({"created_from": TODAY, "created_to": TODAY}, [1, 0]), ({"created_to": "2001-01-01"}, []),
    ({"created_from": f"{TODAY}T00:00:00+08:00"}, [1, 0]), ({"created_to": f"{TODAY}T00:00:00+08:00"}, []),
]  # fmt: skip
LISTS = {
    "/scans": [*PEOPLE, ({"fragment": "1234"}, [0]), ({"fragment": "138****5678"}, [1]), ({"result": "bound"}, [1, 0]),
               ({"result": "walk_in"}, []), ({"consultant": "夏"}, [1, 0]), ({"consultant": "无"}, [])],
    "/tours": [PEOPLE[0], *PEOPLE[2:], ({"intention": "A"}, [0]), ({"intention": "D"}, []), ({"consultant": "夏"}, [1, 0])],
    "/viewing-fees": [*PEOPLE, ({"fragment": "1234"}, [0]), ({"company": "锦程"}, [1]), ({"voided": "yes"}, [1]),
                      ({"order_by": "amount"}, [1, 0]), ({"order_by": "-amount"}, [0, 1])],
}  # fmt: skip
WRONG = {
    "/scans": [{"result": "x"}, {"fragment": "1"}, {"order_by": "name"}],
    "/tours": [{"intention": "E"}, {"created_from": "x"}, {"order_by": "name"}],
    "/viewing-fees": [{"created_from": "2026-02-30"}, {"fragment": "12"}, {"order_by": "broker"}],
    "/collisions": [{"open": "perhaps"}, {"order_by": "code"}],
    "/brokers": [{"kind": "x"}, {"review_state": "x"}, {"order_by": "phone"}],
    "/broker-companies": [{"page": "0"}],
    "/projects": [{"order_by": "name"}],
    "/consultants": [{"project_id": "x"}],
    "/referrals": [{"created_from": "x"}],
}


def test_ch_16_ch_21_ch_25_each_filter_finds_its_records(by, channel, happened):
    codes = [happened["broker1"]["code"], happened["broker2"]["code"]]
    wrong = []
    for path, asked in LISTS.items():
        client = by("secretary")
        for query, places in [*asked, ({"code": codes[0]}, [0]), ({"code": codes[1].lower()}, [1])]:
            answer = client.get(path, **query)
            found = names_of(answer.get_json().get("items", []), "code")
            if (answer.status_code, found) != (200, [codes[place] for place in places]):
                wrong.append((path, query, answer.status_code, found))
        for row in client.get(path).get_json()["items"]:
            one = client.get(f"{path}/{row['id']}")
            assert one.get_json() == row
    assert wrong == []


def test_plat_9_wrong_values_are_422_under_their_name(by, channel):
    for path, queries in WRONG.items():
        for query in queries:
            answer = by("director").get(path, **query)
            names = [name.removesuffix("_from") for name in query]
            assert (answer.status_code, [*answer.get_json()["fields"]]) == (422, names), (path, query)


def test_ch_25_the_export_is_the_search_result(by, channel, happened):
    for query, count in (({}, 2), ({"company": "锦程"}, 1), ({"name": "无人"}, 0)):
        answer = by("secretary").get("/viewing-fees/export", **query)
        assert answer.status_code == 200
        rows = [*load_workbook(BytesIO(answer.data), read_only=True).active.iter_rows(values_only=True)]
        listed = by("secretary").get("/viewing-fees", **query).get_json()["items"]
        assert len(rows) == count + 1
        assert [row[rows[0].index("客户编号")] for row in rows[1:]] == names_of(listed, "code")
    assert by("broker1").get("/viewing-fees/export").status_code == 403


def test_ch_19_open_collisions_come_first(by, channel, happened):
    director = by("director")
    first = director.get("/collisions").get_json()["items"][0]
    assert first["handled_at"] is None
    report(by("broker3"), given_name="小红", phones=[{"prefix": "138", "tail": "5678"}])
    second = director.get("/collisions").get_json()["items"][0]
    assert second["id"] != first["id"]
    done = director.post(f"/collisions/{second['id']}/handle", {"outcome": "keep", "note": "维持"})
    assert done.status_code == 200
    assert names_of(director.get("/collisions").get_json()["items"], "id") == [first["id"], second["id"]]
    for flag, ids in (("yes", [first["id"]]), ("true", [first["id"]]), ("0", [second["id"]])):
        assert names_of(director.get("/collisions", open=flag).get_json()["items"], "id") == ids


def test_ch_22_ch_23_parts_of_a_referral_by_code_and_by_customer(by, channel, happened):
    path, auditor = f"/referrals/{happened['broker3']['id']}", by("auditor")
    for part, count in (("scans", 1), ("tours", 1), ("viewing-fees", 1), ("rebinds", 0)):
        assert auditor.get(f"{path}/{part}").get_json()["items"] == []
        under_all = auditor.get(f"{path}/{part}", whose="customer").get_json()
        assert under_all["total"] == count, part
    kinds = names_of(auditor.get(f"{path}/timeline").get_json()["items"], "kind")
    assert {"report", "scan", "tour", "fee", "collision"} <= set(kinds)


def test_ch_5_a_broker_finds_only_themselves(by, channel):
    own = by("broker1").get("/brokers").get_json()["items"]
    assert names_of(own, "name") == ["赵一"]
    other = channel.brokers["broker2"].id
    assert by("broker1").get(f"/brokers/{other}").status_code == 404
    assert by("broker1").get(f"/brokers/{other}/changes").status_code == 404


def test_ch_1_projects_are_those_that_one_works_with(by, channel):
    far = channel.new_project("云栖里", active=False)
    for key, ids in (("director", [far.id, channel.project.id]), ("broker1", [channel.project.id])):
        assert names_of(by(key).get("/projects").get_json()["items"], "id") == ids, key
    assert by("broker1").get(f"/projects/{far.id}").status_code == 404
    assert names_of(by("director").get("/projects", name="栖").get_json()["items"], "id") == [far.id]
    assert by("agent").get("/projects").status_code == 403


class TestBrokers(ApiTests):
    """CH-5: the office finds brokers by each filter; others in the office have no such list."""

    path = "/brokers"
    scene = "channel"
    allowed = ("director", "secretary", "admin", "auditor")
    outsiders = ("agent", "onsite", "visitor")
    filters: ClassVar = {
        "name=赵": ["赵一"], "phone=13900000002": ["钱二"], "kind=company_onsite": ["李四", "周五"],
        "company=锦程": ["钱二", "周五"], "company_id=2": ["钱二", "周五"], "review_state=pending": ["周五"],
    }  # fmt: skip
    orders: ClassVar = {"created_at": ["赵一", "钱二", "孙三", "李四", "周五"]}
    most = 6

    def prepare(self):
        self.people.register("site9", "13900000009", "周五", 1, "company_onsite")

    def add(self, number):
        self.people.register(f"more{number}", f"1350000000{number}", f"人{number}", number % 2)
