"""What every answer carries: security headers, a nonce of its own, no script or style outside of files."""

from __future__ import annotations

import re

import pytest

from tests.support.faces import Browser
from tests.support.pages import Page
from tests.support.routes import all_routes

# Nothing here asks the database anything that the other one could answer differently.
pytestmark = pytest.mark.parametrize("database", ["sqlite"], indirect=True)

ALWAYS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "X-Frame-Options": "SAMEORIGIN",
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


def _every_page(app, customer_id: int) -> dict[str, object]:
    """Each address that a browser may open, and some that are refused; by who opens it."""
    ids = {"customers": customer_id}
    paths = {route.path(ids) for route in all_routes(app) if not route.changes and not route.is_api}
    paths -= {path for path in paths if path.startswith("/static/")}
    paths |= {"/nothing-here", "/customers/987654", "/language/zh"}
    return {
        f"{who or 'nobody'} {path}": Browser(app, who).get(path)
        for path in paths
        for who in ("", "agent", "admin")
    }


@pytest.fixture
def answers(app, customer) -> dict[str, object]:
    return _every_page(app, customer)


def test_every_answer_carries_the_security_headers(answers):
    assert len(answers) > 40
    lacking = {
        name: header
        for name, response in answers.items()
        for header, value in ALWAYS.items()
        if response.headers.get(header) != value
    }
    assert not lacking
    assert not [
        name for name, r in answers.items() if not re.fullmatch("[0-9a-f]{32}", r.headers["X-Request-Id"])
    ]


def test_every_answer_has_the_whole_content_security_policy(answers):
    for name, response in answers.items():
        policy = _policy(response)
        assert {key: policy[key] for key in POLICY} == POLICY, name
        assert re.fullmatch(r"'self' 'nonce-[\w-]{16,}'", policy["script-src"]), name


def test_scripts_are_files_or_carry_the_nonce_and_nothing_else_is_script(answers):
    html = {name: response for name, response in answers.items() if response.mimetype == "text/html"}
    nonces = []
    for name, response in html.items():
        nonce = _policy(response)["script-src"].partition("nonce-")[2].rstrip("'")
        page = Page(response)
        scripts = page.all("script")
        assert all(script["nonce"] == nonce for script in scripts), name
        inline = [s for s in scripts if not s["src"]]
        assert all(script["type"] == "application/json" for script in inline), name
        assert not page.all("style"), name
        wrong = [node for node in page.all() if any(a == "style" or a.startswith("on") for a in node.attrs)]
        assert not wrong, (name, wrong[:3])
        assert not [n for n in page.all("a") if n["href"].strip().lower().startswith("javascript:")], name
        nonces.append(nonce)
    assert len(set(nonces)) == len(nonces)


def test_pages_load_nothing_from_elsewhere(answers):
    for name, response in answers.items():
        if response.mimetype == "text/html" and response.status_code != 302:
            page = Page(response)
            loaded = [n["src"] for n in page.all() if n["src"]] + [n["href"] for n in page.all("link")]
            assert all(address.startswith("/static/") for address in loaded), name


def test_own_files_may_be_kept_and_their_address_changes_with_them(app):
    browser = Browser(app)
    page = browser.page("/login/")
    own = [n["href"] for n in page.all("link") if "/static/kepan/" in n["href"]]
    assert own
    assert all(re.search(r"\?v=[0-9a-f]{10}$", address) for address in own)
    with browser.get(own[0]) as answer:
        assert answer.status_code == 200
        assert int(re.search(r"max-age=(\d+)", answer.headers["Cache-Control"])[1]) >= 86400


def test_transport_security_is_asked_for_behind_https_only(app):
    assert "Strict-Transport-Security" not in Browser(app).get("/login/").headers
    secure = Browser(app).get("/login/", base_url="https://localhost")
    assert secure.headers["Strict-Transport-Security"] == "max-age=31536000"


def test_the_server_says_nothing_about_itself_in_the_answers(answers):
    for name, response in answers.items():
        assert not {"X-Powered-By", "Access-Control-Allow-Origin"} & set(response.headers.keys()), name
