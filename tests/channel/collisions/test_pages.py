"""CH-18, CH-19 on pages: open collisions first, their number in the menu, both sides by time, the decision."""

from __future__ import annotations

from datetime import timedelta

import pytest

from app.channel.collisions.models import Collision
from app.channel.collisions.services import handle_collision
from app.channel.scans.services import scan
from app.channel.tours import services as tours
from app.channel.visitors import services as visitors
from app.kernel import clock
from app.kernel.access.actor import SYSTEM
from app.kernel.database.session import db
from tests.support.channel.scene import at, every
from tests.support.databases.statements import count_statements
from tests.support.web.person import Browser


@pytest.fixture
def collided(channel):
    """broker1's customer is bound; broker2 reports him and has him scanned; broker3 only enters him."""
    channel.mine = channel.bound("broker1")
    with at(hours=1):
        channel.theirs = channel.report("broker2")
        assert channel.scan(channel.theirs).result == "collision"
    with at(hours=2):
        channel.third = channel.enter("broker3")
        (channel.first, channel.second) = every(Collision)
        yield channel


def _cells(page, key: str) -> list[str]:
    return [cell.text for cell in page.one("tbody").all("td", data_key=key)]


def _badge(page) -> list[str]:
    marks = [mark for mark in page.all("b", data_badge="collisions") if "hidden" not in mark.attrs]
    return sorted({mark.one("i", aria_hidden="true").text for mark in marks})


def test_ch_18_the_list_shows_both_sides(by, collided):
    page = by("director").page("/collisions/")
    assert _cells(page, "name") == ["王小明", "王小明"]
    assert _cells(page, "fragment") == ["138****1234"] * 2
    assert _cells(page, "bound_broker") == ["赵一", "赵一"]
    assert _cells(page, "bound_phone") == ["13900000001"] * 2
    assert _cells(page, "bound_code") == [collided.mine.code] * 2
    assert _cells(page, "other_broker") == ["孙三", "钱二"]
    assert _cells(page, "other_phone") == ["13900000003", "13900000002"]
    assert _cells(page, "other_code") == [collided.third.code, collided.theirs.code]
    assert _cells(page, "count") == ["1", "2"], "reported, then scanned"
    assert _cells(page, "status") == ["待处理"] * 2, "nothing beside it where the collision is certain"
    assert all(_cells(page, "last_at"))
    assert all(_cells(page, "created_at"))


@pytest.mark.parametrize(
    ("query", "number"),
    [
        ("tab=handled", 0),
        ("tab=all", 2),
    ],
)
def test_ch_19_the_tabs(by, collided, query, number):
    page = by("director").page(f"/collisions/?{query}")
    assert len(page.one("tbody").all("tr")) == number if number else page.one(class_="empty")


def test_ch_19_the_menu_counts_the_open_ones_at_each_page_load(by, collided):
    director, admin = by("director"), by("admin")
    assert _badge(director.page("/")) == _badge(admin.page("/collisions/")) == ["2"]
    assert _badge(by("auditor").page("/collisions/")) == [], "a badge is only for people who decide"
    data = {"outcome": "keep", "note": "先绑定"}
    assert director.post(f"/collisions/{collided.first.id}/handle", data).status_code == 303
    assert _badge(director.page("/")) == _badge(admin.page("/")) == ["1"]
    assert director.get("/collisions/counts").get_json() == {"open": "1", "handled": "1", "all": "2"}
    page = director.page("/collisions/?tab=all")
    assert [text.split()[0] for text in _cells(page, "status")] == ["待处理", "维持绑定"]
    assert director.post(f"/collisions/{collided.second.id}/handle", data).status_code == 303
    assert _badge(director.page("/")) == []
    assert director.page("/collisions/").one(class_="empty")


def test_ch_19_a_decision_needs_its_note_and_is_made_once(by, collided):
    path = f"/collisions/{collided.first.id}/handle"
    page = by("director").submit(path, {"outcome": "keep", "note": " "}, 422)
    assert set(page.errors()) == {"note"}
    assert page.values()["outcome"] == "keep"
    assert by("director").post(path, {"outcome": "rebind", "note": "先带看"}).status_code == 303
    assert by("director").post(path, {"outcome": "keep", "note": "再来"}).status_code == 409
    page = by("director").page(f"/collisions/{collided.first.id}")
    for said in ("处理结果", "先带看", "梁宏图"):
        assert said in page.text
    states = [side.one(class_="tag").text for side in page.all("div", class_="vs-head")]
    assert states == ["已报备", "已绑定"], "the binding went over"
    assert {row.is_open for row in every(Collision)} == {False}, "the binding's other ones with it"


def _barred(page) -> list[str]:
    return [
        one["value"] for one in page.one("select", name="outcome").all("option") if "disabled" in one.attrs
    ]


def test_ch_19_where_the_binding_is_over_rebinding_is_disabled_and_says_why(app, by, collided):
    path = f"/collisions/{collided.first.id}/handle"
    assert _barred(by("director").page(path)) == []
    with clock.frozen(clock.now() + timedelta(days=31)):
        director = Browser(app, "director")
        page = director.page(path)
        assert _barred(page) == ["rebind"]
        assert "绑定已失效" in page.one(class_="fi-help").text
        assert director.post(path, {"outcome": "rebind", "note": "…"}).status_code == 409
        assert "保护期已于" in director.page(f"/collisions/{collided.first.id}").text
        assert director.post(path, {"outcome": "other", "note": "已过期"}).status_code == 303


def test_ch_15_a_visitors_collision_cannot_be_rebound(by, channel):
    channel.bound("broker1")
    visitor = visitors.register_visitor(
        phone="13811111234", name="王小明", consent_version="2026-01", actor=SYSTEM
    )
    found = scan(
        token=visitor.qr_token,
        project_id=channel.project.id,
        consultant_id=channel.actor("consultant").id,
        actor=channel.actor("onsite"),
    )
    assert found.result == "collision"
    (collision,) = every(Collision)
    page = by("director").page(f"/collisions/{collision.id}")
    assert visitor.code in page.text
    assert "自然用户" in page.text
    assert [one["class"] for one in page.one("ol", class_="vs-line").all("li")].count("vs-other") == 1
    form = by("director").page(f"/collisions/{collision.id}/handle")
    assert _barred(form) == ["rebind"]
    assert "访客" in _cells(by("director").page("/collisions/"), "other_broker")[0]


def test_ch_19_events_are_on_their_side_in_order(by, collided):
    tours.record_tour(token=collided.mine.qr_token, intention="A", actor=collided.actor("consultant"))
    page = by("director").page(f"/collisions/{collided.first.id}")
    sides = {side["class"].split()[-1]: side.text for side in page.all("section", class_="vs-side")}
    assert collided.mine.code in sides["vs-bound"]
    assert collided.theirs.code in sides["vs-other"]
    assert "更早" in sides["vs-bound"]
    assert "更早" not in sides["vs-other"]
    assert "先绑定：赵一" in page.one(class_="vs-notes").text
    assert "还剩 29 天" in page.one(class_="vs-notes").text or "还剩 30 天" in page.text
    lines = [(one["class"], one.one("b").text) for one in page.one("ol", class_="vs-line").all("li")]
    lanes = {lane: [said for one, said in lines if one == lane] for lane, _said in lines}
    assert lanes["vs-bound"] == ["录入", "报备", "驻场扫码", "带看"]
    assert lanes["vs-other"] == ["录入", "报备", "驻场扫码"]
    assert lanes["vs-both"] == ["撞单"]
    assert sorted(lanes["vs-elsewhere"]) == sorted(["录入", "撞单"])
    assert collided.third.code in page.one("ol", class_="vs-line").text
    times = [one.text for one in page.one("ol", class_="vs-line").all("time")]
    assert times == sorted(times)
    handle = [link for link in page.all("a") if link["href"] == f"/collisions/{collided.first.id}/handle"]
    assert handle, "it is decided from here"
    (paper,) = [link["href"] for link in page.all("a") if link["href"].endswith("/evidence")]
    assert collided.theirs.code in by("director").page(paper).text


def test_ch_19_after_a_rebinding_the_page_says_who_has_it_now(by, collided):
    handle_collision(collided.first.id, outcome="rebind", note="先到访", actor=collided.actor("director"))
    notes = by("director").page(f"/collisions/{collided.first.id}").one(class_="vs-notes").text
    assert "先绑定：赵一" in notes
    assert f"之后已改绑给 钱二（{collided.theirs.code}）" in notes


def test_ch_19_the_pages_cost_a_fixed_number_of_statements(app, by, collided):
    director, costs = by("director"), []

    def cost(path: str) -> int:
        director.page(path)
        with count_statements(app) as seen:
            director.page(path)
        return len([one for one in seen if not one.startswith("BEGIN")])

    for number in range(2):
        costs.append((cost("/collisions/"), cost(f"/collisions/{collided.first.id}")))
        for again in range(4 * (1 - number)):
            collided.scan(collided.theirs)
            collided.bound("broker1", f"客{again}")
            collided.report("broker2", f"客{again}")
    assert costs[0] == costs[1]
    assert costs[0][0] <= 8
    assert costs[0][1] <= 20


@pytest.mark.parametrize(
    ("key", "status"), [("secretary", 403), ("onsite", 403), ("broker1", 403), ("agent", 403), ("", 302)]
)
def test_acc_6_others_reach_no_collision(by, collided, key, status):
    browser, pk = by(key), collided.first.id
    for path in ("/collisions/", "/collisions/counts", f"/collisions/{pk}", f"/collisions/{pk}/handle"):
        assert browser.get(path).status_code == status
    assert browser.post(f"/collisions/{pk}/handle", {"outcome": "keep", "note": "…"}).status_code == status
    assert by("auditor").post(f"/collisions/{pk}/handle", {"outcome": "keep", "note": "…"}).status_code == 403
    assert by("director").get("/collisions/987654").status_code == 404
    db.session.rollback()
    assert all(one.is_open for one in every(Collision))
