"""PLAT-16: settings for trying out are refused where others can reach the server, reported by the doctor, and
shown in red.
"""

from __future__ import annotations

from datetime import timedelta

import pytest

from app.cli.doctor import check_installation
from app.cli.exposure import has_demo_accounts, refuse_exposed_demo
from app.kernel import clock, network
from app.kernel.pages.exposure import note_demo_accounts
from app.org.sessions.passwords import hash_password
from config import DEMO_PASSWORD, InsecureSettingsError, read_settings
from tests.support.make import make_customer
from tests.support.people.accounts import account
from tests.support.web.clients import apart
from tests.support.web.person import Browser

# No test here depends on the kind of database.
pytestmark = pytest.mark.parametrize("database", ["sqlite"], indirect=True)

REACHED = {
    "address": {"HOST": "0.0.0.0"},  # noqa: S104 - refused
    "proxy": {"KEPAN_PROXIES": "1"},
    "gunicorn": {"SERVER_SOFTWARE": "gunicorn/27.0.1"},
}
SWITCHES = {"KEPAN_RATE_LIMITS": "off", "KEPAN_SHOW_CODES": "on"}
FORWARDED = {"X-Forwarded-For": "203.0.113.7"}


@pytest.fixture(params=sorted(REACHED))
def exposed(request, tmp_path) -> dict[str, str]:
    """Return the environment of an installation that others can reach."""
    return {"KEPAN_DATA_DIR": str(tmp_path), **REACHED[request.param]}


@pytest.mark.parametrize("switch", sorted(SWITCHES))
def test_plat_16_a_developers_switch_is_refused_where_others_come(database, exposed, switch):
    env = {**exposed, switch: SWITCHES[switch]}
    with pytest.raises(InsecureSettingsError, match=rf"{switch}={SWITCHES[switch]}.*KEPAN_DEMO=yes"):
        read_settings(env)
    assert read_settings({**env, "KEPAN_DEMO": "yes"}).unsafe_switches
    assert read_settings(exposed).unsafe_switches == ()
    assert read_settings({switch: SWITCHES[switch]}).unsafe_switches, "on one's own machine"


@pytest.fixture
def demo_account(world) -> None:
    """Give an account the published demo password."""
    found = account("admin")
    found.password = hash_password(DEMO_PASSWORD)
    from app.kernel.database.session import db

    db.session.commit()


@pytest.mark.parametrize("env", REACHED.values(), ids=REACHED)
def test_plat_16_demo_accounts_are_refused_where_others_come(database, demo_account, env):
    env = {"KEPAN_RATE_LIMITS": "on", **env}
    with pytest.raises(InsecureSettingsError, match="demo accounts"):
        refuse_exposed_demo(database.new_app({**env, "KEPAN_DEMO": ""}))
    refuse_exposed_demo(database.new_app({**env, "KEPAN_DEMO": "yes"}))
    refuse_exposed_demo(database.app)


def test_plat_16_under_gunicorn_the_application_looks_for_itself(database, demo_account):
    with pytest.raises(InsecureSettingsError, match="demo accounts"):
        database.new_app({"KEPAN_RATE_LIMITS": "on", "SERVER_SOFTWARE": "gunicorn/27.0.1", "KEPAN_DEMO": ""})


def test_plat_16_an_account_of_that_name_with_a_password_of_its_own_is_no_demo_account(database, world):
    assert not apart(database.app, has_demo_accounts)


def test_plat_16_administrators_see_a_red_bar_and_others_do_not(database, world):
    shop = database.new_app({"KEPAN_PROXIES": "1", "KEPAN_SHOW_CODES": "on"})
    note_demo_accounts(shop, present=True)
    (bar,) = Browser(shop, "admin", locale="en").page("/customers/").all("p", class_="open-bar")
    for part in ("demo accounts", "no limits", "codes by SMS"):
        assert part in bar.text
    assert not Browser(shop, "agent").page("/customers/").all("p", class_="open-bar")
    closed = database.new_app({"KEPAN_PROXIES": "1", "KEPAN_RATE_LIMITS": "on"})
    assert not Browser(closed, "admin").page("/customers/").all("p", class_="open-bar")
    assert not Browser(database.app, "admin").page("/customers/").all("p", class_="open-bar"), (
        "one's own machine"
    )


def test_plat_16_the_bar_appears_behind_a_proxy_that_no_setting_names(database, world):
    answer = Browser(database.app, "admin").get("/customers/", headers=FORWARDED)
    assert 'class="open-bar"' in answer.get_data(as_text=True)


ELSEWHERE = {
    "address": {"environ_overrides": {"REMOTE_ADDR": "192.0.2.2"}},
    "IPv6": {"environ_overrides": {"REMOTE_ADDR": "2001:db8::1"}},
    "unknown": {"environ_overrides": {"REMOTE_ADDR": ""}},
    "proxy": {"headers": FORWARDED},
}
HERE = ("127.0.0.1", "127.9.9.9", "::1", "::ffff:127.0.0.1")
OPEN = {
    "demo accounts": {"KEPAN_RATE_LIMITS": "on"},
    "no limits": {},
    "codes by SMS": {"KEPAN_RATE_LIMITS": "on", "KEPAN_SHOW_CODES": "on"},
}


@pytest.mark.parametrize("where", ELSEWHERE.values(), ids=ELSEWHERE)
@pytest.mark.parametrize("what", OPEN)
def test_plat_16_an_open_switch_is_not_served_to_others_whatever_the_settings_know(
    database, demo_account, what, where
):
    """``flask run -h 0.0.0.0`` tells the settings no address, and a proxy may be in none of them."""
    app = database.new_app({**OPEN[what], "KEPAN_DEMO": ""})
    browser = Browser(app, "admin", locale="en")
    for path in ("/login/", "/customers/", "/m/", "/no-such-page"):
        refused = browser.get(path, **where)
        assert refused.status_code == 503, path
        assert what in refused.get_data(as_text=True)
    sent = browser.post("/login/", {"username": "admin", "password": DEMO_PASSWORD}, **where)
    assert sent.status_code == 503
    called = browser.open("POST", "/api/v1/security/login", json={}, **where)
    assert (called.status_code, called.get_json()["code"]) == (503, "only_this_machine")
    assert browser.get("/healthz", **where).status_code == 200
    for address in HERE:
        assert browser.get("/login/", environ_overrides={"REMOTE_ADDR": address}).status_code != 503, address


@pytest.mark.parametrize("where", ELSEWHERE.values(), ids=ELSEWHERE)
def test_plat_16_others_are_served_where_nothing_is_open_or_it_is_a_demonstration(database, world, where):
    for env in (
        {"KEPAN_DEMO": "", "KEPAN_RATE_LIMITS": "on"},
        {"KEPAN_DEMO": "yes", "KEPAN_SHOW_CODES": "on"},
    ):
        assert Browser(database.new_app(env)).get("/login/", **where).status_code == 200


def _found(app, subject: str) -> list[tuple[str, str]]:
    return [(f.level, f.advice) for f in apart(app, check_installation) if f.subject == subject]


def test_plat_16_the_doctor_warns_of_switches_and_demo_accounts(database, demo_account):
    app = database.new_app({"KEPAN_SHOW_CODES": "on"})
    ((level, advice),) = _found(app, "switches")
    assert level == "warning"
    assert "KEPAN_RATE_LIMITS=off" in advice
    assert "KEPAN_SHOW_CODES=on" in advice
    assert _found(app, "demo")[0][0] == "warning"
    assert not _found(database.new_app({"KEPAN_RATE_LIMITS": "on"}), "switches")


def test_plat_16_the_doctor_warns_when_forwarded_requests_arrive_and_none_is_trusted(database, world):
    app = database.new_app()
    (database.directory / network._NOTE).unlink(missing_ok=True)
    Browser(app).get("/login/")
    assert not _found(app, "proxies")
    Browser(app).get("/login/", headers=FORWARDED)
    ((level, advice),) = _found(app, "proxies")
    assert level == "warning"
    assert "KEPAN_PROXIES" in advice
    assert not _found(database.new_app({"KEPAN_PROXIES": "1"}), "proxies")
    with clock.frozen(clock.now() + timedelta(days=8)):
        assert not _found(app, "proxies"), "long past"


def test_plat_16_addresses_in_qr_codes_come_from_the_settings(database):
    from app.channel.shared.codes import qr_url

    for env, expected in (
        ({"KEPAN_PUBLIC_URL": "https://kepan.example.com"}, "https://kepan.example.com/m/q/abc"),
        ({"KEPAN_PUBLIC_URL": "https://example.com/kepan/"}, "https://example.com/kepan/m/q/abc"),
        ({}, "http://127.0.0.1:8080/m/q/abc"),
    ):
        app = database.new_app(env)
        with app.test_request_context("/", headers={"Host": "evil.example"}):
            assert qr_url("abc") == expected


@pytest.mark.parametrize(
    "url", ["kepan.example.com", "ftp://x", "https://", "https://x/?a=1", "javascript:1"]
)
def test_plat_16_a_public_address_that_is_none_is_refused(database, url):
    with pytest.raises(InsecureSettingsError, match="KEPAN_PUBLIC_URL"):
        read_settings({"KEPAN_PUBLIC_URL": url})


def test_plat_16_the_doctor_asks_for_the_public_address_where_others_come(database):
    env = {"KEPAN_PROXIES": "1", "KEPAN_RATE_LIMITS": "on"}
    assert _found(database.new_app(env), "address")[0][0] == "warning"
    assert not _found(database.new_app({**env, "KEPAN_PUBLIC_URL": "https://x.example"}), "address")
    assert not _found(database.app, "address")


def test_plat_16_untrusted_headers_reach_no_page(database, world):
    """A customer created with a header that names another address is logged under the real one."""
    made = make_customer(world.actor("agent"), name="来源")
    answer = Browser(database.app, "agent").get(
        f"/customers/{made.id}",
        headers={**FORWARDED, "X-Forwarded-Host": "evil.example", "Forwarded": "for=1.1.1.1"},
    )
    assert "evil.example" not in answer.get_data(as_text=True)
