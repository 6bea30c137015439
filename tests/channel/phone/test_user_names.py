"""ACC-18: people who register get an unguessable user name, and sign in with their number."""

from __future__ import annotations

import pytest

from app.channel.shared.privacy_notice import NOTICE_VERSION
from app.channel.visitors import services as visitors
from app.kernel.access.actor import SYSTEM
from app.kernel.database.session import db
from app.org.sessions.passwords import hash_password
from app.org.shared.models import Account
from tests.support.channel.scene import sent_code
from tests.support.people.accounts import username_of
from tests.support.people.signin import by_api
from tests.support.people.world import PASSWORD
from tests.support.web.person import Browser

# No test here depends on the kind of database.
pytestmark = pytest.mark.parametrize("database", ["sqlite"], indirect=True)
NEW = "13812345678"


def test_acc_18_user_names_of_those_who_register_cannot_be_guessed_and_their_number_signs_in(app, channel):
    visitor = visitors.register_visitor(phone=NEW, name="方一", consent_version=NOTICE_VERSION, actor=SYSTEM)
    broker = channel.brokers["broker1"]
    for pk, code in ((broker.id, broker.number), (visitor.id, visitor.code)):
        name = username_of(pk)
        assert (code in name, name[:1], len(name)) == (False, "u", 25)
        db.session.get_one(Account, pk).password = hash_password(PASSWORD)
    db.session.commit()
    for number in ("13900000001", "+86 139 0000 0001", NEW):
        browser = Browser(app)
        typed = {"username": number, "password": PASSWORD}
        assert browser.post("/m/login?way=password", typed).location == "/m/"
        assert browser.get("/m/me").status_code == 200
        assert by_api(app, number).status_code == 200
    for unknown in (broker.number, visitor.code, "13899990000", "028-86123456"):
        assert Browser(app).post("/m/login?way=password", {**typed, "username": unknown}).status_code == 401


def test_acc_18_wrong_passwords_for_a_number_leave_the_way_by_sms_open(database, channel):
    app = database.new_app({"KEPAN_RATE_LIMITS": "on"})
    broker = channel.brokers["broker1"]
    db.session.get_one(Account, broker.id).password = hash_password(PASSWORD)
    db.session.commit()
    for password in ["wrong-word"] * 5 + [PASSWORD]:
        typed = {"username": broker.phone, "password": password}
        assert Browser(app).post("/m/login?way=password", typed).status_code == 401
    browser = Browser(app)
    browser.submit("/m/login", {"phone": broker.phone, "send_code": "1"}, 200)
    answer = browser.post("/m/login", {"phone": broker.phone, "sms_code": sent_code()})
    assert answer.location == "/m/"
