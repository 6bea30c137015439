"""ACC-12: the second factor: setting up, signing in with codes, recovery codes, roles that need it."""

from __future__ import annotations

import base64
import re
from threading import Barrier, Thread
from unittest.mock import patch

import pyotp
import pytest
from sqlalchemy import select

from app.kernel.database.session import db
from app.kernel.errors import Denied, Invalid
from app.org.accounts import services as accounts
from app.org.sessions import second_factor as secondfactor
from app.org.sessions.signin import check_second_factor
from app.org.shared.models import RecoveryCode
from app.org.staff import services as staffing
from tests.support.people.accounts import Authenticator, account, account_operations, later, set_setting
from tests.support.people.world import PASSWORD
from tests.support.web.clients import ApiClient, post_form
from tests.support.web.person import Browser

CREDENTIALS = {"username": "agent", "password": PASSWORD}


def _set_up(browser: Browser) -> tuple[str, dict[str, str]]:
    """Return the secret that the page shows, and the hidden fields of its form."""
    page = browser.page("/account/second-factor")
    secret = page.one("code", class_="totp-key").text.replace(" ", "")
    return secret, {"sealed": page.one("input", name="sealed")["value"], "password": PASSWORD}


def test_acc_12_the_page_shows_a_qr_code_and_a_code_confirms_it(app, world):
    browser = Browser(app, "agent")
    secret, fields = _set_up(browser)
    image = browser.page("/account/second-factor").one("img", class_="totp-qr")["src"]
    assert base64.b64decode(image.removeprefix("data:image/png;base64,")).startswith(b"\x89PNG")
    assert not account("agent").has_second_factor, "showing it switches nothing on"
    answer = browser.post("/account/second-factor", {**fields, "code": pyotp.TOTP(secret).now()})
    codes = re.findall(r"(?<![\w-])[A-Z2-9]{5}-[A-Z2-9]{5}(?![\w-])", answer.get_data(as_text=True))
    assert (answer.status_code, len(set(codes))) == (200, 10)
    stored = account("agent")
    assert stored.has_second_factor
    assert secret not in stored.totp_cipher
    hashes = set(db.session.scalars(select(RecoveryCode.code_hash)))
    assert len(hashes) == 10
    assert not hashes & set(codes)
    assert account_operations("agent")[-1] == "account.second_factor"


def test_acc_12_a_wrong_code_keeps_the_same_qr_code(app, world):
    browser = Browser(app, "agent", locale="en")
    secret, fields = _set_up(browser)
    page = browser.submit("/account/second-factor", {**fields, "code": "000000"}, 422)
    assert page.one("code", class_="totp-key").text.replace(" ", "") == secret
    assert page.one("input", name="sealed")["value"] == fields["sealed"]
    assert "wrong" in page.errors()["code"]


def test_acc_12_an_offer_is_for_one_account_and_half_an_hour(app, world):
    secret, fields = _set_up(Browser(app, "agent"))
    code = pyotp.TOTP(secret).now()
    Browser(app, "agent2").submit("/account/second-factor", {**fields, "code": code}, 422)
    assert not account("agent2").has_second_factor
    with patch.object(secondfactor, "_OFFER_SECONDS", -1):
        Browser(app, "agent").submit("/account/second-factor", {**fields, "code": code}, 422)
    assert not account("agent").has_second_factor


def test_acc_12_signing_in_asks_for_a_code_after_the_password(app, world):
    phone = Authenticator("agent")
    browser = Browser(app, locale="en")
    answer = browser.post("/login/?next=/customers/", CREDENTIALS)
    assert (answer.status_code, answer.location) == (303, "/login/code?next=/customers/")
    assert browser.get("/").status_code == 302, "the password alone opens nothing"
    assert "Second factor" in browser.page("/login/code").text
    assert post_form(browser.client, "/login/code", {"code": "000000"}).status_code == 401
    with later(seconds=30):
        done = post_form(browser.client, "/login/code?next=/customers/", {"code": phone.code()})
    assert (done.status_code, done.location) == (303, "/customers/")
    assert browser.get("/").status_code == 200


def test_acc_12_the_second_step_needs_the_first_and_does_not_wait_for_ever(app, world):
    phone = Authenticator("agent")
    browser = Browser(app)
    assert browser.get("/login/code").location.startswith("/login/")
    assert browser.post("/login/code", {"code": phone.code()}).location.startswith("/login/")
    browser.post("/login/", CREDENTIALS)
    with later(minutes=11):
        assert browser.get("/login/code").location.startswith("/login/")


def test_acc_12_the_api_takes_the_code_with_the_password(app, world):
    phone = Authenticator("agent")
    client = ApiClient(app)
    answer = client.post("/security/login", CREDENTIALS)
    assert (answer.status_code, answer.get_json()["code"]) == (401, "auth.otp_required")
    answer = client.post("/security/login", {**CREDENTIALS, "otp": "000000"})
    assert (answer.status_code, answer.get_json()["code"]) == (401, "auth.otp_wrong")
    with later(seconds=30):
        answer = client.post("/security/login", {**CREDENTIALS, "otp": phone.code()})
    assert answer.status_code == 200
    wrong = client.post("/security/login", {**CREDENTIALS, "password": "Falsch-2026-x", "otp": phone.code()})
    assert (wrong.status_code, wrong.get_json()["code"]) == (401, "auth.wrong")


def test_acc_12_a_code_is_good_once(app, world):
    phone = Authenticator("agent")
    with later(seconds=30):
        code = phone.code()
        assert check_second_factor(account("agent"), code)
        assert not check_second_factor(account("agent"), code)
    with later(seconds=90):
        assert not check_second_factor(account("agent"), code), "and not for ever"
        assert check_second_factor(account("agent"), phone.code())


@pytest.mark.both
def test_acc_12_of_two_simultaneous_uses_of_a_code_one_succeeds(app, world):
    phone = Authenticator("agent")
    start, results = Barrier(8), []

    def use() -> None:
        with app.app_context():
            user = account("agent")
            db.session.commit()
            start.wait()
            results.append(check_second_factor(user, code))

    with later(seconds=30):
        code = phone.code()
        threads = [Thread(target=use) for _number in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert sorted(results) == [False] * 7 + [True]


def test_acc_12_a_recovery_code_works_once(app, world):
    phone = Authenticator("agent")
    typed = phone.recovery[0].lower().replace("-", " ")
    assert check_second_factor(account("agent"), typed)
    assert not check_second_factor(account("agent"), phone.recovery[0])
    assert not check_second_factor(account("agent"), Authenticator("agent2").recovery[0])
    renewed = accounts.renew_recovery_codes(password=PASSWORD, actor=world.actor("agent"))
    assert not check_second_factor(account("agent"), phone.recovery[1]), "new codes replace the old"
    assert check_second_factor(account("agent"), renewed[0])


def test_acc_12_attempts_are_limited_and_the_password_does_not_reset_the_count(database, world):
    limited = database.new_app({"KEPAN_RATE_LIMITS": "on"})
    phone = Authenticator("agent")
    client = ApiClient(limited)
    for _attempt in range(5):
        answer = client.post("/security/login", {**CREDENTIALS, "otp": "000000"})
        assert answer.status_code == 401
    assert account("agent").codes_locked_until is not None
    assert account("agent").locked_until is None, "wrong codes are no wrong passwords (ACC-18)"
    with later(seconds=30):
        answer = client.post("/security/login", {**CREDENTIALS, "otp": phone.code()})
    assert answer.status_code == 401, "locked: not even the right code"


def test_acc_12_switching_off_asks_for_the_password(app, world):
    Authenticator("agent")
    browser = Browser(app, "agent", locale="en")
    page = browser.submit("/account/second-factor/off", {"password": "Falsch-1"}, 422)
    assert page.errors()["password"] == "The present password is wrong"
    assert account("agent").has_second_factor
    assert browser.post("/account/second-factor/off", {"password": PASSWORD}).status_code == 303
    assert not account("agent").has_second_factor
    assert not db.session.scalars(select(RecoveryCode)).all()


def test_acc_12_named_roles_are_led_to_the_set_up_first(app, world):
    set_setting("totp_roles", "Finance, Agent")
    browser, client = Browser(app, "agent"), ApiClient(app, "agent")
    assert browser.get("/customers/").location == "/account/second-factor"
    answer = client.get("/customers")
    assert (answer.status_code, answer.get_json()["code"]) == (403, "auth.second_factor_required")
    assert Browser(app, "manager").get("/customers/").status_code == 200, "others are not asked"
    secret, fields = _set_up(browser)
    browser.post("/account/second-factor", {**fields, "code": pyotp.TOTP(secret).now()})
    assert browser.get("/customers/").status_code == 200
    assert client.get("/customers").status_code == 401, "the other sessions ended (ACC-18)"
    assert ApiClient(app, "agent").get("/customers").status_code == 200
    with pytest.raises(Denied) as caught:
        accounts.disable_second_factor(password=PASSWORD, actor=world.actor("agent"))
    assert caught.value.code == "second_factor.required"


def test_acc_12_an_administrator_helps_who_lost_the_phone(app, world):
    Authenticator("agent")
    browser = Browser(app, "agent")
    pk = world.actor("agent").id
    with pytest.raises(Denied) as caught:
        staffing.reset_second_factor(pk, actor=world.actor("manager"))
    assert caught.value.status == 403
    assert Browser(app, "admin").post(f"/staff/{pk}/reset-second-factor").status_code == 303
    assert not account("agent").has_second_factor
    assert browser.get("/").status_code == 302
    with pytest.raises(Denied):
        staffing.reset_second_factor(pk, actor=world.actor("admin"))


def test_acc_12_it_is_not_set_up_twice(world):
    Authenticator("agent")
    with pytest.raises((Denied, Invalid)) as caught:
        Authenticator("agent")
    assert caught.value.code == "second_factor.on"


def test_acc_12_administrators_set_it_up_within_two_weeks(app, world):
    """Required by default: a reminder at first, later a redirect to the set-up."""
    browser = Browser(app, "admin")
    assert "两步验证" in browser.page("/customers/").text
    assert Browser(app, "agent").get("/customers/").status_code == 200
    with later(days=13):
        assert Browser(app, "admin").get("/customers/").status_code == 200
    with later(days=15):
        assert Browser(app, "admin").get("/customers/").location == "/account/second-factor"
        answer = ApiClient(app, "admin").get("/customers")
        assert (answer.status_code, answer.get_json()["code"]) == (403, "auth.second_factor_required")
        assert Browser(app, "agent").get("/customers/").status_code == 200
        set_setting("totp_roles", "")
        assert Browser(app, "admin").get("/customers/").status_code == 200, "an office may decide otherwise"
