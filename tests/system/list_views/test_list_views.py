"""CUST-13, OFF-5: views can be saved by name, for every list, and shared with the department."""

from __future__ import annotations

import pytest

from app.kernel.errors import Denied, Invalid, NotFound
from app.kernel.pages.list_views import MAX_KEPT, ListView, ViewContent
from app.system.list_views.services import delete_view, edit_view, save_view
from tests.support.databases.race import race, sorted_out
from tests.support.databases.statements import count_statements
from tests.support.make import make_customer
from tests.support.system import count, log_of, refused
from tests.support.web.person import Browser

LIST = "CustomerView"


def _save(world, name="我的", query="grade=D", who="agent", list_key=LIST):
    return save_view(list_key=list_key, content=ViewContent(query), name=name, actor=world.actor(who))


def _chips(page) -> dict[str, str]:
    """Return the views above a list with their addresses, without the number of the view."""
    links = [chip.all("a")[0] for chip in page.all("span", class_="view-i")]
    return {link.text: link["href"].rpartition("&list_view=")[0] for link in links}


def test_cust_13_saving_renaming_and_deleting_are_logged(world):
    agent = world.actor("agent")
    made = _save(world)
    assert edit_view(made.id, name="D 级", actor=agent).name == "D 级"
    delete_view(made.id, actor=agent)
    operations = [row.operation for row in log_of(made)]
    assert operations == ["list_view.create", "list_view.update", "list_view.delete"]
    assert count(ListView) == 0


def test_cust_13_a_name_is_used_once_per_person_and_list(world):
    _save(world)
    error = refused(lambda: _save(world, query="grade=A"), Denied)
    assert (error.code, error.decision.field) == ("list_view.name_taken", "name")
    _save(world, who="agent2")
    _save(world, list_key="TodoView", query="state=open")
    other = _save(world, name="别的")
    refused(lambda: edit_view(other.id, name="我的", actor=world.actor("agent")), Denied)


def test_cust_13_only_so_many_are_kept(world):
    for number in range(MAX_KEPT):
        _save(world, name=f"第{number}个")
    assert refused(lambda: _save(world, name="太多"), Denied).code == "list_view.too_many"
    assert _save(world, who="agent2")


def test_cust_13_an_empty_filter_is_not_saved(world):
    refused(lambda: _save(world, query=""), Invalid)
    refused(lambda: _save(world, query="name=" + "x" * 2000), Invalid)


def test_cust_13_people_see_only_their_own_filters(world):
    made = _save(world)
    for call in (
        lambda: edit_view(made.id, name="别的", actor=world.actor("admin")),
        lambda: delete_view(made.id, actor=world.actor("agent2")),
    ):
        with pytest.raises(NotFound):
            call()
    assert count(ListView) == 1


@pytest.mark.both
def test_cust_13_of_simultaneous_ones_with_one_name_one_is_kept(app, world):
    won, codes = sorted_out(race(app, [lambda: _save(world).id for _ in range(4)]))
    assert (len(won), codes) == (1, ["list_view.name_taken"] * 3)


@pytest.fixture
def browser(app, world):
    make_customer(world.actor("agent"), name="甲客户")
    return Browser(app, "agent")


@pytest.mark.both
def test_cust_13_filters_tab_and_order_come_back_with_one_click(browser):
    query = "tab=personal&name=%E7%94%B2&order_by=created_at&page_size=10&page=1"
    page = browser.page(f"/customers/?{query}")
    save = next(a["href"] for a in page.all("a") if a["href"].startswith("/list-views/new"))
    assert browser.page(save).form()
    answer = browser.post(save, {"name": "甲的客户"})
    assert answer.status_code == 303
    chips = _chips(browser.page("/customers/"))
    assert chips == {"甲的客户": "/customers/?name=%E7%94%B2&tab=personal&order_by=created_at"}
    applied = browser.page(chips["甲的客户"])
    assert "甲客户" in applied.one("tbody").text
    assert [a.text for a in applied.all("a", aria_current="true")][:1] == ["甲的客户"]
    assert not [a for a in applied.all("a") if a["href"].startswith("/list-views/new")]


def test_cust_13_nothing_to_save_without_a_filter(browser):
    for query in ("page=1&page_size=50", "tab=personal"):
        page = browser.page(f"/customers/?{query}")
        assert not [a for a in page.all("a") if a["href"].startswith("/list-views/new")], query


def test_cust_13_each_list_has_its_own(browser, world):
    _save(world)
    assert _chips(browser.page("/todos/?state=open")) == {}
    assert _chips(browser.page("/customers/")) == {"我的": "/customers/?grade=D"}


def test_acc_9_a_phone_number_is_never_kept(browser, world):
    page = browser.page("/customers/?phone=13812345678&grade=D")
    button = page.one("nav", class_="views").one("button", aria_disabled="true")
    assert button["title"]
    answer = browser.post("/list-views/new?list=CustomerView&query=phone%3D13812345678", {"name": "号码"})
    assert answer.status_code == 422
    assert count(ListView) == 0


@pytest.mark.parametrize(
    ("query", "kept"),
    [
        ("grade=D&evil=%3Cscript%3E&page=7&page_size=100&after=x", "grade=D"),
        ("order_by=-created_at&grade=D", "grade=D"),
        ("tab=nothing&grade=D", "grade=D"),
        ("grade=D&grade=A", "grade=D"),
        ("created_from=2026-01-01&created_to=2026-02-01", "created_from=2026-01-01&created_to=2026-02-01"),
    ],
)
def test_cust_13_only_the_lists_own_arguments_are_kept(browser, world, query, kept):
    from urllib.parse import quote

    assert (
        browser.post(f"/list-views/new?list={LIST}&query={quote(query)}", {"name": "名"}).status_code == 303
    )
    assert _chips(browser.page("/customers/")) == {"名": f"/customers/?{kept}"}


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/list-views/new?list=CustomerView&query=grade%3DZ", 422),
        ("/list-views/new?list=CustomerView&query=created_from%3Dnever", 422),
        ("/list-views/new?list=CustomerView", 422),
        ("/list-views/new?list=Nothing&query=a%3Db", 404),
        ("/list-views/new?list=OptionsView&query=a%3Db", 404),
        ("/list-views/new?list=OperationLogView&query=record_type%3Dcustomer", 403),
        ("/list-views/new", 404),
        ("/list-views/999/edit", 404),
        ("/list-views/999/delete", 404),
    ],
)
def test_cust_13_what_cannot_be_saved(browser, path, status):
    assert browser.post(path, {"name": "名"}).status_code == status
    assert count(ListView) == 0


def test_cust_13_rename_and_delete_in_the_browser(browser, world):
    made = _save(world)
    assert browser.page(f"/list-views/{made.id}/edit").values()["name"] == "我的"
    assert browser.post(f"/list-views/{made.id}/edit", {"name": "改名"}).status_code == 303
    assert list(_chips(browser.page("/customers/"))) == ["改名"]
    page = browser.submit(f"/list-views/{made.id}/edit", {"name": "字" * 31}, 422)
    assert page.values()["name"] == "字" * 31
    assert browser.post(f"/list-views/{made.id}/delete").location == "/customers/?list_view="
    assert _chips(browser.page("/customers/")) == {}


def test_cust_13_a_name_is_shown_as_text(browser, world):
    _save(world, name="<b>粗</b>{{7*7}}")
    assert list(_chips(browser.page("/customers/"))) == ["<b>粗</b>{{7*7}}"]


def test_acc_16_an_auditor_keeps_filters_too_a_broker_has_no_lists(app, world):
    query = "list=OperationLogView&query=record_type%3Dcustomer"
    assert Browser(app, "auditor").post(f"/list-views/new?{query}", {"name": "客户"}).status_code == 303
    assert Browser(app, "broker").post(f"/list-views/new?{query}", {"name": "客户"}).status_code == 403


def test_cust_13_saved_filters_cost_a_list_one_statement(app, browser, world):
    for number in range(5):
        _save(world, name=f"第{number}个")
    browser.page("/customers/")
    with count_statements(app) as seen:
        browser.page("/customers/?grade=D")
    assert len([text for text in seen if "FROM list_view" in text]) == 1
    assert len([text for text in seen if not text.upper().startswith("BEGIN")]) <= 8, seen
