"""OFF-13: what pages share is made once; nothing of one person gets into another's page, and nothing is old."""

from __future__ import annotations

import re

import pytest
from flask import current_app, request, session

from app.kernel import clock
from app.kernel.access.current import current_actor, set_actor
from app.kernel.database.cache import forget_cached
from app.kernel.database.session import db
from app.kernel.pages.formatting import qs
from app.kernel.pages.list_views import ViewContent
from app.kernel.pages.shells import Marks, kept, nobodys_request
from app.notices.services import notify
from app.org.roles.models import RoleScope
from app.org.roles.queries import permissions_of_roles
from app.org.roles.services import set_permissions
from app.org.staff.services import organise_staff
from app.system.dictionaries.services import change_entry
from app.system.list_views.services import save_view
from tests.support.make import make_customer
from tests.support.people.roles import role_id
from tests.support.web.listing import served_lists
from tests.support.web.person import Browser

# No test here depends on the kind of database.
pytestmark = pytest.mark.parametrize("database", ["sqlite"], indirect=True)

ASKED = ("/customers/?grade=A&owner_id=3", "/customers/?page_size=x&name=x", "/customers/?_drawer=1")
MOVE = {"HX-Request": "true"}
_OF_RESPONSE = re.compile(
    r'nonce="[^"]*"|(?<=name="csrf_token" value=")[^"]*|kepan-shell" content="[^"]*"|(?<=class="err-id">)[^<]*'
)
PEOPLE = (
    ("agent", "zh"), ("agent2", "zh"), ("other_agent", "zh"), ("agent", "en"), ("manager", "zh"),
    ("manager2", "zh"), ("auditor", "zh"), ("admin", "zh"), ("admin", "en"),
)  # fmt: skip


def _text(browser: Browser, path: str, headers: dict[str, str] | None = None) -> str:
    answer = browser.get(path, headers=headers or {})
    return _OF_RESPONSE.sub("", answer.get_data(as_text=True))


def _lists(app) -> list[str]:
    """Return every list of pages that belongs to no record, and addresses that ask for more."""
    routes = {one.route.rule for one in served_lists(app) if not one.route.is_api}
    return [*sorted(rule for rule in routes if "<" not in rule), *ASKED]


def _pages(app, browsers, order: int) -> dict[tuple[str, str, bool], str]:
    return {
        (who, path, bool(headers)): _text(browser, path, headers)
        for who, browser in [*browsers.items()][::order]
        for path in _lists(app)[::order]
        for headers in ({}, MOVE)[::order]
    }


def test_acc_6_a_page_is_the_same_whoever_filled_the_shells_before(app, world):
    """Every list, cold and warm, in changed order, for several roles, companies and both languages."""
    make_customer(world.actor("agent"), name="王小明")
    make_customer(world.actor("other_agent"), name="李小红")
    browsers = {f"{who}-{lang}": Browser(app, who, locale=lang) for who, lang in PEOPLE}
    cold = {}
    with clock.frozen(clock.now()):  # pages say when they are printed
        for who, browser in browsers.items():
            with app.app_context():
                forget_cached()
            cold |= _pages(app, {who: browser}, 1)
        for order in (-1, 1):
            warm = _pages(app, browsers, order)
            assert [key for key in cold if cold[key] != warm[key]] == []
    assert len(_lists(app)) > 20


def test_acc_6_nothing_of_one_person_is_in_the_page_of_another_with_the_same_role(app, world):
    first, second = world.actor("agent"), world.actor("agent2")
    assert first.roles == second.roles
    notify(first.id, "New customer to handle: %(name)s", name="王小明")
    db.session.commit()
    browsers = Browser(app, "agent"), Browser(app, "agent2")
    with browsers[1].client.session_transaction() as kept_session:
        kept_session["csrf_token"] = "f" * 40
    own = [_text(one, "/customers/?name=%E6%9D%8E%E7%A7%98") for one in browsers]
    assert first.name in own[0]
    assert second.name in own[1]
    assert first.name not in own[1]
    assert second.name not in own[0]
    tokens = [
        re.findall(r'name="csrf_token" value="([^"]+)"', one.get("/customers/").text) for one in browsers
    ]
    assert all(len({*found}) == 1 and len(found) > 1 for found in tokens)
    assert tokens[0][0] != tokens[1][0]
    badge = '<b class="badge-dot" data-badge="notifications"'
    assert f"{badge}>1<" in own[0]
    assert f"{badge} hidden>0<" in own[1]
    assert "李秘" not in _text(browsers[1], "/customers/"), "what was typed is not kept"


def test_acc_6_nothing_of_another_company_or_of_others_is_shown_to_an_agent_of_the_same_role(app, world):
    make_customer(world.actor("agent"), name="王小明")
    admin, ours, theirs = (Browser(app, who) for who in ("admin", "agent", "other_agent"))
    assert "王小明" in _text(admin, "/customers/")
    for one, other in (("agent", theirs), ("other_agent", ours), ("agent", theirs)):
        actor, text = world.actor(one), _text(other, "/customers/")
        assert not [word for word in (actor.name, actor.username, "秦知远") if f">{word}<" in text]
        assert actor.department_name not in text
    assert "王小明" not in _text(theirs, "/customers/")


def test_acc_6_saved_views_and_own_columns_stay_with_their_owner(app, world):
    save_view(
        list_key="CustomerView", name="我的秘密", content=ViewContent("grade=D", columns="code-90.name", density="small"),
        actor=world.actor("agent"),
    )  # fmt: skip
    ours, theirs = Browser(app, "agent"), Browser(app, "agent2")
    for _again in range(2):
        assert "我的秘密" in _text(ours, "/customers/?grade=D")
        assert "list-card dense" in _text(ours, "/customers/?grade=D")
        for path in ("/customers/?grade=D", "/customers/"):
            text = _text(theirs, path)
            assert "我的秘密" not in text
            assert "list-card dense" not in text


def test_acc_6_nobody_gets_a_list_that_others_have_opened(app, world):
    for who, path in (("agent", "/customers/"), ("admin", "/customers/"), ("admin", "/operation-log/")):
        assert Browser(app, who).get(path).status_code == 200
    stranger = Browser(app)
    whole, move = stranger.get("/customers/"), stranger.get("/customers/", headers=MOVE)
    assert (whole.status_code, whole.location.partition("?")[0]) == (302, "/login/")
    assert (move.get_data(), move.headers["HX-Redirect"].partition("?")[0]) == (b"", "/login/")
    refused = Browser(app, "agent").get("/operation-log/")
    assert refused.status_code == 403
    assert "<tbody" not in refused.text


def test_off_13_every_nonce_of_a_page_is_that_of_its_header(app, world):
    browser = Browser(app, "agent")
    for _again in range(2):
        answer = browser.get("/customers/")
        found = {*re.findall(r'nonce="([^"]*)"', answer.text)}
        assert len(found) == 1
        assert f"'nonce-{found.pop()}'" in answer.headers["Content-Security-Policy"]
    assert "nonce=" not in browser.get("/customers/", headers=MOVE).text


def test_acc_6_a_changed_permission_label_language_or_role_shows_at_once(app, world):
    admin, browser = world.actor("admin"), Browser(app, "agent")
    assert "/customers/new" in _text(browser, "/customers/", MOVE)
    assert "Search" not in _text(browser, "/customers/", MOVE)
    role = db.session.get(RoleScope, role_id("Agent"))
    [pairs] = permissions_of_roles({role.role_id: "Agent"}).values()
    fewer = {pair for pair in pairs if pair != ("can_create", "Customer")}
    set_permissions(role.id, pairs=fewer, actor=admin)
    db.session.remove()
    assert "/customers/new" not in _text(browser, "/customers/", MOVE)
    with browser.client.session_transaction() as kept_session:
        kept_session["locale"] = "en"
    assert "Search" in _text(browser, "/customers/", MOVE)
    assert "Pharmacy" not in _text(browser, "/customers/", MOVE)
    change_entry(
        "customer_sources", "referral", label_zh="药房", label_en="Pharmacy", tone=None, position=None,
        enabled=True, actor=admin,
    )  # fmt: skip
    db.session.remove()
    assert "Pharmacy" in _text(browser, "/customers/", MOVE)
    agent = world.actor("agent")
    organise_staff(
        agent.id, department_id=agent.department_id, role_ids=[role_id("StoreManager")], actor=admin
    )
    db.session.remove()
    assert "/customers/new" in _text(browser, "/customers/", MOVE)


def test_acc_6_a_shell_is_made_in_the_request_of_nobody(app, world):
    actor = world.actor("manager")
    with app.test_request_context("/customers/?name=秘密", headers={"Cookie": "session=x"}):
        set_actor(actor)
        session["own"] = "秘密"
        with nobodys_request():
            nobody = current_actor()
            assert (nobody.id, nobody.username, nobody.name, nobody.department_name) == (0, "", "", "")
            assert nobody.permissions == actor.permissions
            assert (nobody.company_id, nobody.department_id, nobody.avatar_id) == (None, None, None)
            assert not {*nobody.scope, *nobody.below, *nobody.managed, *nobody.districts}
            assert (dict(request.args), request.path) == ({}, "/customers/")
            assert "own" not in session
            assert "秘密" not in qs(page=2)
        assert current_actor() is actor
        assert request.args["name"] == "秘密"
        assert "page=2" in qs(page=2)


def test_off_13_marks_are_replaced_where_the_template_put_them_and_nowhere_else(app):
    marks = Marks()
    mark = marks("text")
    shell = marks.shell(f"<p>{mark}</p><i>{marks('n', 3)}{marks('own', default='usual')}</i>")
    filled = shell.filled({"text": str(mark), "n": lambda number: str(number * 2), "own": None})
    assert filled == f"<p>{mark}</p><i>6usual</i>", "what is filled in is not searched for marks"
    assert shell.filled({"text": "x", "n": lambda _number: "", "own": ""}) == "<p>x</p><i></i>"
    with pytest.raises(KeyError):
        shell.filled({"text": ""})


def test_acc_6_a_shell_is_shared_by_those_with_the_same_roles_only(app, world):
    made = []

    def shell_for(who: str) -> int:
        with app.test_request_context("/customers/"):
            set_actor(world.actor(who))
            return kept(("test", current_app.name), lambda: made.append(who) or len(made))

    assert [shell_for(who) for who in ("agent", "agent2", "manager", "agent")] == [1, 1, 2, 1]
    assert made == ["agent", "manager"]
