"""CH-21: consultants on the phone: tours, follow-ups, assigned customers."""

from __future__ import annotations

import pytest

from app.channel.consultants import services as consultants
from app.channel.tours import services as tours
from app.channel.tours.models import Tour, TourFollowUp
from app.channel.visitors import services as visitors
from app.kernel import clock
from app.kernel.access.actor import SYSTEM
from app.kernel.database.session import db
from app.org.sessions.actors import actor_by_username
from app.org.shared.models import Account
from tests.support.channel.phones import nothing_changed
from tests.support.channel.scene import again, count, every
from tests.support.databases.statements import count_statements
from tests.support.people.world import PASSWORD
from tests.support.web.person import Browser

LIST = 5


def _tour(browser, token, intention="B"):
    page = browser.page(f"/m/q/{token}")
    return browser.post(f"/m/q/{token}", {**page.values(), "intention": intention})


def _another_consultant(channel):
    made = consultants.create_consultant(
        username="consultant9", name="陆远航", password=PASSWORD, department_id=channel.world.department("channel").id,
        project_ids=[channel.project.id], phone="028-86009999", actor=channel.admin,
    )  # fmt: skip
    db.session.get_one(Account, made.id).must_change_password = False
    db.session.commit()
    return made


def test_ch_21_one_tap_on_the_intention_records_the_tour(on, channel):
    referral = channel.bound("broker1", needs="临街商铺")
    with nothing_changed():
        page = on("consultant").page(f"/m/q/{referral.qr_token}")
    for shown in ("王小明", "138****1234", "赵一", "临街商铺", "已绑定"):
        assert shown in page.text
    assert [b["value"] for b in page.all("button", name="intention")] == [*"ABCD"]
    answer = _tour(on("consultant"), referral.qr_token, "A")
    (tour,) = every(Tour)
    assert (answer.status_code, answer.location) == (303, f"/m/tours/{tour.id}")
    assert (tour.intention, tour.referral_id, tour.consultant_id) == (
        "A", referral.id, channel.actor("consultant").id,
    )  # fmt: skip
    again_ = on("consultant").page(f"/m/q/{referral.qr_token}")
    assert f"/m/tours/{tour.id}" in [
        a["href"] for a in again_.all("a")
    ]  # the page shows the consultant's earlier tour


def test_ch_21_the_reason_against_a_tour_is_shown(app, on, channel):
    fresh = channel.report("broker1", "小红", [("139", "5678")])
    assert "驻场扫码" in on("consultant").page(f"/m/q/{fresh.qr_token}").text
    channel.bound("broker1")
    rival = channel.report("broker2")
    channel.scan(rival)
    assert "该客户在其他经纪人的保护期内" in on("consultant").page(f"/m/q/{rival.qr_token}").text
    over = channel.bound("broker3", "小蓝", [("137", "4321")])
    with clock.frozen(over.expires_at):
        page = Browser(app, "consultant").page(f"/m/q/{over.qr_token}")
    assert "保护期已过，请经纪人重新报备" in page.text


def test_ch_21_pressed_twice_it_is_one_tour_another_intention_is_another(on, channel):
    token = channel.bound("broker1").qr_token
    sent = {**on("consultant").page(f"/m/q/{token}").values(), "intention": "A"}
    assert {on("consultant").post(f"/m/q/{token}", sent).location for _ in range(2)} == {"/m/tours/1"}
    on("consultant").post(f"/m/q/{token}", {**sent, "intention": "B"})
    assert [row.intention for row in every(Tour)] == ["A", "B"]
    for wrong in ("", "E", "a"):
        page = on("consultant").submit(f"/m/q/{token}", {"intention": wrong}, 422)
        assert page.one(id="intention-err").text
    assert count(Tour) == 2


def test_ch_21_who_was_not_scanned_yet_cannot_be_toured(on, channel):
    referral = channel.report("broker1")
    page = on("consultant").page(f"/m/q/{referral.qr_token}")
    assert "驻场" in page.one(class_="say").text
    assert not page.all("button", name="intention")
    with nothing_changed():
        refused = on("consultant").submit(f"/m/q/{referral.qr_token}", {"intention": "A"}, 409)
    assert refused.one(class_="form-alert").text in page.one(class_="say").text


def test_ch_21_a_visitor_is_toured_where_they_were_scanned_last(on, channel):
    second = channel.new_project("河畔居")
    visitor = visitors.register_visitor(
        phone="13700007777", name="何来客", consent_version="2026-01", actor=SYSTEM
    )
    assert "驻场" in on("consultant").page(f"/m/q/{visitor.qr_token}").one(class_="say").text
    channel.scan(visitor, project_id=second.id)
    assert "河畔居" in on("consultant").page(f"/m/q/{visitor.qr_token}").text
    assert _tour(on("consultant"), visitor.qr_token).status_code == 303
    assert [(row.visitor_id, row.project_id) for row in every(Tour)] == [(visitor.id, second.id)]


def test_ch_21_follow_ups_any_number_of_times(on, channel):
    referral = channel.bound("broker1")
    _tour(on("consultant"), referral.qr_token)
    for number in range(3):
        page = on("consultant").page("/m/tours/1")
        sent = {**page.values(), "content": f"第{number}次：约周末复看"}
        for _twice in range(2):
            assert on("consultant").post(page.form()["action"], sent).location == "/m/tours/1"
    assert count(TourFollowUp) == 3
    page = on("consultant").page("/m/tours/1")
    assert [li.one("div").text for li in page.one("ul", class_="log").all("li")] == [
        f"第{number}次：约周末复看" for number in (2, 1, 0)
    ]
    assert "意向 B 级" in page.text
    assert page.one("a", href="tel:13900000001")
    with nothing_changed():
        empty = on("consultant").submit("/m/tours/1/follow-ups", {"content": " "}, 422)
        long = on("consultant").submit("/m/tours/1/follow-ups", {"content": "长" * 2001}, 422)
    assert (list(empty.errors()), list(long.errors())) == (["content"], ["content"])
    assert len(long.values()["content"]) == 2001
    assert on("consultant").get("/m/tours/1/follow-ups").location == "/m/tours/1"


def test_ch_21_a_follow_up_may_be_long_and_is_written_once(on, channel):
    _tour(on("consultant"), channel.bound("broker1").qr_token)
    page = on("consultant").page("/m/tours/1")
    for _twice in range(2):
        sent = {**page.values(), "content": "长" * 2000}
        assert on("consultant").post(page.form()["action"], sent).status_code == 303
    assert count(TourFollowUp) == 1


def test_ch_21_consultants_see_only_their_own_tours(app, on, channel):
    _another_consultant(channel)
    referral = channel.bound("broker1")
    tours.record_tour(token=referral.qr_token, intention="C", actor=actor_by_username("consultant9"))
    colleague = Browser(app, "consultant9")
    assert "王小明" in colleague.page("/m/tours").text
    assert "王小明" not in on("consultant").page("/m/tours").text
    assert on("consultant").get("/m/tours/1").status_code == 404
    with nothing_changed():
        assert on("consultant").post("/m/tours/1/follow-ups", {"content": "x"}).status_code == 404
        assert on("director").post("/m/tours/1/follow-ups", {"content": "x"}).status_code == 403
        assert on("onsite").get("/m/tours").status_code == 403
    assert not on("director").page("/m/tours/1").all("form", data_form="")
    assert Browser(app).get("/m/tours/1").location == "/m/login?next=/m/tours/1"


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        ("", ["王大山", "王小明"]),
        ("code={code}", ["王小明"]),
        ("name=王大", ["王大山"]),
        ("broker=赵", ["王小明"]),
        ("intention=B", ["王大山"]),
        ("intention=C", []),
    ],
)
def test_ch_21_the_list_and_its_search(on, channel, asked, expected):
    first, second = channel.bound("broker1"), channel.bound("broker2", "大山", [("139", "5678")])
    for referral, intention in ((first, "A"), (second, "B")):
        tours.record_tour(token=referral.qr_token, intention=intention, actor=channel.actor("consultant"))
    db.session.commit()
    page = on("consultant").page(f"/m/tours?{asked.format(code=first.code)}")
    assert [rec.one("b").text for rec in page.all(class_="rec")] == expected


def test_ch_21_customers_assigned_by_the_latest_scan(app, on, channel):
    mine, other = channel.bound("broker1"), _another_consultant(channel)
    walk_in = visitors.register_visitor(
        phone="13700007777", name="何来客", consent_version="2026-01", actor=SYSTEM
    )
    channel.scan(walk_in)
    channel.scan(walk_in)  # came twice, is listed once
    customers, guests = (on("consultant").page(f"/m/assigned?tab={tab}") for tab in ("customers", "visitors"))
    assert [rec.one("b").text for rec in customers.all(class_="rec")] == ["王小明"]
    assert customers.one("a", href="tel:13900000001")  # one tap calls the broker
    assert [rec.one("b").text for rec in guests.all(class_="rec")] == ["何来客"]
    assert [small.text for small in guests.one(class_="tabs").all("small")] == ["1", "1"]
    detail = on("consultant").page(customers.one("a", class_="rec-h")["href"])
    assert "还剩 30 天" in detail.text

    channel.scan(again(mine), consultant_id=other.id)
    channel.scan(again(walk_in), consultant_id=other.id)
    for tab in ("customers", "visitors"):
        assert not on("consultant").page(f"/m/assigned?tab={tab}").all(class_="rec")
        assert Browser(app, "consultant9").page(f"/m/assigned?tab={tab}").all(class_="rec")
    assert on("consultant").get(f"/m/assigned/{mine.id}").status_code == 404
    consultants.depart_consultant(
        other.id, receiver_id=channel.actor("consultant").id, reason="离职", actor=channel.admin
    )
    for tab in ("customers", "visitors"):  # what a colleague who left received goes on to another
        assert on("consultant").page(f"/m/assigned?tab={tab}").all(class_="rec")
    assert not on("consultant").page("/m/assigned?name=李").all(class_="rec")
    assert on("onsite").get("/m/assigned").status_code == 403


def test_ch_21_lists_cost_the_same_however_long_they_are(app, on, channel):
    counted: dict[str, list[int]] = {}
    consultant = channel.actor("consultant")
    for number, phone in enumerate(("1111", "2222", "3333", "4444")):
        referral = channel.bound("broker1", f"小{number}", [("138", phone)])
        tours.record_tour(token=referral.qr_token, intention="A", actor=consultant)
        visitor = visitors.register_visitor(
            phone=f"1370000{phone}", name=f"访客{number}", consent_version="2026-01", actor=SYSTEM
        )
        channel.scan(visitor)
        db.session.commit()
        if number in (0, 3):
            for path in ("/m/tours", "/m/assigned", "/m/assigned?tab=visitors"):
                on("consultant").page(path)
                with count_statements(app) as seen:
                    assert len(on("consultant").page(path).all(class_="rec")) == number + 1
                counted.setdefault(path, []).append(len(seen))
    assert all(few == many <= LIST for few, many in counted.values()), counted
