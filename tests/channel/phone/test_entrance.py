"""CH-3, CH-28: signing in and registering on the phone."""

from __future__ import annotations

from io import BytesIO

import pytest

from app.channel.brokers import services as brokers
from app.channel.brokers.models import Broker
from app.channel.shared.privacy_notice import NOTICE_VERSION
from app.channel.shared.settings import BROKERS_REGISTER, VISITORS_REGISTER
from app.channel.visitors.models import Visitor
from app.kernel.database.session import db
from app.kernel.files.attachments import files_of
from app.notices.outbox.models import OutgoingMessage
from app.org.accounts import services as accounts
from app.org.sessions.passwords import hash_password
from tests.support.channel.scene import count, every, notices_of, operations, sent_code
from tests.support.documents import jpeg
from tests.support.people.accounts import Authenticator, account, later, set_setting, username_of
from tests.support.people.world import PASSWORD
from tests.support.web.pages import Page
from tests.support.web.person import Browser

# No test here depends on the kind of database.
pytestmark = pytest.mark.parametrize("database", ["sqlite"], indirect=True)

NEW = "13812345678"


def send(browser, path, **data):
    """Press the button that sends a code; return the page."""
    return browser.submit(path, {**data, "send_code": "1"}, 200)


def person(**more):
    return {"phone": NEW, "name": "郑九", "consent_version": NOTICE_VERSION, **more}


def test_ch_3_a_broker_registers_with_a_proved_number_and_works_at_once(app, channel):
    browser, path = Browser(app), "/m/register/broker"
    typed = person(company_id=str(channel.companies[0].id))
    asked = send(browser, path, **typed)
    assert asked.values()["name"] == "郑九", "what was typed stays while the code is sent"
    assert asked.values()["company_id"] == typed["company_id"]
    assert "138****5678" in asked.text
    assert NEW not in asked.one("p", role="status").text
    assert asked.one("button", name="send_code")["data-wait"] == "60"
    wrong = browser.submit(path, {**typed, "sms_code": "000000"}, 422)
    assert set(wrong.errors()) == {"sms_code"}
    assert 0 < int(wrong.one("button", name="send_code")["data-wait"]) <= 60, "no other code is sent yet"
    answer = browser.post(path, {**typed, "sms_code": sent_code()})
    assert (answer.status_code, answer.location) == (303, "/m/")
    made = every(Broker, Broker.phone == NEW)[0]
    assert (made.name, made.kind, made.consent_version) == ("郑九", "broker", NOTICE_VERSION)
    home = browser.page("/m/")
    assert "郑九" in home.one("h1").text
    assert [a["href"] for a in home.one("nav", class_="bar").all("a")] == [
        "/m/",
        "/m/report",
        "/m/customers",
        "/m/me",
    ]
    assert browser.page("/m/report").form()


def test_ch_3_plat_14_missing_values_are_errors_and_no_code_is_used_up(app, channel):
    browser, path = Browser(app), "/m/register/broker"
    send(browser, path, **person())
    code = sent_code()
    page = browser.submit(path, {"phone": NEW, "sms_code": code, "consent_version": "2020-01"}, 422)
    assert set(page.errors()) == {"name", "company_id", "consent_version"}
    assert page.values()["sms_code"] == code
    assert page.one("input", autofocus="")["name"] == "name", "the first wrong one"
    complete = person(company_id=str(channel.companies[0].id), sms_code=code)
    assert browser.post(path, complete).status_code == 303


def test_ch_3_a_code_is_asked_for_a_number_only(app, channel):
    browser = Browser(app)
    before = count(OutgoingMessage)
    page = browser.submit("/m/register/broker", {"phone": "12", "send_code": "1"}, 422)
    assert set(page.errors()) == {"phone"}
    assert (
        browser.open("POST", "/m/register/broker", data={"phone": NEW, "send_code": "1"}).status_code == 400
    )
    assert count(OutgoingMessage) == before, "nothing is sent for no number, nor without the form's token"


def test_ch_3_a_number_registers_once(app, channel):
    browser = Browser(app)
    typed = person(phone="13900000001", company_id=str(channel.companies[0].id))
    send(browser, "/m/register/broker", **typed)
    page = browser.submit("/m/register/broker", {**typed, "sms_code": sent_code()}, 409)
    assert set(page.errors()) == {"phone"}


def test_ch_3_a_company_is_found_by_a_part_of_its_name(app, channel):
    browser = Browser(app)
    page = browser.submit(
        "/m/register/broker", {**person(), "company_search": "锦程", "find_company": "1"}, 200
    )
    options = [o.text for o in page.one("select", id="company_id").all("option")]
    assert options[1:] == ["锦程不动产"]
    assert page.values()["name"] == "郑九"


def test_ch_3_a_company_on_site_waits_sees_the_reason_and_submits_again(app, channel, world):
    browser, path = Browser(app), "/m/register/onsite"
    typed = person(company_id=str(channel.companies[0].id))
    send(browser, path, **typed)
    browser.post(path, {**typed, "sms_code": sent_code()})
    made = every(Broker, Broker.phone == NEW)[0]
    assert (made.kind, made.review_state) == ("company_onsite", "pending")
    browser = Browser(app, username_of(made.id))
    assert "您的注册正在等待审核" in browser.page("/m/").text
    for page in ("/m/report", "/m/customers", "/m/brokers", f"/m/projects/{channel.project.id}"):
        assert browser.get(page).location == "/m/", "pages lead to what is waited for"
    assert browser.post("/m/report", {"family_name": "王"}).status_code == 403
    brokers.review_broker(made.id, approve=False, reason="公司名称不对", actor=world.actor("director"))
    rejected = browser.page("/m/")
    assert "公司名称不对" in rejected.text
    assert browser.post("/m/review").location == "/m/"
    assert "公司名称不对" not in browser.page("/m/").text
    assert browser.post("/m/review").status_code == 409, "once"
    brokers.review_broker(made.id, approve=True, actor=world.actor("director"))
    assert browser.page("/m/report").form()
    assert len(notices_of(made.id)) == 2


def test_ch_28_a_visitor_registers_and_has_a_code(app, channel):
    browser, path = Browser(app), "/m/register/visitor"
    send(browser, path, **person())
    assert browser.post(path, {**person(nickname="小郑"), "sms_code": sent_code()}).location == "/m/"
    made = every(Visitor)[0]
    page = browser.page("/m/code")
    assert page.one("div", class_="code").text == made.code
    assert NEW not in page.text
    picture = browser.get(page.one("img", class_="qr")["src"])
    assert (picture.mimetype, picture.get_data()[:4]) == ("image/png", b"\x89PNG")
    assert channel.project.name in browser.page("/m/").text


def test_ch_28_a_visitor_may_register_with_a_picture(app, channel):
    browser, path = Browser(app), "/m/register/visitor"
    send(browser, path, **person())
    typed = {**person(nickname="小郑"), "sms_code": sent_code()}
    wrong = browser.submit(path, {**typed, "avatar": (BytesIO(b"no picture"), "me.png")}, 422)
    assert "avatar" in wrong.errors()
    assert browser.post(path, {**typed, "avatar": (BytesIO(jpeg()), "me.jpg")}).location == "/m/"
    (picture,) = db.session.scalars(files_of(Visitor.__files__, [every(Visitor)[0].id]))
    assert picture.name == "me.jpg"
    assert operations(every(Visitor)[0]) == ["visitor.register", "visitor.avatar"]


@pytest.mark.parametrize(
    ("setting", "gone"),
    [(BROKERS_REGISTER, "/m/register/broker"), (VISITORS_REGISTER, "/m/register/visitor")],
)
def test_ch_27_where_registration_is_switched_off_it_is_not_offered(app, channel, world, setting, gone):
    set_setting(setting.name, value=False)
    browser = Browser(app)
    links = [a["href"] for a in browser.page("/m/register").all("a", class_="cell")]
    assert gone not in links
    assert len(links) in {1, 2}
    send(browser, gone, **person(company_id=str(channel.companies[0].id)))
    typed = person(company_id=str(channel.companies[0].id), sms_code=sent_code())
    assert "注册" in browser.submit(gone, typed, 409).one(role="alert").text


def test_ch_3_sign_in_by_a_code(app, channel):
    browser = Browser(app)
    send(browser, "/m/login?next=/m/customers", phone="13900000001")
    code = sent_code()
    page = browser.submit("/m/login", {"phone": "13900000001", "sms_code": "000000"}, 401)
    assert set(page.errors()) == {"sms_code"}
    assert page.values()["phone"] == "13900000001"
    answer = browser.post("/m/login?next=/m/customers", {"phone": "13900000001", "sms_code": code})
    assert (answer.status_code, answer.location) == (303, "/m/customers")
    assert browser.page("/m/me").text.count("13900000001") == 1


def test_ch_3_an_unknown_number_is_answered_like_a_known_one(app, channel):
    known, unknown = (send(Browser(app), "/m/login", phone=n) for n in ("13900000001", "13899990000"))
    assert known.one("p", role="status").text.replace("139****0001", "") == unknown.one(
        "p", role="status"
    ).text.replace("138****0000", "")
    refused = [
        Browser(app).submit("/m/login", {"phone": n, "sms_code": "000000"}, 401).errors()
        for n in ("13900000001", "13899990000")
    ]
    assert refused[0] == refused[1]


@pytest.mark.parametrize(
    ("wanted", "given"),
    [
        ("/m/customers?tab=bound", "/m/customers?tab=bound"),
        ("", "/m/"),
        ("https://evil.example/m/", "/m/"),
        ("//evil.example", "/m/"),
        ("/\\evil.example", "/m/"),
        ("/\t/evil.example", "/m/"),
        ("javascript:alert(1)", "/m/"),
    ],
)
def test_ch_3_sign_in_by_password_and_back_to_a_page_of_ours_only(app, channel, wanted, given):
    browser = Browser(app)
    answer = browser.post(
        "/m/login",
        {"username": "broker", "password": PASSWORD},
        query_string={"way": "password", "next": wanted},
    )
    assert (answer.status_code, answer.location) == (303, given)


def test_ch_3_a_wrong_password_keeps_the_name_and_never_shows_the_password(app):
    page = Browser(app).submit("/m/login?way=password", {"username": "broker", "password": "wrong-word"}, 401)
    assert page.values()["username"] == "broker"
    assert "wrong-word" not in page.response.get_data(as_text=True)


@pytest.mark.parametrize(
    ("key", "where"),
    [("director", None), ("agent", None), ("onsite", "/m/scan"), ("consultant", "/m/tours")],
)
def test_ch_3_landing_by_role(phone, key, where):
    response = phone(key).get("/m/")
    if where and response.status_code == 302:
        assert response.location.startswith("/m/")
    else:
        assert [a["href"] for a in Page(response).all("a", class_="btn")] == ["/"]


def test_ch_3_sign_in_does_not_return_to_itself(phone):
    for path in ("/m/", "/m/customers?tab=bound", "/m/me", "/m/code"):
        answer = phone().get(path)
        assert answer.status_code == 302
        assert answer.location.startswith("/m/login?next=")
    assert "next=/m/customers?tab%3Dbound" in phone().get("/m/customers?tab=bound").location


def test_ch_3_signing_out_ends_the_session_and_keeps_the_language(app, channel):
    browser = Browser(app, channel.username("broker1"), locale="en")
    assert browser.post("/m/logout").location == "/m/login"
    page = browser.page("/m/login")
    assert page.one("html")["lang"] == "en"
    assert browser.get("/m/me").status_code == 302


def test_plat_13_refusals_below_m_look_like_the_phone(phone):
    page = phone("broker1").page("/m/customers/999", 404)
    assert next(link["href"] for link in page.all("link", rel="stylesheet")).startswith(
        "/static/kepan/phone-"
    )
    assert page.one("a", class_="btn")["href"] == "/m/"


def test_acc_12_a_second_factor_is_asked_for_on_the_phone_too(app, world):
    phone = Authenticator("onsite")
    browser = Browser(app)
    typed = {"username": "onsite", "password": PASSWORD}
    answer = browser.post("/m/login?way=password&next=/m/customers", typed)
    assert (answer.status_code, answer.location) == (303, "/m/login/code?next=/m/customers")
    assert browser.get("/m/me").status_code == 302, "the password alone opens nothing"
    page = browser.page(answer.location)
    sent = {"csrf_token": page.one("input", name="csrf_token")["value"]}
    wrong = browser.client.post(answer.location, data={**sent, "code": "000000"})
    assert (wrong.status_code, set(Page(wrong).errors())) == (401, {"code"})
    with later(seconds=30):
        opened = browser.client.post(answer.location, data={**sent, "code": phone.code()})
    assert (opened.status_code, opened.location) == (303, "/m/customers")
    assert Browser(app).get("/m/login/code").location == "/m/login"


def test_acc_12_a_proved_number_and_a_second_factor_need_no_new_password(app, channel):
    number = channel.username("broker1")
    account(number).password = hash_password(PASSWORD)  # an administrator may set a password
    db.session.commit()
    phone, user = Authenticator(number), account(number)
    user.must_change_password = True
    db.session.commit()
    browser = Browser(app)
    send(browser, "/m/login", phone="13900000001")
    asked = browser.post("/m/login", {"phone": "13900000001", "sms_code": sent_code()}).location
    assert asked == "/m/login/code"
    sent = {"csrf_token": browser.page(asked).one("input", name="csrf_token")["value"]}
    with later(seconds=30):
        assert browser.client.post(asked, data={**sent, "code": phone.code()}).location == "/m/"
        assert browser.get("/m/me").status_code == 200


def test_ch_13_the_office_staffs_way_in_keeps_where_one_wanted_to_go(app, channel):
    page = Browser(app).page("/m/login?next=/m/q/abc")
    assert "/login/?next=/m/q/abc" in [a["href"] for a in page.all("a")]


def test_acc_13_a_first_password_is_changed_before_anything_else(app, world):
    user = account("onsite")
    accounts.reset_password(user, password="Erste-Ente-2026", actor=world.actor("admin"))
    db.session.commit()
    browser = Browser(app)
    answer = browser.post("/m/login?way=password", {"username": "onsite", "password": "Erste-Ente-2026"})
    assert answer.location == "/m/"
    for path in ("/m/", "/m/me", "/m/customers"):
        assert browser.get(path).location == f"/m/password?next={path}"


def _proved(browser, phone=NEW):
    send(browser, "/m/login", phone=phone)
    return browser.post("/m/login", {"phone": phone, "sms_code": sent_code()})


def test_ch_31_a_number_without_an_account_continues_to_registration(app, channel):
    browser = Browser(app)
    answer = _proved(browser)
    assert (answer.status_code, answer.location) == (303, "/m/register")
    assert "还没有注册" in browser.page("/m/register").text
    path = "/m/register/broker"
    page = browser.page(path)
    assert page.values()["phone"] == NEW
    assert "sms_code" not in page.values(), "the code is proved already"
    typed = person(company_id=str(channel.companies[0].id), nickname="小郑")
    picture = {"avatar": (BytesIO(jpeg()), "me.jpg")}
    assert browser.submit(path, {**typed, "name": ""}, 422).values()["phone"] == NEW
    answer = browser.post(path, {**typed, **picture})
    assert (answer.status_code, answer.location) == (303, "/m/")
    (made,) = every(Broker, Broker.phone == NEW)
    files = db.session.scalars(files_of("broker", [made.id])).all()
    assert (made.name, made.nickname, len(files)) == ("郑九", "小郑", 1)


def test_ch_31_the_proof_is_good_for_its_number_and_once(app, channel):
    browser, path = Browser(app), "/m/register/broker"
    _proved(browser)
    typed = person(company_id=str(channel.companies[0].id))
    other = browser.submit(path, {**typed, "phone": "13812345679"}, 422)
    assert set(other.errors()) == {"phone"}
    set_setting("brokers_register", value=False)
    assert browser.post(path, typed).status_code == 409
    set_setting("brokers_register", value=True)
    assert set(browser.submit(path, typed, 422).errors()) == {"sms_code"}
    assert every(Broker, Broker.phone == NEW) == []


def test_ch_31_another_number_is_proved_by_its_own_code(app, channel):
    browser = Browser(app)
    _proved(browser)
    link = browser.page("/m/register/visitor").one("a", href="/m/register/visitor?other=1")
    page = browser.page(link["href"])
    assert (page.values()["phone"], page.values()["sms_code"]) == ("", "")


def test_ch_31_a_wrong_code_or_a_closed_account_proves_nothing(app, channel):
    browser = Browser(app)
    send(browser, "/m/login", phone=NEW)
    browser.submit("/m/login", {"phone": NEW, "sms_code": "000000"}, 401)
    assert "sms_code" in browser.page("/m/register/broker").values()
    channel.brokers["broker1"].account.active = False
    db.session.commit()
    send(browser, "/m/login", phone="13900000001")
    browser.submit("/m/login", {"phone": "13900000001", "sms_code": sent_code()}, 401)
