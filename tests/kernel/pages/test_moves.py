"""OFF-16: what a move between pages is answered, and when a whole page is opened instead."""

from __future__ import annotations

import pytest

from app.org.sessions.actors import actor_by_username
from app.org.staff.services import organise_staff
from tests.support.databases.statements import count_statements
from tests.support.make import make_customer
from tests.support.people.accounts import later
from tests.support.people.roles import role_id
from tests.support.people.world import PASSWORD
from tests.support.web.person import Browser

# No test here depends on the kind of database.
pytestmark = pytest.mark.parametrize("database", ["sqlite"], indirect=True)

MOVE = {"HX-Request": "true"}
LED = ("HX-Redirect", "HX-Refresh", "Location")


def _led(response) -> dict[str, str]:
    return {name: response.headers[name] for name in LED if name in response.headers}


def _shell(browser: Browser, path: str = "/customers/") -> str:
    return browser.page(path).one("meta", name="kepan-shell")["content"]


def _move(browser: Browser, path: str, shell: str = ""):
    return browser.get(path, headers={**MOVE, "HX-Shell": shell} if shell else MOVE)


def test_off_16_an_address_opened_by_itself_is_a_whole_page(app, world):
    browser = Browser(app, "agent")
    for headers in ({}, {**MOVE, "HX-History-Restore-Request": "true"}):
        answer = browser.get("/customers/", headers=headers)
        assert answer.get_data(as_text=True).startswith("<!DOCTYPE html>")
        assert "HX-Request" in answer.headers["Vary"]


def test_off_16_a_move_of_somebody_signed_out_leads_to_the_sign_in_and_back(app, world):
    answer = _move(Browser(app), "/customers/?name=%E6%9D%8E")
    assert (answer.status_code, answer.get_data()) == (200, b"")
    assert _led(answer) == {"HX-Redirect": "/login/?next=/customers/?name%3D%25E6%259D%258E"}


def test_off_16_why_one_was_signed_out_is_kept_for_the_sign_in_page(app, world):
    browser = Browser(app, locale="en")
    assert browser.post("/login/", {"username": "agent", "password": PASSWORD}).status_code == 303
    with later(hours=13):
        assert _led(_move(browser, "/customers/"))["HX-Redirect"].startswith("/login/")
        assert "Please sign in again" in browser.page("/login/").text


def test_off_16_a_page_without_a_place_in_the_frame_is_opened_as_a_whole(app, world):
    assert _led(_move(Browser(app), "/login/?next=%2F")) == {"HX-Redirect": "/login/?next=%2F"}


def test_off_16_the_same_frame_serves_all_pages_of_a_person(app, world):
    pk = make_customer(world.actor("agent")).id
    browser = Browser(app, "agent")
    shell = _shell(browser)
    for path in ("/", "/customers/", f"/customers/{pk}", "/todos/"):
        assert _shell(browser, path) == shell
        answer = _move(browser, path, shell)
        assert not _led(answer)
        assert "<h1>" in answer.get_data(as_text=True)


def _speak_english(browser: Browser, _monkeypatch) -> None:
    with browser.client.session_transaction() as session:
        session["locale"] = "en"


def _sign_in_again(browser: Browser, _monkeypatch) -> None:
    with browser.client.session_transaction() as session:
        session["csrf_token"] = "of-a-later-sign-in"


def _update(browser: Browser, monkeypatch) -> None:
    monkeypatch.setitem(browser.client.application.config, "KEPAN_ASSET_VERSION", "the next one")


def _get_another_role(_browser: Browser, _monkeypatch) -> None:
    agent, roles = actor_by_username("agent"), [role_id("StoreManager")]
    admin = actor_by_username("admin")
    organise_staff(agent.id, department_id=agent.department_id, role_ids=roles, actor=admin)


@pytest.mark.parametrize("change", [_speak_english, _sign_in_again, _update, _get_another_role])
def test_off_16_an_old_frame_is_told_to_open_the_address_as_a_whole(app, world, monkeypatch, change):
    browser = Browser(app, "agent")
    shell = _shell(browser)
    change(browser, monkeypatch)
    answer = _move(browser, "/todos/", shell)
    assert (answer.status_code, answer.get_data()) == (200, b"")
    assert _led(answer) == {"HX-Refresh": "true"}
    assert not _led(_move(browser, "/todos/", _shell(browser, "/todos/")))


def test_off_16_the_frame_of_another_person_is_old(app, world):
    shell = _shell(Browser(app, "manager"))
    assert _led(_move(Browser(app, "agent"), "/todos/", shell)) == {"HX-Refresh": "true"}


def test_off_16_a_search_that_is_posted_ends_at_the_list_alone(app, world):
    browser = Browser(app, "agent")
    headers = {**MOVE, "HX-Shell": _shell(browser)}
    answer = browser.post("/customers/search", {"name": "李"}, headers=headers, follow_redirects=True)
    assert not _led(answer)
    assert answer.request.path == "/customers/"
    assert "<html" not in answer.get_data(as_text=True)


@pytest.mark.parametrize(
    ("path", "status"), [("/customers/987654", 404), ("/nothing", 404), ("/roles/", 403)]
)
def test_off_16_a_refusal_is_content_too(app, world, path, status):
    answer = _move(Browser(app, "agent"), path)
    assert answer.status_code == status
    html = answer.get_data(as_text=True)
    assert "data-frame" in html
    assert "err-page" in html
    assert "<html" not in html


def test_off_16_the_menu_and_its_counts_are_not_made_again(app, world):
    browser = Browser(app, "agent")
    browser.page("/todos/")
    with count_statements(app) as whole:
        browser.get("/todos/")
    with count_statements(app) as content:
        _move(browser, "/todos/", "")
    assert len(content) == len(whole) - 1
