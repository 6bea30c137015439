"""CH-3, CH-17, CH-27: the personal page of colleagues, their password, and the messages of all."""

from __future__ import annotations

import pytest
from sqlalchemy import func, select

from app.channel.collisions.models import Collision
from app.channel.visitors import services as visitors
from app.kernel import clock
from app.kernel.access.actor import SYSTEM
from app.kernel.database.session import db
from app.notices.models import Notification
from app.org.shared.models import Account
from tests.support.channel.phones import nothing_changed
from tests.support.channel.scene import every, sent_code
from tests.support.people.accounts import username_of
from tests.support.people.world import PASSWORD
from tests.support.web.person import Browser

pytestmark = pytest.mark.parametrize("database", ["sqlite"], indirect=True)
NEW = "Blaue-another-2027"


@pytest.mark.parametrize(("who", "tabs"), [("onsite", 3), ("consultant", 4)])
def test_ch_27_the_personal_page_of_colleagues(on, channel, who, tabs):
    page = on(who).page("/m/staff")
    assert len(page.one("nav", class_="bar").all("a")) == tabs
    for shown in (channel.actor(who).name, "云锦里", "修改密码"):
        assert shown in page.text
    assert {"/m/password", "/m/messages"} <= {a["href"] for a in page.all("a")}
    assert on(who).post("/m/logout").status_code == 303
    assert on(who).get("/m/staff").location == "/m/login?next=/m/staff"


def test_ch_3_colleagues_land_on_what_they_do(on, channel):
    assert on("onsite").get("/m/").location == "/m/scan"
    assert on("consultant").get("/m/").location == "/m/tours"
    assert on("broker1").get("/m/staff").location == "/m/"


def test_ch_27_colleagues_change_their_password_on_the_phone(app, on, channel):
    other = Browser(app, "onsite")
    page = on("onsite").submit(
        "/m/password", {"old_password": "wrong", "new_password": NEW, "repeated": "x"}, 422
    )
    assert page.errors()
    right = {"old_password": PASSWORD, "new_password": NEW, "repeated": NEW}
    assert on("onsite").post("/m/password", right).location == "/m/staff"
    assert "密码已修改" in on("onsite").page("/m/staff").text  # this session lives on
    assert other.get("/m/staff").status_code == 302  # the others ended


def _give_password(channel, who) -> Account:
    """Give a password to brokers of the scene, who registered by their numbers."""
    known = db.session.get(Account, channel.actor("onsite").id)
    account = db.session.get(Account, channel.actor(who).id)
    account.password = known.password
    db.session.commit()
    return account


def test_acc_13_everybody_with_a_password_changes_it_on_the_phone(on, channel):
    _give_password(channel, "broker1")
    links = [a["href"] for a in on("broker1").page("/m/me").all("a")]
    assert "/m/password" in links
    right = {"old_password": PASSWORD, "new_password": NEW, "repeated": NEW}
    assert on("broker1").post("/m/password", right).location == "/m/me"


def test_acc_18_whoever_registered_by_the_number_sets_a_first_password_by_a_code(app, on, channel):
    phone = on("broker2")
    assert phone.page("/m/me").one("a", href="/m/password").text == "设置密码"
    page = phone.submit("/m/password", {"send_present_code": "1"}, 200)
    assert "139****0002" in page.one("p", role="status").text
    typed = {"new_password": NEW, "repeated": NEW}
    assert set(phone.submit("/m/password", typed, 422).errors()) == {"present_code"}
    page = phone.submit("/m/password", {**typed, "repeated": "x", "present_code": sent_code()}, 422)
    assert set(page.errors()) == {"repeated"}, "no code is used up for it"
    assert phone.post("/m/password", {**typed, "present_code": sent_code()}).location == "/m/me"
    assert phone.page("/m/me").one("a", href="/m/password").text == "修改密码"


@pytest.mark.parametrize(("who", "own"), [("onsite", "/m/staff"), ("broker1", "/m/me")])
def test_acc_12_a_first_password_is_changed_on_the_phone_before_anything_else(on, channel, who, own):
    phone = on(who)
    account = _give_password(channel, who)
    account.must_change_password = True
    db.session.commit()
    for path in ("/m/", "/m/me", "/m/staff", "/m/messages"):
        assert phone.get(path).location == f"/m/password?next={path}"
    page = phone.page("/m/password")
    assert "请先修改初始密码" in page.text
    assert not page.all("nav", class_="bar")
    assert [form["action"] for form in page.all("form") if form["action"] == "/m/logout"], (
        "there is a way out"
    )
    right = {"old_password": PASSWORD, "new_password": NEW, "repeated": NEW}
    assert phone.post("/m/password", right).location == own
    assert phone.get(own).status_code == 200


def test_acc_12_whoever_proved_their_number_used_no_password_to_change(app, channel):
    account = _give_password(channel, "broker1")
    account.must_change_password = True
    db.session.commit()
    phone = Browser(app)
    phone.post("/m/login", {"phone": "13900000001", "send_code": "1"})
    code = sent_code()
    assert phone.post("/m/login", {"phone": "13900000001", "sms_code": code}).location == "/m/"
    assert phone.get("/m/me").status_code == 200


@pytest.mark.parametrize(
    ("who", "own"), [("onsite", "/m/staff"), ("consultant", "/m/staff"), ("broker1", "/m/me")]
)
def test_acc_18_people_outside_the_office_see_and_end_their_own_sessions(app, on, channel, who, own):
    assert on(who).page(own).one("a", href="/m/sessions")
    lost, strange = Browser(app, username_of(channel.actor(who).id)), on("broker2")
    page = on(who).page("/m/sessions")
    assert page.one("header", class_="top").one("a")["href"] == own
    assert len(page.all("span", class_="tag-green")) == 1, "the present one cannot be ended by mistake"
    (ending,) = [form["action"] for form in page.all("form") if form["action"].endswith("/end")]
    assert strange.post(ending).status_code == 404
    assert on(who).post(ending).location == "/m/sessions"
    assert lost.get(own).status_code == 302
    assert on(who).get(own).status_code == 200
    assert not [f for f in on(who).page("/m/sessions").all("form") if f["action"].endswith("/end")]


def test_acc_18_visitors_see_their_own_sessions(app, channel):
    made = visitors.register_visitor(
        phone="13700000001", name="方一", consent_version="2026-11", actor=SYSTEM
    )
    browser = Browser(app, username_of(made.id))
    assert browser.page("/m/me").one("a", href="/m/sessions")
    assert len(browser.page("/m/sessions").all("span", class_="tag-green")) == 1


def test_ch_10_of_steps_at_one_moment_the_later_is_first(on, channel):
    with clock.frozen(clock.now()):
        referral = channel.report("broker1")
    db.session.commit()
    log = on("broker1").page(f"/m/customers/{referral.id}").text
    assert 0 < log.index("已报备", log.index("138****1234")) < log.rindex("已录入")


def test_acc_12_who_works_in_the_office_can_sign_out_on_the_phone(on, channel):
    forms = [form["action"] for form in on("director").page("/m/").all("form")]
    assert "/m/logout" in forms


def test_ch_13_the_code_that_was_opened_comes_after_the_new_password(on, channel):
    referral = channel.report("broker1")
    account = _give_password(channel, "onsite")
    account.must_change_password = True
    db.session.commit()
    phone = on("onsite")
    asked = phone.get(f"/m/q/{referral.qr_token}").location
    right = {"old_password": PASSWORD, "new_password": NEW, "repeated": NEW}
    assert phone.post(asked, right).location == f"/m/q/{referral.qr_token}"


@pytest.mark.parametrize("who", ["consultant", "broker1"])
def test_ch_17_customer_events_are_notified_on_the_phone(app, on, channel, who):
    assert on(who).page("/m/messages").one(class_="empty")
    channel.bound("broker1")
    db.session.commit()
    unread = select(func.count()).where(Notification.read_at.is_(None))
    before = db.session.scalar(unread)
    with nothing_changed():
        page = on(who).page("/m/messages")
    assert "王小明" in page.one(class_="cells").text
    assert len(page.all(class_="tag-blue")) == 1
    assert on(who).post("/m/messages/read").location == "/m/messages"
    assert not on(who).page("/m/messages").all(class_="tag-blue")
    assert db.session.scalar(unread) == before - 1
    assert "王小明" not in on("broker2").page("/m/messages").text
    assert Browser(app).get("/m/messages").location == "/m/login?next=/m/messages"


def _openable(page):
    forms = page.all("form", method="post")
    return [one for one in forms if one["action"].split("/")[-1].isdigit()]


def test_ch_36_messages_are_counted_on_the_tab_bar_and_lead_to_their_record(on, channel):
    referral = channel.bound("broker1")
    other = channel.report("broker2")
    db.session.commit()
    home = on("broker1").page("/m/")
    assert home.one("nav", class_="bar").one("b", class_="dot").text == "1"
    page = on("broker1").page("/m/messages")
    (message,) = _openable(page)
    answer = on("broker1").post(message["action"])
    assert (answer.status_code, answer.location) == (303, f"/m/customers/{referral.id}")
    assert not on("broker1").page("/m/").one("nav", class_="bar").all("b", class_="dot")
    read = on("broker1").page("/m/messages")
    assert [a["href"] for a in read.all("a", class_="msg")] == [f"/m/customers/{referral.id}"]
    assert on("broker2").post(message["action"]).status_code == 404
    links = _openable(on("consultant").page("/m/messages"))
    assert on("consultant").post(links[0]["action"]).location == f"/m/assigned/{referral.id}"
    (collision,) = every(Collision)
    assert collision.referral_id == other.id
    director = channel.actor("director").id
    inbox = every(
        Notification, Notification.record_type == "collision", Notification.recipient_id == director
    )
    assert on("director").post(f"/inbox/{inbox[0].id}/read").location == f"/collisions/{collision.id}"
    assert on("director").post(f"/m/messages/{inbox[0].id}").location == f"/collisions/{collision.id}"
