"""ACC-18: strangers neither use up nor stop the codes of a number's owner."""

from __future__ import annotations

import pytest
from sqlalchemy import func, select

from app.kernel import clock
from app.kernel.database.session import db
from app.kernel.keys import keys
from app.notices.outbox.models import OutgoingMessage
from app.org.sessions import credentials
from app.org.sessions.login_sessions import open_session
from app.org.sessions.models import SmsCode
from app.org.sessions.sms_codes import check_code, send_sms_code
from app.org.shared.models import Account
from tests.support.channel.scene import Channel
from tests.support.people.accounts import later, set_setting
from tests.support.web.person import _RAW_TOKEN, Browser

PHONE = "13812345678"


def test_acc_18_tries_of_strangers_do_not_use_up_the_owners_code(database, world):
    app = database.new_app({"KEPAN_RATE_LIMITS": "on"})
    with app.app_context():
        assert send_sms_code(phone=PHONE, purpose="login", source="192.0.2.1")
        code = _code()
        wrong = f"{(int(code) + 1) % 10**6:06d}"
        for stranger in range(4):
            for _ in range(5):
                assert not check_code(PHONE, wrong, "login", source=f"198.51.100.{stranger}")
        assert send_sms_code(phone=PHONE, purpose="login", source="198.51.100.1"), (
            "a stranger asks for one, too"
        )
        assert check_code(PHONE, code, "login", source="192.0.2.1")
        assert not check_code(PHONE, code, "login", source="192.0.2.1"), "good once"


def test_acc_18_guesses_from_all_addresses_together_are_limited(world):
    assert send_sms_code(phone=PHONE, purpose="login", source="192.0.2.1")
    code = _code()
    wrong = f"{(int(code) + 1) % 10**6:06d}"
    for _ in range(6):
        check_code(PHONE, wrong, "login", source="192.0.2.1")
        check_code(PHONE, wrong, "login", source="198.51.100.1")
    row = db.session.scalars(select(SmsCode)).one()
    assert (row.tries, row.foreign_tries) == (5, 5)
    assert not check_code(PHONE, code, "login", source="192.0.2.1")


def test_acc_18_the_installation_has_a_ceiling_of_codes(database, world, monkeypatch):
    set_setting("sms_codes_an_hour", 10)
    accounts = {PHONE: world.actor("broker").id, "13812345670": world.actor("agent").id}
    monkeypatch.setattr(credentials, "_owners", [accounts.get])
    app = database.new_app({"KEPAN_RATE_LIMITS": "on"})
    with app.app_context():
        sent = [
            send_sms_code(phone=f"138123400{n:02d}", purpose="login", source=f"192.0.2.{n}")
            for n in range(12)
        ]
        assert sent == [True] * 8 + [False] * 4, "the last fifth is kept"
        for number in accounts:
            assert send_sms_code(phone=number, purpose="login", source="192.0.2.98")
        assert not send_sms_code(phone=PHONE, purpose="login", source="192.0.2.97")
        with clock.frozen(clock.now()), later(minutes=61):
            assert send_sms_code(phone=PHONE, purpose="login", source="192.0.2.99")


def _code() -> str:
    db.session.rollback()
    row = db.session.scalars(select(OutgoingMessage).order_by(OutgoingMessage.id.desc()).limit(1)).one()
    db.session.commit()
    body = keys().fernet.decrypt(row.body_cipher.encode()).decode()
    return "".join(c for c in body if c.isdigit())[:6]


@pytest.fixture
def limited(database, world):
    """Push the context of the application with its limits on."""
    made = database.new_app({"KEPAN_RATE_LIMITS": "on"})
    with made.app_context():
        yield made


@pytest.fixture
def broker(world):
    """Return a broker, whose number is proved."""
    return Channel(world).brokers["broker1"]


def _use_up(phone: str) -> None:
    """Ask from many addresses until the number gets no more codes from strangers."""
    for minute in range(4):
        with later(minutes=2 * minute):
            for n in range(4):
                send_sms_code(phone=phone, purpose="login", source=f"198.51.100.{10 * minute + n}")


@pytest.mark.parametrize(
    ("source", "is_sent"),
    [("192.0.2.1", True), ("2001:db8:1:2::99", True), ("203.0.113.9", False), ("2001:db8:1:3::1", False)],
)
def test_acc_18_a_network_that_proved_the_number_gets_its_code(limited, broker, source, is_sent):
    user = db.session.get_one(Account, broker.id)
    for origin in ("192.0.2.1", "2001:db8:1:2::1"):
        open_session(user, "phone", by_phone=True, source=origin)
    open_session(user, "phone", source="203.0.113.9")
    with clock.frozen(clock.now()):
        _use_up(broker.phone)
        with later(minutes=9):
            assert not send_sms_code(phone=broker.phone, purpose="login", source="198.51.100.200")
            assert send_sms_code(phone=broker.phone, purpose="login", source=source) is is_sent


def test_acc_18_a_device_that_proved_the_number_gets_its_code_from_anywhere(limited, broker):
    """The device is known after signing out, too; that of somebody else is not."""
    own, foreign = Browser(limited), Browser(limited)
    assert send_sms_code(phone=broker.phone, purpose="login", source="127.0.0.1")
    typed = {"phone": broker.phone, "sms_code": _code()}
    assert own.post("/m/login", typed).status_code == 303
    for browser in (own, foreign):
        with browser.client.session_transaction() as session:
            session["csrf_token"] = _RAW_TOKEN
    own.post("/m/logout")
    assert own.get("/m/").status_code == 302
    with own.client.session_transaction() as session:
        session["csrf_token"] = _RAW_TOKEN
    with clock.frozen(clock.now()):
        _use_up(broker.phone)
        with later(minutes=9):
            assert _asks_from(foreign, broker.phone, "203.0.113.1") == 0
            assert _asks_from(own, broker.phone, "203.0.113.2") == 1
            assert _asks_from(own, broker.phone, "203.0.113.2") == 0, "once a minute"
            assert _asks_from(own, broker.phone, "203.0.113.3") == 1


def _asks_from(browser: Browser, phone: str, address: str) -> int:
    """Press the button at an address; return how many codes were sent."""
    before = _count()
    typed = {"phone": phone, "send_code": "1"}
    sent = browser.post("/m/login", typed, environ_overrides={"REMOTE_ADDR": address})
    assert sent.status_code == 200
    return _count() - before


def _count() -> int:
    db.session.rollback()
    return db.session.scalar(select(func.count()).select_from(SmsCode)) or 0
