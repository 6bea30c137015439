"""CUST-13: filters can be saved by name, for every list."""

from __future__ import annotations

import pytest

from app.kernel.errors import Denied, Invalid, NotFound
from app.kernel.pages.saved_filters import MAX_KEPT, SavedFilter
from app.system.saved_filters.services import delete_filter, rename_filter, save_filter
from tests.support.databases.race import race, sorted_out
from tests.support.databases.statements import count_statements
from tests.support.make import make_customer
from tests.support.system import count, log_of, refused
from tests.support.web.person import Browser

LIST = "CustomerView"


def _save(world, name="我的", query="grade=D", who="agent", list_key=LIST):
    return save_filter(list_key=list_key, query=query, name=name, actor=world.actor(who))


def _chips(page) -> dict[str, str]:
    return {chip.all("a")[0].text: chip.all("a")[0]["href"] for chip in page.all("span", class_="saved-i")}


def test_cust_13_saving_renaming_and_deleting_are_logged(world):
    agent = world.actor("agent")
    made = _save(world)
    assert rename_filter(made.id, name="D 级", actor=agent).name == "D 级"
    delete_filter(made.id, actor=agent)
    operations = [row.operation for row in log_of(made)]
    assert operations == ["saved_filter.create", "saved_filter.rename", "saved_filter.delete"]
    assert count(SavedFilter) == 0


def test_cust_13_a_name_is_used_once_per_person_and_list(world):
    _save(world)
    error = refused(lambda: _save(world, query="grade=A"), Denied)
    assert (error.code, error.decision.field) == ("saved_filter.name_taken", "name")
    _save(world, who="agent2")
    _save(world, list_key="TodoView", query="state=open")
    other = _save(world, name="别的")
    refused(lambda: rename_filter(other.id, name="我的", actor=world.actor("agent")), Denied)


def test_cust_13_only_so_many_are_kept(world):
    for number in range(MAX_KEPT):
        _save(world, name=f"第{number}个")
    assert refused(lambda: _save(world, name="太多"), Denied).code == "saved_filter.too_many"
    assert _save(world, who="agent2")


def test_cust_13_an_empty_filter_is_not_saved(world):
    refused(lambda: _save(world, query=""), Invalid)
    refused(lambda: _save(world, query="name=" + "x" * 2000), Invalid)


def test_cust_13_people_see_only_their_own_filters(world):
    made = _save(world)
    for call in (
        lambda: rename_filter(made.id, name="别的", actor=world.actor("admin")),
        lambda: delete_filter(made.id, actor=world.actor("agent2")),
    ):
        with pytest.raises(NotFound):
            call()
    assert count(SavedFilter) == 1


@pytest.mark.both
def test_cust_13_of_simultaneous_ones_with_one_name_one_is_kept(app, world):
    won, codes = sorted_out(race(app, [lambda: _save(world).id for _ in range(4)]))
    assert (len(won), codes) == (1, ["saved_filter.name_taken"] * 3)


@pytest.fixture
def browser(app, world):
    make_customer(world.actor("agent"), name="甲客户")
    return Browser(app, "agent")


@pytest.mark.both
def test_cust_13_filters_tab_and_order_come_back_with_one_click(browser):
    query = "tab=personal&name=%E7%94%B2&order_by=created_at&page_size=10&page=1"
    page = browser.page(f"/customers/?{query}")
    save = next(a["href"] for a in page.all("a") if a["href"].startswith("/saved-filters/new"))
    assert browser.page(save).form()
    answer = browser.post(save, {"name": "甲的客户"})
    assert answer.status_code == 303
    chips = _chips(browser.page("/customers/"))
    assert chips == {"甲的客户": "/customers/?name=%E7%94%B2&tab=personal&order_by=created_at"}
    applied = browser.page(chips["甲的客户"])
    assert "甲客户" in applied.one("tbody").text
    assert [a.text for a in applied.all("a", aria_current="true")][:1] == ["甲的客户"]
    assert not [a for a in applied.all("a") if a["href"].startswith("/saved-filters/new")]


def test_cust_13_nothing_to_save_without_a_filter(browser):
    for query in ("page=1&page_size=50", "tab=personal"):
        page = browser.page(f"/customers/?{query}")
        assert not [a for a in page.all("a") if a["href"].startswith("/saved-filters/new")], query


def test_cust_13_each_list_has_its_own(browser, world):
    _save(world)
    assert _chips(browser.page("/todos/?state=open")) == {}
    assert _chips(browser.page("/customers/")) == {"我的": "/customers/?grade=D"}


def test_acc_9_a_phone_number_is_never_kept(browser, world):
    page = browser.page("/customers/?phone=13812345678&grade=D")
    button = page.one("div", class_="saved").one("button", aria_disabled="true")
    assert button["title"]
    answer = browser.post("/saved-filters/new?list=CustomerView&query=phone%3D13812345678", {"name": "号码"})
    assert answer.status_code == 422
    assert count(SavedFilter) == 0


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
        browser.post(f"/saved-filters/new?list={LIST}&query={quote(query)}", {"name": "名"}).status_code
        == 303
    )
    assert _chips(browser.page("/customers/")) == {"名": f"/customers/?{kept}"}


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/saved-filters/new?list=CustomerView&query=grade%3DZ", 422),
        ("/saved-filters/new?list=CustomerView&query=created_from%3Dnever", 422),
        ("/saved-filters/new?list=CustomerView", 422),
        ("/saved-filters/new?list=Nothing&query=a%3Db", 404),
        ("/saved-filters/new?list=OptionsView&query=a%3Db", 404),
        ("/saved-filters/new?list=OperationLogView&query=record_type%3Dcustomer", 403),
        ("/saved-filters/new", 404),
        ("/saved-filters/999/rename", 404),
        ("/saved-filters/999/delete", 404),
    ],
)
def test_cust_13_what_cannot_be_saved(browser, path, status):
    assert browser.post(path, {"name": "名"}).status_code == status
    assert count(SavedFilter) == 0


def test_cust_13_rename_and_delete_in_the_browser(browser, world):
    made = _save(world)
    assert browser.page(f"/saved-filters/{made.id}/rename").values()["name"] == "我的"
    assert browser.post(f"/saved-filters/{made.id}/rename", {"name": "改名"}).status_code == 303
    assert list(_chips(browser.page("/customers/"))) == ["改名"]
    page = browser.submit(f"/saved-filters/{made.id}/rename", {"name": "字" * 31}, 422)
    assert page.values()["name"] == "字" * 31
    assert browser.post(f"/saved-filters/{made.id}/delete").location == "/customers/"
    assert _chips(browser.page("/customers/")) == {}


def test_cust_13_a_name_is_shown_as_text(browser, world):
    _save(world, name="<b>粗</b>{{7*7}}")
    assert list(_chips(browser.page("/customers/"))) == ["<b>粗</b>{{7*7}}"]


def test_acc_16_an_auditor_keeps_filters_too_a_broker_has_no_lists(app, world):
    query = "list=OperationLogView&query=record_type%3Dcustomer"
    assert Browser(app, "auditor").post(f"/saved-filters/new?{query}", {"name": "客户"}).status_code == 303
    assert Browser(app, "broker").post(f"/saved-filters/new?{query}", {"name": "客户"}).status_code == 403


def test_cust_13_saved_filters_cost_a_list_one_statement(app, browser, world):
    for number in range(5):
        _save(world, name=f"第{number}个")
    browser.page("/customers/")
    with count_statements(app) as seen:
        browser.page("/customers/?grade=D")
    assert len([text for text in seen if "FROM saved_filter" in text]) == 1
    assert len([text for text in seen if not text.upper().startswith("BEGIN")]) <= 8, seen
