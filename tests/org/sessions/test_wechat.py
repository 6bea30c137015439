"""CH-3, CH-28: sign-in by the mini-program: a person's WeChat belongs to one account, linked by a proved
phone number. The platform is a real HTTP server of the tests.
"""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select

from app.audit.models import OperationLog
from app.channel.visitors.models import Visitor
from app.kernel.access.guard import unscoped
from app.kernel.database.session import db
from app.kernel.keys import keys
from app.notices.outbox.models import OutgoingMessage
from app.org.sessions import wechat
from app.org.sessions.models import WechatLink
from app.org.sessions.passwords import hash_password
from app.org.sessions.sms_codes import send_sms_code
from app.org.sessions.wechat_provider import HttpMiniProgram, Identity, UnreachableError
from config import InsecureSettingsError, read_settings
from tests.support.channel.scene import Channel
from tests.support.people.accounts import Authenticator, account, later, username_of
from tests.support.people.world import PASSWORD
from tests.support.processes.gateways import Gateway, serving
from tests.support.web.clients import ApiClient

SECRET, OPENID = "wx-secret-7", "oABC-1"
PHONE = "13800138111"
NEWCOMER = {"name": "郑九", "consent_version": "2026-01"}


@pytest.fixture(scope="module")
def platform():
    with serving(Gateway()) as server:
        yield server


@pytest.fixture
def said(platform, world, app, monkeypatch):
    """``said(openid)``: set the platform's next response; ``phone`` is its response to the request for the
    number.
    """
    platform.received.clear()
    platform.answers.clear()
    settings = replace(
        app.config["KEPAN"],
        wechat_url=platform.url[: -len("/send")],
        wechat_appid="wx1",
        wechat_secret=SECRET,
    )
    monkeypatch.setitem(app.config, "KEPAN", settings)

    def say(openid: str = OPENID, phone: str = "") -> None:
        answers = [{"openid": openid, "session_key": "never kept"}]
        if phone:
            answers += [{"access_token": "t"}, {"errcode": 0, "phone_info": {"purePhoneNumber": phone}}]
        platform.answers += [(200, json.dumps(one).encode()) for one in answers]

    return say


@pytest.fixture
def channel(world):
    return Channel(world)


def ask(app, path: str, **body):
    return ApiClient(app).post(path, body)


def login(app, **more):
    return ask(app, "/wechat/login", code="c0de", **more)


def ticket_of(app, said, **answer_of_platform) -> str:
    said(**answer_of_platform)
    answer = login(app, **({"phone_code": "p"} if answer_of_platform.get("phone") else {}))
    assert answer.status_code == 200
    assert set(answer.json) == {"wechat_ticket", "valid_seconds", "phone"}
    return answer.json["wechat_ticket"]


def sms(phone: str, purpose: str) -> str:
    """Return the code that was sent, as its recipient reads it."""
    assert send_sms_code(phone=phone, purpose=purpose)
    message = db.session.scalars(select(OutgoingMessage).order_by(OutgoingMessage.id.desc()).limit(1)).one()
    body = keys().fernet.decrypt(message.body_cipher.encode()).decode()
    return "".join(c for c in body if c.isdigit())[:6]


def who(app, answer) -> str:
    """Return the owner of the tokens."""
    assert answer.status_code in {200, 201}, answer.json
    return ApiClient(app, token=answer.json["access_token"]).get("/me").json["username"]


def links() -> dict[int, str]:
    db.session.rollback()
    rows = db.session.scalars(select(WechatLink)).all()
    return {one.account_id: keys().fernet.decrypt(one.openid_cipher.encode()).decode() for one in rows}


def test_ch_3_a_registration_with_a_ticket_links_and_signs_in_from_then_on(app, said, channel, platform):
    body = {**NEWCOMER, "phone": PHONE, "company_id": channel.companies[0].id, "kind": "broker"}
    ticket = ticket_of(app, said)
    assert OPENID not in ticket
    made = ask(app, "/brokers/register", **body, sms_code=sms(PHONE, "register"), wechat_ticket=ticket)
    assert made.status_code == 201
    said()
    assert who(app, login(app)) == username_of(made.json["id"])
    assert links() == {made.json["id"]: OPENID}
    asked = platform.received[0]
    assert asked["path"] == "/sns/jscode2session"
    assert asked["query"] == {
        "appid": "wx1", "secret": SECRET, "js_code": "c0de", "grant_type": "authorization_code",
    }  # fmt: skip
    rows = select(OperationLog.operation).where(
        OperationLog.record_type == "account", OperationLog.record_id == made.json["id"]
    )
    assert "account.wechat" in db.session.scalars(rows).all()


def test_ch_3_a_number_that_wechat_proved_needs_no_code(app, said, channel, platform):
    ticket = ticket_of(app, said, phone=PHONE)
    assert [one.get("path") for one in platform.received[:2]] == ["/sns/jscode2session", "/cgi-bin/token"]
    assert platform.received[2]["body"] == {"code": "p"}
    body = {**NEWCOMER, "wechat_ticket": ticket}
    other = ask(app, "/visitors/register", **body, phone="13800138112")
    assert (other.status_code, [*other.json["fields"]]) == (422, ["sms_code"])
    made = ask(app, "/visitors/register", **body, phone=PHONE)
    assert made.status_code == 201
    said()
    assert who(app, login(app)) == username_of(made.json["id"])


def test_ch_3_a_proved_number_of_an_account_signs_in_at_once(app, said, channel):
    broker = channel.brokers["broker1"]
    said(phone=broker.phone)
    assert who(app, login(app, phone_code="p")) == username_of(broker.id)
    assert links() == {broker.id: OPENID}


def test_ch_3_a_sign_in_by_sms_links_and_a_newer_wechat_takes_the_place(app, said, channel):
    broker = channel.brokers["broker1"]
    for openid in (OPENID, "oABC-2"):
        ticket = ticket_of(app, said, openid=openid)
        code = sms(broker.phone, "login")
        answer = ask(app, "/security/sms-login", phone=broker.phone, code=code, wechat_ticket=ticket)
        assert who(app, answer) == username_of(broker.id)
        assert links() == {broker.id: openid}
    said(OPENID)
    assert "wechat_ticket" in login(app).json, "the former one is nobody's again"


def test_ch_3_a_ticket_linked_meanwhile_is_refused_and_no_account_is_created(app, said, channel):
    first, second = ticket_of(app, said), ticket_of(app, said)
    body = {**NEWCOMER, "phone": PHONE, "sms_code": sms(PHONE, "register"), "wechat_ticket": first}
    assert ask(app, "/visitors/register", **body).status_code == 201
    other = "13800138112"
    body = {**NEWCOMER, "phone": other, "sms_code": sms(other, "register"), "wechat_ticket": second}
    answer = ask(app, "/visitors/register", **body)
    assert (answer.status_code, answer.json["code"]) == (409, "wechat.linked")
    with unscoped("test: how many there are"):
        assert len(db.session.scalars(select(Visitor)).all()) == 1


def test_ch_3_a_false_or_old_ticket_opens_nothing(app, said, channel, monkeypatch):
    old = wechat.make_ticket(Identity(OPENID, PHONE))
    monkeypatch.setattr(wechat, "TICKET_VALID", timedelta(seconds=-1))
    for ticket in ("none", "x" * 300, "密", keys().fernet.encrypt(b'"{}"').decode(), old):
        answer = ask(app, "/visitors/register", **NEWCOMER, phone=PHONE, wechat_ticket=ticket)
        assert (answer.status_code, [*answer.json["fields"]]) == (422, ["wechat_ticket"])
    assert links() == {}


def test_acc_12_a_second_factor_is_asked_for_here_too(app, said, channel):
    broker = channel.brokers["broker1"]
    account(username_of(broker.id)).password = hash_password(PASSWORD)  # an administrator may set a password
    db.session.commit()
    app_on_phone = Authenticator(username_of(broker.id))
    wechat.link(account(username_of(broker.id)), Identity(OPENID))
    said()
    answer = login(app)
    assert (answer.status_code, answer.json["code"]) == (401, "auth.otp_required")
    said()
    with later(seconds=60):
        assert who(app, login(app, otp=app_on_phone.code())) == username_of(broker.id)


def test_ch_3_a_closed_account_is_not_entered(app, said, channel):
    broker = channel.brokers["broker1"]
    wechat.link(account(username_of(broker.id)), Identity(OPENID))
    account(username_of(broker.id)).active = False
    db.session.commit()
    said()
    answer = login(app)
    assert (answer.status_code, answer.json["code"]) == (409, "wechat.account_closed")


REFUSALS = [
    (200, b'{"errcode": 40029, "errmsg": "invalid code"}', 401, "auth.required"),
    (200, b'{"errcode": -1, "errmsg": "busy"}', 409, "wechat.unavailable"),
    (200, b'{"openid": ""}', 409, "wechat.unavailable"),
    (200, b"[]", 409, "wechat.unavailable"),
    (200, b"no JSON", 409, "wechat.unavailable"),
    (500, b"down", 409, "wechat.unavailable"),
]


def test_ch_3_a_refusal_by_the_platform_is_reported_and_no_secret_is_logged(app, said, platform, capfd):
    for status, answer, expected, code in REFUSALS:
        platform.answers.append((status, answer))
        found = login(app)
        assert (found.status_code, found.json["code"]) == (expected, code)
    written = "".join(capfd.readouterr())
    assert SECRET not in written
    assert "c0de" not in written


def test_ch_3_without_settings_or_a_server_it_says_so(app, world):
    answer = login(app)
    assert (answer.status_code, answer.json["code"]) == (409, "wechat.not_configured")
    assert ask(app, "/wechat/login").status_code == 422
    with pytest.raises(UnreachableError):
        HttpMiniProgram("http://127.0.0.1:9", "wx1", SECRET).exchange("c0de")
    assert SECRET not in repr(HttpMiniProgram("http://127.0.0.1:9", "wx1", SECRET))


def test_plat_16_half_configured_is_refused(tmp_path):
    env = {"KEPAN_DATA_DIR": str(tmp_path), "KEPAN_WECHAT_URL": "https://api.weixin.qq.com"}
    with pytest.raises(InsecureSettingsError, match="KEPAN_WECHAT_SECRET"):
        read_settings(env)
    found = read_settings({**env, "KEPAN_WECHAT_APPID": "wx1", "KEPAN_WECHAT_SECRET": SECRET})
    assert found.wechat_appid == "wx1"
    assert SECRET not in repr(found)


def test_acc_12_tries_are_limited_by_address(database, world):
    limited = database.new_app({"KEPAN_RATE_LIMITS": "on"})
    answers = [ask(limited, "/wechat/login", code="c0de").status_code for _ in range(22)]
    assert answers[0] == 409
    assert answers[-1] == 429
