"""The session's cookie, health, and the redirect after signing in (ACC-12, PLAT-13, PLAT-16)."""

from __future__ import annotations

from urllib.parse import urljoin

import pytest

from app import create_app
from tests.support.people.world import PASSWORD
from tests.support.web.pages import Page
from tests.support.web.person import Browser

# No test here depends on the kind of database.
pytestmark = pytest.mark.parametrize("database", ["sqlite"], indirect=True)

EVIL = [
    "//evil.example", "///evil.example", "https://evil.example/x", "http:evil.example", "http:/evil.example",
    "javascript:alert(1)", "/\\evil.example", "\\\\evil.example", "/\t/evil.example", " //evil.example",
    "https:evil.example", "//evil.example@localhost", "https://localhost.evil.example", "ftp://localhost/x",
]  # fmt: skip


def _sign_in(browser: Browser, path: str = "/login/", **kwargs):
    form = {"username": "agent", "password": PASSWORD}
    return browser.post(path, form, **kwargs)


def _session_cookie(response, name: str = "kepan") -> str:
    return next(c for c in response.headers.getlist("Set-Cookie") if c.startswith(f"{name}="))


def test_plat_16_on_plain_http_the_cookie_works_with_any_client(app):
    cookie = _session_cookie(_sign_in(Browser(app)))
    assert "Secure" not in cookie
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie


FORWARDED = {
    "X-Forwarded-Proto": "https",
    "X-Forwarded-For": "203.0.113.9",
    "Referer": "https://localhost/login/",
}


def test_plat_16_behind_an_https_proxy_the_cookie_is_secure_and_this_hosts_only(proxied_app):
    client = proxied_app.test_client()
    page = Page(client.get("/login/", headers=FORWARDED))
    form = {
        "username": "agent",
        "password": PASSWORD,
        "csrf_token": page.all("input", name="csrf_token")[0]["value"],
    }
    response = client.post("/login/", data=form, headers=FORWARDED)
    assert response.status_code == 303
    cookie = _session_cookie(response, "__Host-kepan")
    assert {"Secure", "HttpOnly", "Path=/"} <= set(cookie.split("; "))
    assert "Domain" not in cookie
    assert response.headers["Strict-Transport-Security"]
    assert client.get("/customers/", headers=FORWARDED).status_code == 200


def test_plat_16_on_https_a_cookie_of_the_plain_name_does_not_sign_in(proxied_app):
    browser = Browser(proxied_app, "agent")
    assert browser.get("/customers/").status_code == 200
    assert browser.get("/customers/", headers=FORWARDED).status_code == 302


def test_plat_16_without_a_proxy_forwarded_headers_are_ignored(app):
    response = _sign_in(Browser(app), headers={"X-Forwarded-Proto": "https"})
    assert "Secure" not in _session_cookie(response)
    assert "Strict-Transport-Security" not in response.headers


def test_the_cookie_stays_small_whatever_is_searched(app, customer):
    browser = Browser(app, "agent")
    for number in range(40):
        browser.get(f"/customers/?name={'很长的名字' * 20}{number}&phone=13800001111")
        browser.get(f"/customers/{customer}?x={number}")
    cookie = browser.client.get_cookie("kepan")
    assert len(cookie.value) < 1024


def test_signing_in_leads_back_to_where_one_wanted_to_go(app):
    anonymous = Browser(app)
    sent = anonymous.get("/customers/?tab=personal&name=王")
    assert sent.status_code == 302
    back = _sign_in(anonymous, sent.location)
    assert back.status_code == 303
    assert anonymous.get(back.location).status_code == 200
    assert back.location.startswith("/customers/?tab=personal&name=")


@pytest.mark.parametrize("target", EVIL)
def test_signing_in_never_leads_to_another_site(app, target):
    for browser in (Browser(app), Browser(app, "agent")):
        response = browser.get("/login/", query_string={"next": target})
        if response.status_code == 200:
            response = browser.post(
                "/login/", {"username": "agent", "password": PASSWORD}, query_string={"next": target}
            )
        assert _stays(response.location), response.location


@pytest.mark.parametrize("target", EVIL)
@pytest.mark.parametrize("path", ["/language/en", "/todos/1/done"])
def test_a_form_never_leads_to_another_site(app, path, target):
    response = Browser(app, "agent").post(path, {"next": target})
    if response.status_code == 303:
        assert _stays(response.location), response.location
    else:
        assert response.status_code == 404


def _stays(location: str) -> bool:
    """Return True for an address of this site as a browser reads it: a backslash counts as a slash."""
    plain = location.replace("\\", "/").replace("\t", "").strip()
    return urljoin("http://localhost/login/", plain).startswith("http://localhost/")


def test_a_forged_cookie_does_not_sign_in(app):
    browser = Browser(app)
    for value in ("x", "eyJfdXNlcl9pZCI6IjE6MCJ9.aaaa.bbbb"):
        browser.client.set_cookie("kepan", value)
        assert browser.get("/customers/").status_code == 302


def test_signing_out_ends_the_session_and_needs_a_form(app):
    browser = Browser(app, "agent")
    assert browser.get("/logout/").status_code == 405
    assert browser.get("/customers/").status_code == 200
    assert browser.post("/logout/").status_code == 303
    assert browser.get("/customers/").status_code == 302


def test_plat_13_health_and_readiness(app):
    browser = Browser(app)
    assert browser.get("/healthz").get_json() == {"status": "ok"}
    assert browser.get("/readyz").get_json() == {"status": "ready"}


def test_plat_13_not_ready_without_a_schema_but_alive(database, tmp_path):
    empty = create_app({"KEPAN_DATA_DIR": str(tmp_path)}).test_client()
    answer = empty.get("/readyz")
    assert (answer.status_code, answer.get_json()) == (503, {"status": "unavailable"})
    assert empty.get("/healthz").status_code == 200
