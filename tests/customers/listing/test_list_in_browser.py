"""The list of customers in the browser: tabs, filters, search, order, paging (POOL-3, CUST-13)."""

from __future__ import annotations

import pytest

from tests.support.make import make_customer, make_platform_customer, shelve
from tests.support.web.person import Browser

TABS = ["all", "personal", "platform", "private", "pending", "off_shelf"]


def _names(page) -> list[str]:
    return [row.one("a", class_="row-link").text for row in page.all("tr") if row["data-url"]]


@pytest.fixture
def people(world) -> dict[str, int]:
    """One customer for each tab, and one of another store."""
    agent = world.actor("agent")
    made = {
        "mine": make_customer(agent, name="甲自有", short_name="甲简称"),
        "theirs": make_customer(world.actor("agent3"), name="乙外店"),
        "pending": make_platform_customer(agent, name="丙待处理"),
        "private": make_platform_customer(agent, state="private", name="丁私有"),
        "off": shelve(make_customer(agent, name="戊下架")),
    }
    return {key: customer.id for key, customer in made.items()}


@pytest.mark.parametrize(
    ("tab", "names"),
    {
        "all": {"甲自有", "丙待处理", "丁私有", "戊下架"},
        "personal": {"甲自有", "戊下架"},
        "platform": {"丙待处理", "丁私有"},
        "private": {"丁私有"},
        "pending": {"丙待处理"},
        "off_shelf": {"戊下架"},
    }.items(),
)
def test_pool_3_each_tab_shows_its_own(app, people, tab, names):
    page = Browser(app, "agent").page(f"/customers/?tab={tab}")
    assert set(_names(page)) == names
    active = page.one("nav", class_="tabs-p").one("a", aria_current="page", class_="active")
    assert active["href"].endswith(f"tab={tab}")


def test_pool_3_tabs_are_counted_after_the_page(app, people):
    browser = Browser(app, "agent")
    address = browser.page("/customers/").one("nav", class_="tabs-p")["data-counts"]
    counts = browser.get(address).get_json()
    assert counts == {
        "all": "4",
        "personal": "2",
        "platform": "2",
        "private": "1",
        "pending": "1",
        "off_shelf": "1",
        "public_pool": "0",
        "offered": "0",
    }


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ("name=甲", {"甲自有"}),
        ("name=甲简", {"甲自有"}),
        ("name=外店", set()),
        ("name=%25", set()),
        ("name=_", set()),
        ("pool=platform", {"丙待处理", "丁私有"}),
        ("follow_status=off_shelf", {"戊下架"}),
        ("pool=platform&follow_status=pending", {"丙待处理"}),
        ("created_from=2000-01-01&created_to=2100-01-01", {"甲自有", "丙待处理", "丁私有", "戊下架"}),
        ("created_to=2000-01-01", set()),
        ("last_follow_up_from=2000-01-01", set()),
    ],
)
def test_cust_13_filters_narrow_the_list(app, people, query, names):
    assert set(_names(Browser(app, "agent").page(f"/customers/?{query}"))) == names


def test_cust_13_search_by_whole_number_last_four_and_code(app, world):
    made = make_customer(world.actor("agent"), name="号码之人", phone="13912345678")
    make_customer(world.actor("agent"), name="别的人", phone="13912340000")
    code = made.code
    browser = Browser(app, "agent")
    for phone in ("13912345678", "139 1234 5678", "+86 139-1234-5678", "1391234５６７８", "5678"):
        page = browser.page(browser.post("/customers/search", {"phone": phone}).location)
        assert _names(page) == ["号码之人"], phone
        assert "13912345678" not in page.one("tbody").text
        assert "139****5678" in page.one("tbody").text
    assert _names(browser.page(f"/customers/?code={code.lower()}")) == ["号码之人"]
    assert _names(browser.page(browser.post("/customers/search", {"phone": "13912345670"}).location)) == []


@pytest.mark.parametrize(
    ("query", "name", "sentence"),
    [
        ("phone=123", "phone", "请填写完整号码或后四位"),
        ("created_from=2026-13-01", "created_from", "请填写日期，例如 2026-01-31"),
        ("pool=nothing", "pool", "填写的内容无效"),
        ("owner_id=abc", "owner_id", "填写的内容无效"),
    ],
)
def test_cust_13_a_wrong_filter_is_said_under_it_and_shows_nothing(app, people, query, name, sentence):
    page = Browser(app, "agent").page(f"/customers/?{query}")
    assert page.one(id=f"f-{name}-err").text == sentence
    assert page.one(id=f"f-{name}")["aria-invalid"] == "true"
    assert _names(page) == []


@pytest.mark.parametrize(
    "query",
    [
        "page=abc",
        "page=0",
        "page=-1",
        "order_by=password",
        "order_by=phone_cipher",
        "tab=nothing",
        "page=1e9",
    ],
)
def test_wrong_paging_and_order_fall_back_to_the_usual(app, people, query):
    assert set(_names(Browser(app, "agent").page(f"/customers/?{query}"))) == {
        "甲自有",
        "丙待处理",
        "丁私有",
        "戊下架",
    }


def test_a_page_holds_at_most_a_hundred_rows_and_the_next_ones_follow(app, world):
    agent = world.actor("agent")
    names = [make_customer(agent, name=f"客{number:03d}").name for number in range(105)]
    browser = Browser(app, "agent")
    first = _names(browser.page("/customers/?page_size=100000"))
    rest = _names(browser.page("/customers/?page_size=100000&page=2"))
    assert [*first, *rest] == names[::-1]
    assert len(first) == 100
    assert len(_names(browser.page("/customers/"))) == 20
    assert "共 105 条" in browser.page("/customers/?page=3").text


def test_cust_13_order_by_creation_both_ways_and_by_last_follow_up(app, people):
    browser = Browser(app, "agent")
    newest_first = _names(browser.page("/customers/"))
    assert newest_first == ["戊下架", "丁私有", "丙待处理", "甲自有"]
    assert _names(browser.page("/customers/?order_by=created_at")) == newest_first[::-1]
    browser.post(f"/customers/{people['mine']}/follow-up", {"content": "谈过了", "method": "phone"})
    assert _names(browser.page("/customers/?order_by=-last_follow_up_at"))[0] == "甲自有"
    assert _names(browser.page("/customers/?order_by=last_follow_up_at"))[-1] == "甲自有"


def test_a_tab_and_its_filters_stay_while_paging_and_sorting(app, people):
    page = Browser(app, "agent").page("/customers/?tab=personal&name=甲&order_by=created_at&page_size=10")
    hidden = {n["name"]: n["value"] for n in page.one("form", class_="filter").all("input", type="hidden")}
    assert hidden.pop("csrf_token"), "the search is posted (ACC-17)"
    assert hidden == {"tab": "personal", "page_size": "10", "order_by": "created_at"}
    sort = page.one("th", data_key="created_at").one("a")["href"]
    assert all(part in sort for part in ("tab=personal", "name=", "order_by=-created_at", "page_size=10"))
    assert page.one("a", class_="btn-default", href="/customers/?tab=personal").text == "重置"


def test_an_empty_list_says_what_to_do(app):
    browser = Browser(app, "agent2")
    empty = browser.page("/customers/").one(class_="empty")
    assert "还没有客户" in empty.text
    assert empty.one("a", data_drawer="新增客户")["href"] == "/customers/new"
    filtered = browser.page("/customers/?name=没有这个人").one(class_="empty")
    assert filtered.one("a")["href"] == "/customers/"


def test_typed_text_is_shown_as_text(app, people):
    evil = "<script>alert(1)</script>"
    page = Browser(app, "agent").page(f"/customers/?name={evil}")
    assert page.one("input", id="f-name")["value"] == evil
    harmless = {"application/json", "speculationrules"}
    assert not [s for s in page.all("script") if not s["src"] and s["type"] not in harmless]


def test_row_buttons_carry_the_reason_when_the_rule_refuses(app, people):
    row = next(r for r in Browser(app, "auditor").page("/customers/").all("tr") if r["data-url"])
    assert [a.text for a in row.one(class_="row-ops").all()][:1] == ["查看"]
    assert {a["href"] for a in row.one(class_="row-ops").all("a")} == {row["data-url"]}
