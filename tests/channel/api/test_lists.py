"""PLAT-9, CH-5, CH-19: what lists of channel sales over HTTP do beyond the usual (``tests/support/web/kit.py``)."""

from __future__ import annotations

import pytest

from tests.channel.api.steps import fee, report

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


def test_plat_9_wrong_values_are_422_under_their_name(by, channel):
    for path, queries in WRONG.items():
        for query in queries:
            answer = by("director").get(path, **query)
            names = [name.removesuffix("_from") for name in query]
            assert (answer.status_code, [*answer.get_json()["fields"]]) == (422, names), (path, query)


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
