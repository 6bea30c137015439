"""Every response has security headers and a nonce of its own; no script or style is outside files."""

from __future__ import annotations

import re

import pytest

from tests.support.web.pages import Page
from tests.support.web.person import Browser
from tests.support.web.routes import all_routes

# No test here depends on the kind of database.
pytestmark = pytest.mark.parametrize("database", ["sqlite"], indirect=True)

ALWAYS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "X-Frame-Options": "SAMEORIGIN",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cache-Control": "no-store",
}
POLICY = {
    "default-src": "'self'",
    "style-src": "'self'",
    "img-src": "'self' data: blob:",
    "font-src": "'self'",
    "object-src": "'none'",
    "base-uri": "'self'",
    "form-action": "'self'",
    "frame-ancestors": "'self'",
}


def _policy(response) -> dict[str, str]:
    parts = response.headers["Content-Security-Policy"].split(";")
    return {part.split()[0]: " ".join(part.split()[1:]) for part in parts}


@pytest.fixture
def answers(app, customer) -> dict[str, object]:
    """Return the response of each address that a browser may open, signed in or not, and of some that are
    refused.
    """
    paths = {r.path({"customers": customer}) for r in all_routes(app) if r.method == "GET" and not r.is_api}
    paths = {path for path in paths if not path.startswith("/static/")}
    paths |= {"/nothing-here", "/customers/987654", "/language/zh"}
    found = {path: Browser(app, "admin").get(path) for path in sorted(paths)}
    return found | {f"{path} (nobody)": Browser(app).get(path) for path in ("/", "/login/", "/nothing-here")}


def test_every_answer_is_safe_to_show(answers):
    assert len(answers) > 20
    nonces = [_check_headers(name, response) for name, response in answers.items()]
    assert len(set(nonces)) == len(nonces), "a nonce is used once"
    for name, response in answers.items():
        if response.mimetype == "text/html":
            _check_page(name, Page(response))


def _check_headers(name: str, response) -> str:
    """Check the fixed headers and the whole policy; return the nonce."""
    assert {key: response.headers.get(key) for key in ALWAYS} == ALWAYS, name
    assert re.fullmatch("[0-9a-f]{32}", response.headers["X-Request-Id"]), name
    assert not {"X-Powered-By", "Access-Control-Allow-Origin"} & set(response.headers.keys()), name
    policy = _policy(response)
    assert {key: policy[key] for key in POLICY} == POLICY, name
    assert re.fullmatch(r"'self' 'nonce-[\w-]{16,}'", policy["script-src"]), name
    return policy["script-src"].partition("nonce-")[2].rstrip("'")


def _check_page(name: str, page: Page) -> None:
    """Scripts are files, or data with the nonce; there is no other script and no style in the page."""
    nonce = _check_headers(name, page.response)
    scripts = page.all("script")
    assert all(script["nonce"] == nonce for script in scripts), name
    assert all(s["src"] or s["type"] in {"application/json", "speculationrules"} for s in scripts), name
    assert not page.all("style"), name
    wrong = [node for node in page.all() if any(a == "style" or a.startswith("on") for a in node.attrs)]
    assert not wrong, (name, wrong[:3])
    assert not [n for n in page.all("a") if n["href"].strip().lower().startswith("javascript:")], name
    loaded = [n["src"] for n in page.all() if n["src"]] + [n["href"] for n in page.all("link")]
    assert all(address.startswith(("/static/", "data:image/")) for address in loaded), name


def test_own_files_may_be_kept_and_their_address_changes_with_them(app):
    browser = Browser(app)
    page = browser.page("/login/")
    own = [n["href"] for n in page.all("link") if "/static/kepan/" in n["href"]]
    assert own
    assert all(re.search(r"\?v=[0-9a-f]{12}$|-[0-9a-f]{12}\.css$", address) for address in own)
    with browser.get(own[0]) as answer:
        assert answer.status_code == 200
        assert int(re.search(r"max-age=(\d+)", answer.headers["Cache-Control"])[1]) >= 86400


def test_transport_security_is_asked_for_behind_https_only(app):
    assert "Strict-Transport-Security" not in Browser(app).get("/login/").headers
    secure = Browser(app).get("/login/", base_url="https://localhost")
    assert secure.headers["Strict-Transport-Security"] == "max-age=31536000"


def test_plat_16_hosts_below_are_included_only_by_a_setting(database):
    wide = database.new_app({"KEPAN_HSTS_SUBDOMAINS": "on"})
    secure = Browser(wide).get("/login/", base_url="https://localhost")
    assert secure.headers["Strict-Transport-Security"] == "max-age=31536000; includeSubDomains"
