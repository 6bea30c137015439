"""OFF-4: "all found" is evaluated by the server, in the actor's scope, and again before each row."""

from __future__ import annotations

import pytest
from sqlalchemy import update

from app.customers.shared.models import Customer
from app.kernel.access.guard import unscoped
from app.kernel.database.session import db
from app.kernel.pages import selections
from tests.support.databases.race import elsewhere
from tests.support.make import make_customer, shelve
from tests.support.traces import stored
from tests.support.web.batches import REMARK, path
from tests.support.web.person import Browser

WHY = {"reason": "other"}


def _names(page) -> dict[str, str]:
    """Name → result."""
    rows = page.one("section", class_="batch").one("tbody").all("tr")
    return {cells[0].text: cells[1].text for cells in (row.all("td") for row in rows)}


def _change(pk: int, **values) -> None:
    with unscoped("a colleague's change"):
        db.session.execute(update(Customer).where(Customer.id == pk).values(**values))
    db.session.commit()


@pytest.mark.both
def test_off_4_all_found_are_those_of_the_filter_and_the_scope(app, world):
    agent = world.actor("agent")
    found = [make_customer(agent, name=f"王{n}") for n in range(3)]
    other, foreign = make_customer(agent, name="李一"), make_customer(world.actor("agent3"), name="王外")
    browser = Browser(app, "agent")
    assert "已选 3 条记录" in browser.page(path("unshelve", found=1, name="王")).text
    browser.submit(path("unshelve", found=1, name="王", page=2, page_size=1), WHY, 303)
    assert _names(browser.page("/batches/1")) == dict.fromkeys(("王0", "王1", "王2"), "已完成")
    assert {stored(one.id)["follow_status"] for one in found} == {"off_shelf"}
    assert [stored(one.id)["follow_status"] for one in (other, foreign)] == ["following", "following"]


def test_off_4_the_tab_counts_and_what_is_left_out_stays(app, world):
    agent = world.actor("agent")
    off = [shelve(make_customer(agent, name=f"客{n}")) for n in range(3)]
    make_customer(agent, name="在架")
    browser = Browser(app, "agent")
    browser.submit(path("shelve", found=1, tab="off_shelf", left_out=off[1].id), REMARK, 303)
    assert set(_names(browser.page("/batches/1"))) == {"客0", "客2"}
    assert stored(off[1].id)["follow_status"] == "off_shelf"


@pytest.mark.parametrize(
    "query",
    [
        {"tab": "no_such_tab"},
        {"source": "no_such_source"},
        {"order_by": "password"},
        {"phone": "13812345678"},  # a typed number is not searched by an address (ACC-17)
        {"name": "没有这样的客户"},
        {"left_out": "x"},
    ],
)
def test_off_4_a_filter_that_is_wrong_or_finds_nothing_is_refused(app, world, query):
    made = make_customer(world.actor("agent"))
    browser = Browser(app, "agent")
    assert browser.get(path("unshelve", found=1, **query)).status_code == 422
    assert browser.post(path("unshelve", found=1, **query), WHY).status_code == 422
    assert stored(made.id)["follow_status"] == "following"


def test_off_4_all_found_has_a_bound(app, world, monkeypatch):
    for _ in range(3):
        make_customer(world.actor("agent"))
    monkeypatch.setattr(selections, "MAX_FOUND", 2)
    answer = Browser(app, "agent").post(path("unshelve", found=1), WHY)
    assert answer.status_code == 422


@pytest.mark.both
def test_off_4_what_leaves_the_filter_or_joins_it_meanwhile_is_left_alone(
    app, world, long, before_row, work, states
):
    agent = world.actor("agent")
    ids = [shelve(make_customer(agent, name=f"王{n}", source="walk_in")).id for n in range(4)]
    query = path("shelve", found=1, tab="off_shelf", source="walk_in", order_by="created_at")
    answer = Browser(app, "agent").post(query, REMARK)
    pk = int(answer.location.rsplit("/", 1)[-1])
    late = shelve(make_customer(agent, name="王晚", source="walk_in")).id
    before_row(lambda n: n == 3 and elsewhere(app, lambda: _change(ids[2], source="other")))
    work()
    assert states(pk) == ["done", "done", "batch.left", "done"]
    assert stored(ids[2])["follow_status"] == stored(late)["follow_status"] == "off_shelf"
    page = Browser(app, "agent").page(f"/batches/{pk}")
    assert _names(page)["王2"] == "未成功"
    assert "已不在筛选结果中" in page.text


def test_off_4_what_leaves_the_scope_meanwhile_is_refused_as_not_found(
    app, world, begin, shelved, before_row, work, states
):
    def give_away() -> None:
        other = world.actor("agent3")
        _change(shelved[4].id, owner_id=other.id, department_id=other.department_id)

    pk = begin()
    before_row(lambda n: n == 2 and elsewhere(app, give_away))
    work()
    assert states(pk) == ["done"] * 4 + ["not_found"]
    page = Browser(app, "agent").page(f"/batches/{pk}")
    assert str(shelved[4].id) in _names(page)
    assert shelved[4].name not in page.text
