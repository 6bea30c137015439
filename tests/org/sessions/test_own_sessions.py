"""ACC-18: sessions have rows; signing out, a changed credential and a reused token end them everywhere."""

from __future__ import annotations

from collections import deque
from functools import partial

import pyotp
import pytest
from sqlalchemy import func, select

from app.channel.brokers.services import edit_broker
from app.channel.consultants.services import edit_consultant
from app.kernel.database.session import db
from app.kernel.keys import keys
from app.kernel.network import network_of
from app.notices.outbox.models import OutgoingMessage
from app.org.accounts import services as accounts
from app.org.sessions import access_events
from app.org.sessions import second_factor as secondfactor
from app.org.sessions.access_events import forget_events
from app.org.sessions.login_sessions import forget_sessions, rotate
from app.org.shared.models import AccessEvent, LoginSession
from app.org.staff.services import edit_staff
from tests.support.channel.scene import Channel
from tests.support.databases.race import race
from tests.support.people.accounts import Authenticator, account, later, set_setting
from tests.support.people.signin import by_api
from tests.support.people.world import PASSWORD
from tests.support.traces import denied
from tests.support.web.clients import ApiClient
from tests.support.web.person import _RAW_TOKEN, Browser

NEW_PASSWORD = "Herbstlaub-2026-gelb"


@pytest.fixture
def channel(world):
    return Channel(world)


def _sign_in(app, way: str = "/login/") -> Browser:
    browser = Browser(app, locale="en")
    assert browser.post(way, {"username": "agent", "password": PASSWORD}).status_code == 303
    with browser.client.session_transaction() as session:
        session["csrf_token"] = _RAW_TOKEN
    return browser


def _copy(app, browser: Browser) -> Browser:
    """Return another browser with the same cookie."""
    other = Browser(app, locale="en")
    with browser.client.session_transaction() as own, other.client.session_transaction() as copied:
        copied.update(own)
    return other


def _is_in(browser: Browser) -> bool:
    return browser.get("/account/password").status_code == 200


def _describe_operation() -> list[str]:
    db.session.rollback()
    rows = db.session.scalars(select(OutgoingMessage).where(OutgoingMessage.purpose == "Change of sign-in"))
    return [keys().fernet.decrypt(row.recipient_cipher.encode()).decode() for row in rows]


@pytest.mark.parametrize(
    ("entrance", "exit_", "page"),
    [("/login/", "/logout/", "/account/password"), ("/m/login?way=password", "/m/logout", "/m/")],
)
def test_acc_18_a_copied_cookie_is_dead_after_signing_out(app, world, entrance, exit_, page):
    browser = _sign_in(app, entrance)
    copied = _copy(app, browser)
    before = copied.get(page).location
    assert browser.post(exit_).status_code == 303
    for one in (browser, copied):
        answer = one.get(page)
        assert answer.status_code == 302
        assert "/login" in answer.location
    assert before is None or "/login" not in before, "it was alive before"


def test_acc_18_a_new_password_ends_the_other_sessions_and_copies_of_this_one(app, world):
    browser, other = _sign_in(app), _sign_in(app)
    copied, tokens = _copy(app, browser), by_api(app, "agent").get_json()
    answer = browser.post(
        "/account/password",
        {"old_password": PASSWORD, "new_password": NEW_PASSWORD, "repeated": NEW_PASSWORD},
    )  # fmt: skip
    assert answer.status_code in {200, 303}
    assert account("agent").session_epoch == 1, answer.get_data(as_text=True)
    assert _is_in(browser)
    assert not _is_in(other)
    assert not _is_in(copied)
    assert ApiClient(app, token=tokens["access_token"]).get("/me").status_code == 401


def test_acc_18_the_second_factor_asks_the_password_first(app, world):
    browser, other = _sign_in(app), _sign_in(app)
    page = browser.page("/account/second-factor")
    secret = page.one("code", class_="totp-key").text.replace(" ", "")
    fields = {"sealed": page.one("input", name="sealed")["value"], "code": pyotp.TOTP(secret).now()}
    for password in ("", "falsch-2026-Xy"):
        assert browser.post("/account/second-factor", {**fields, "password": password}).status_code == 422
        assert not account("agent").has_second_factor
    assert browser.post("/account/second-factor", {**fields, "password": PASSWORD}).status_code == 200
    assert account("agent").has_second_factor
    assert _is_in(browser)
    assert not _is_in(other), "the other sessions end"


def test_acc_18_without_a_password_there_is_no_second_factor(channel):
    actor = channel.actor("broker1")
    user = account(actor.username)
    secret, sealed = secondfactor.new_sealed_secret(user)
    with denied("second_factor.no_password"):
        accounts.enable_second_factor(sealed=sealed, code=pyotp.TOTP(secret).now(), password="", actor=actor)


def test_acc_18_switching_the_second_factor_off_ends_the_other_sessions(app, world):
    Authenticator("agent")
    browser, other = Browser(app, "agent"), Browser(app, "agent")
    assert browser.post("/account/second-factor/off", {"password": PASSWORD}).status_code == 303
    assert not account("agent").has_second_factor
    assert _is_in(browser)
    assert not _is_in(other)


def test_acc_18_a_phone_changed_by_the_office_ends_the_sessions_and_notifies_the_former_number(app, channel):
    broker = channel.brokers["broker1"]
    former, browser = broker.phone, Browser(app, channel.username("broker1"))
    assert browser.get("/m/").status_code == 200
    edit_broker(broker.id, phone="13966667777", actor=channel.admin)
    assert "/login" in (browser.get("/m/").location or "")
    assert _describe_operation() == [former]


def test_acc_18_a_new_phone_with_a_new_password_is_told_to_the_former_number(app, world):
    pk = world.actor("agent").id
    edit_staff(pk, phone="13911110001", actor=world.actor("admin"))
    assert _describe_operation() == [], "there was no number before"
    changed = {"phone": "13922220002", "password": NEW_PASSWORD}
    assert ApiClient(app, "admin").patch(f"/staff/{pk}", changed).status_code == 200
    assert _describe_operation() == ["13911110001"] * 2, "of the phone, and of the password"


def test_acc_18_a_phone_alone_is_told_to_the_former_number_too(app, world):
    """Whoever changes the password a moment later is known to the person by then."""
    pk, admin = world.actor("agent").id, world.actor("admin")
    for phone in ("13911110001", "13922220002", None):
        edit_staff(pk, phone=phone, actor=admin)
    edit_staff(pk, phone=None, actor=admin)
    assert _describe_operation() == ["13911110001", "13922220002"]


def test_acc_18_a_consultants_former_number_is_told_likewise(channel):
    pk = channel.world.actor("consultant").id
    edit_staff(pk, phone="13911110001", actor=channel.admin)
    edit_consultant(pk, phone="13922220002", password=NEW_PASSWORD, actor=channel.admin)
    assert _describe_operation()[-2:] == ["13911110001"] * 2


def test_acc_18_the_phone_has_lifetimes_of_its_own(app, world):
    browser = _sign_in(app, "/m/login?way=password")
    for days in (29, 58, 87):
        with later(days=days):
            assert browser.get("/m/").status_code == 200, days
    with later(days=91):
        assert browser.get("/m/").status_code == 302, "ninety days in any case"
    idle = _sign_in(app, "/m/login?way=password")
    with later(days=31):
        assert idle.get("/m/").status_code == 302


def test_acc_18_a_refresh_token_is_good_once_and_reuse_ends_everything(app, world):
    browser = _sign_in(app)
    tokens = by_api(app, "agent").get_json()
    renewed = ApiClient(app, token=tokens["refresh_token"]).post("/security/refresh").get_json()
    assert ApiClient(app, token=renewed["access_token"]).get("/me").status_code == 200
    assert ApiClient(app, token=tokens["refresh_token"]).post("/security/refresh").status_code == 401
    assert ApiClient(app, token=renewed["access_token"]).get("/me").status_code == 401
    assert ApiClient(app, token=renewed["refresh_token"]).post("/security/refresh").status_code == 401
    assert not _is_in(browser)


def test_acc_18_of_two_uses_of_one_refresh_token_a_single_one_succeeds(app, world):
    by_api(app, "agent")
    row = db.session.scalars(select(LoginSession).where(LoginSession.kind == "api")).one()
    outcomes = race(app, [partial(rotate, row.key, row.refresh_id, f"next-{n}") for n in range(6)])
    assert sorted(outcomes) == [False] * 5 + [True]


def test_acc_18_the_api_signs_out(app, world):
    tokens = by_api(app, "agent").get_json()
    client = ApiClient(app, token=tokens["access_token"])
    assert client.post("/security/logout").status_code == 200
    assert client.get("/me").status_code == 401
    assert ApiClient(app, token=tokens["refresh_token"]).post("/security/refresh").status_code == 401


def test_acc_18_a_person_sees_and_ends_their_own_sessions_only(app, world):
    browser, other = _sign_in(app), _sign_in(app)
    Browser(app, "agent2")
    items = browser.get("/api/v1/sessions").get_json()["items"]
    assert [one["is_present"] for one in items].count(True) == 1
    assert len(items) == 2
    theirs = next(one["id"] for one in items if not one["is_present"])
    assert Browser(app, "agent2").client.get("/account/sessions").status_code == 200
    assert ApiClient(app, "agent2").delete(f"/sessions/{theirs}").status_code == 404
    assert _is_in(other)
    assert browser.post(f"/account/sessions/{theirs}/end").status_code == 303
    assert not _is_in(other)
    assert _is_in(browser)


def test_acc_18_an_administrator_sees_and_ends_everybodys(app, world):
    agent = Browser(app, "agent")
    admin = Browser(app, "admin")
    html = admin.get("/account/sessions?whose=all").get_data(as_text=True)
    assert world.actor("agent").name in html
    assert world.actor("admin").name not in Browser(app, "agent").get("/account/sessions?whose=all").get_data(
        as_text=True
    )
    row = db.session.scalars(
        select(LoginSession).where(LoginSession.account_id == world.actor("agent").id)
    ).first()
    assert ApiClient(app, "admin").delete(f"/sessions/{row.id}").status_code == 200
    assert not _is_in(agent)


@pytest.fixture
def room(monkeypatch):
    """Reset the limit of events per minute."""
    monkeypatch.setattr(access_events, "_written", deque())


def _events() -> list[tuple[str, int, str]]:
    db.session.expire_all()
    rows = db.session.scalars(select(AccessEvent).order_by(AccessEvent.id))
    return [(row.kind, row.status, row.code) for row in rows]


def test_acc_18_sign_ins_failures_and_refusals_are_kept_without_personal_data(app, world, room):
    anonymous = Browser(app)
    anonymous.post("/login/", {"username": "agent", "password": "falsch-2026-Xy"})
    anonymous.get("/api/v1/customers?phone=13812349999")
    browser = _sign_in(app)
    browser.get("/customers/999999")
    browser.open("POST", "/customers/new", data={"name": "Tom"})
    Browser(app, "agent").get("/settings/")
    browser.get("/no-such-page")
    assert _events() == [
        ("sign_in_failed", 401, "password"),
        ("refused", 401, ""),
        ("sign_in", 200, "office"),
        ("refused", 404, ""),
        ("refused", 400, "csrf"),
        ("refused", 403, ""),
    ]
    rows = db.session.scalars(select(AccessEvent))
    kept = " ".join(str(getattr(row, column.key)) for row in rows for column in AccessEvent.__table__.c)
    assert not any(word in kept for word in ("13812349999", "127.0.0.1", "Tom", "/customers"))


def test_acc_18_a_flood_of_refusals_hides_no_sign_in(app, world, room, monkeypatch):
    monkeypatch.setattr(access_events, "MOST_A_MINUTE", 5)
    anonymous = Browser(app)
    for _ in range(8):
        anonymous.get("/api/v1/customers")
    anonymous.post("/login/", {"username": "agent", "password": "falsch-2026-Xy"})
    _sign_in(app)
    assert _events() == [
        *[("refused", 401, "")] * 5,
        ("sign_in_failed", 401, "password"),
        ("sign_in", 200, "office"),
    ]


def test_acc_18_what_is_kept_is_forgotten_after_its_time(app, world, room):
    _sign_in(app)
    assert forget_events() == forget_sessions() == 0
    set_setting("access_event_days", 30)
    with later(days=31):
        assert forget_events(dry_run=True) == 1
        assert forget_events() == 1
    with later(days=200):
        assert forget_sessions() >= 1
    assert db.session.scalar(select(func.count()).select_from(LoginSession)) == 0


def test_acc_18_an_account_without_a_password_collects_no_failures(app, channel):
    name = channel.username("broker1")
    for _ in range(6):
        by_api(app, name, "falsch-2026-Xy")
    assert (account(name).fail_login_count or 0, account(name).locked_until) == (0, None)
    http = ApiClient(app, account(name).username)
    for _ in range(6):
        typed = {"old_password": "falsch-2026-Xy", "new_password": NEW_PASSWORD}
        assert http.post("/me/password", typed).status_code == 422
    assert (account(name).fail_login_count or 0, account(name).locked_until) == (0, None)


@pytest.mark.parametrize(
    ("address", "counted"),
    [
        ("192.0.2.7", "192.0.2.7"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("2001:db8:1:2:ffff::1", "2001:db8:1:2::/64"),
        ("fe80::1%eth0", "fe80::/64"),
        ("::ffff:192.0.2.7", "192.0.2.7"),
        ("", ""),
    ],
)
def test_acc_18_an_ipv6_address_is_counted_by_its_network(address, counted):
    assert network_of(address) == counted
