"""OFF-9: what a visible page learns without a reload: counts, changes of its list, long work."""

from __future__ import annotations

from datetime import timedelta
from urllib.parse import urlencode

import pytest
from sqlalchemy import select

from app.customers.profile.services import update_customer
from app.customers.shared.queries import get_customer
from app.kernel import clock
from app.kernel.database.session import db
from app.kernel.database.transactions import transactional
from app.kernel.pages import live
from app.notices.services import mark_read, notify
from app.org.shared.models import LoginSession
from app.pool.pushes.services import accept_push, push_customer
from tests.support.databases.statements import count_statements
from tests.support.make import make_customer
from tests.support.web.person import Browser

STATEMENTS = 2  # the session with its account, and everything that may have changed


@transactional
def _tell(world, who: str) -> None:
    notify(world.actor(who).id, "New customer to handle: %(name)s", name="王小明")


def _name_of(browser: Browser, path: str) -> str:
    """Return the name under which the page asks about its list."""
    return browser.page(path).one("section", class_="list-card")["data-open-list"]


def _ask(browser: Browser, name: str = "", etag: str = ""):
    headers = {"If-None-Match": etag} if etag else {}
    return browser.get(f"/live/?{urlencode({'list': name})}", headers=headers)


def _changes(browser: Browser, name: str) -> tuple[int, int]:
    found = _ask(browser, name).get_json()["list"]
    return found["new"], found["changed"]


@pytest.mark.both
def test_off_9_nothing_changed_answers_304_in_two_statements(app, world):
    make_customer(world.actor("agent"))
    agent = Browser(app, "agent")
    name = _name_of(agent, "/customers/")
    etag = _ask(agent, name).headers["ETag"]
    with count_statements(app) as seen:
        answer = _ask(agent, name, etag)
    assert (answer.status_code, answer.data) == (304, b"")
    assert answer.headers["ETag"] == etag
    assert len(seen) <= STATEMENTS, seen


def test_off_9_a_changed_answer_costs_one_statement_more(app, world):
    agent = Browser(app, "agent")
    _ask(agent)
    with count_statements(app) as seen:
        _ask(agent)
    assert len(seen) <= STATEMENTS + 1, seen


def test_off_9_a_count_changes_the_etag_and_an_equal_one_does_not(app, world):
    agent = Browser(app, "agent")
    before = _ask(agent)
    assert before.get_json()["badges"]["notifications"] == 0
    _tell(world, "agent2")
    assert _ask(agent, etag=before.headers["ETag"]).status_code == 304, "a colleague's is not one's own"
    _tell(world, "agent")
    after = _ask(agent, etag=before.headers["ETag"])
    assert (after.status_code, after.get_json()["badges"]["notifications"]) == (200, 1)
    mark_read(actor=world.actor("agent"))
    assert _ask(agent).headers["ETag"] == before.headers["ETag"]


def test_off_9_the_language_belongs_to_the_answer(app, world):
    chinese, english = Browser(app, "agent"), Browser(app, "agent", locale="en")
    assert _ask(chinese).headers["ETag"] != _ask(english).headers["ETag"]


@pytest.mark.both
def test_off_9_the_list_says_how_many_records_are_new_and_how_many_changed(app, world):
    agent = world.actor("agent")
    shown = make_customer(agent).id
    browser = Browser(app, "agent")
    name = _name_of(browser, "/customers/")
    assert _changes(browser, name) == (0, 0)
    make_customer(agent)
    make_customer(agent)
    assert _changes(browser, name) == (2, 0)
    version = get_customer(shown, actor=agent).version
    update_customer(shown, version=version, values={"remark": "急"}, actor=agent)
    db.session.remove()
    assert _changes(browser, name) == (2, 1)
    assert _changes(browser, _name_of(browser, "/customers/")) == (0, 0), "the page that was loaded since"


def test_off_9_the_question_keeps_the_filters_of_the_page(app, world):
    agent = world.actor("agent")
    make_customer(agent, name="李春梅")
    browser = Browser(app, "agent")
    name = _name_of(browser, "/customers/?name=李春梅&page_size=10")
    make_customer(agent, name="王大力")
    assert _changes(browser, name) == (0, 0)
    make_customer(agent, name="李春梅")
    assert _changes(browser, name) == (1, 0)


def test_off_9_a_full_page_of_new_records_is_said_to_be_more(app, world):
    agent = world.actor("agent")
    browser = Browser(app, "agent")
    name = _name_of(browser, "/customers/?page_size=2")
    for _ in range(3):
        make_customer(agent)
    assert _ask(browser, name).get_json()["list"] == {"new": 2, "more": True, "changed": 0}


def test_off_9_rows_that_left_the_list_are_changes(app, world):
    agent, colleague = world.actor("agent"), world.actor("agent2")
    push = push_customer(make_customer(agent).id, receiver_id=colleague.id, actor=agent)
    db.session.commit()
    browser = Browser(app, "agent2")
    name, all_of_them = _name_of(browser, "/pushes/?tab=waiting"), _name_of(browser, "/pushes/?tab=received")
    accept_push(push.id, actor=colleague)
    db.session.remove()
    assert _changes(browser, name) == (0, 1), "it waits no more"
    assert _changes(browser, all_of_them) == (0, 1), "its state is another"


@pytest.mark.both
@pytest.mark.parametrize(
    "path", ["/todos/", "/inbox/", "/pushes/", "/referrals/", "/operation-log/", "/staff/"]
)
def test_off_9_every_list_can_be_asked_about(app, world, path):
    _tell(world, "admin")
    admin = Browser(app, "admin")
    found = _ask(admin, _name_of(admin, path))
    assert (found.status_code, found.get_json()["list"]) == (200, {"new": 0, "more": False, "changed": 0})


def test_off_9_the_question_shows_nothing_out_of_scope(app, world):
    """Whoever borrows the name of a colleague's page learns about their own list only."""
    manager = Browser(app, "manager")
    name = _name_of(manager, "/customers/")
    outsider = Browser(app, "other_agent")
    make_customer(world.actor("agent"))
    assert _changes(manager, name) == (1, 0)
    assert _changes(outsider, name) == (0, 0)


@pytest.mark.parametrize(
    "name", ["view=StaffView&of=&rows=", "view=Nobody", "view=LiveView", "rows=1-x.y", "&&=%"]
)
def test_off_9_a_list_that_one_may_not_open_has_no_answer(app, name):
    answer = _ask(Browser(app, "broker"), name)
    assert (answer.status_code, answer.get_json()["list"]) == (200, None)


@pytest.mark.parametrize("query", ["page=0", "order_by=password", "after=!!", "page_size=x"])
def test_off_9_a_wrong_question_about_a_list_is_no_crash(app, query):
    answer = _ask(Browser(app, "agent"), urlencode({"view": "CustomerView", "of": query, "rows": "1-a"}))
    assert (answer.status_code, answer.get_json()["list"]) == (200, None)


def test_off_9_an_anonymous_page_is_sent_to_sign_in(app):
    answer = _ask(Browser(app))
    assert (answer.status_code, answer.location.split("?")[0]) == (302, "/login/")


def test_acc_18_asking_does_not_keep_an_unattended_session_open(app, world):
    browser = Browser(app, "agent")
    mine = select(LoginSession.seen_at).where(LoginSession.account_id == world.actor("agent").id)
    before = db.session.scalar(mine)
    db.session.rollback()
    with clock.frozen(clock.now() + timedelta(minutes=5)):
        _ask(browser).close()
        db.session.rollback()
        assert db.session.scalar(mine) == before
        db.session.rollback()
        browser.get("/todos/").close()
        db.session.rollback()
        assert db.session.scalar(mine) > before, "a page that is opened does"


def test_off_9_pages_name_the_endpoint_and_its_pause_and_forms_in_drawers_do_not(app):
    agent = Browser(app, "agent")
    meta = agent.page("/todos/").one("meta", name="kepan-live")
    assert (meta["content"], int(meta["data-every"])) == ("/live/", live.EVERY_SECONDS)
    assert live.EVERY_SECONDS >= 20
    assert not agent.page("/customers/new?_drawer=1").all("meta", name="kepan-live")
