"""Many customers at once: POOL-7, POOL-8, POOL-12, PLAT-1: a verdict for each, a log for each."""

from __future__ import annotations

import pytest

from app.audit import services as audit
from app.audit.services import verify
from app.kernel.database.session import db
from app.kernel.errors import Invalid
from app.pool.shelving.services import unshelve_customers
from tests.support.databases.statements import count_statements
from tests.support.make import make_customer, make_platform_customer, shelve
from tests.support.traces import nothing_written, notifications, operations, shelf_log, stored, todos
from tests.support.web.person import Browser

NEVER_THERE = 987654


@pytest.fixture
def mixed(world):
    """What a batch may meet: one's own, a colleague's private one, one off shelf, one out of reach, none."""
    agent = world.actor("agent")
    return {
        "own": make_customer(agent),
        "private": make_platform_customer(agent, state="private"),
        "colleagues": make_platform_customer(world.actor("agent2"), state="private"),
        "off_shelf": make_platform_customer(world.actor("manager"), state="off_shelf"),
        "unreachable": make_customer(world.actor("agent3")),
    }


def _codes(verdicts):
    return {pk: verdict.code for pk, verdict in verdicts.items()}


def test_pool_7_each_row_has_its_verdict(world, mixed):
    pks = [*(one.id for one in mixed.values()), NEVER_THERE]
    before = {name: stored(one.id) for name, one in mixed.items()}
    verdicts = unshelve_customers(pks, reason="no_need", actor=world.actor("agent"))
    assert _codes(verdicts) == {
        mixed["own"].id: "",
        mixed["private"].id: "",
        mixed["colleagues"].id: "pool.not_responsible",
        mixed["off_shelf"].id: "pool.already_off_shelf",
        mixed["unreachable"].id: "not_found",
        NEVER_THERE: "not_found",
    }
    assert {pk: bool(verdict) for pk, verdict in verdicts.items()} == {
        pk: code == "" for pk, code in _codes(verdicts).items()
    }
    done = {name for name, one in mixed.items() if stored(one.id) != before[name]}
    assert done == {"own", "private"}
    for name, one in mixed.items():
        logs = (operations(one, "pool.unshelve"), shelf_log(one))
        assert [len(rows) for rows in logs] == ([1, 1] if name in done else [0, 0])
    assert list(verify()) == []


def test_pool_7_in_the_managers_batch_only_the_state_refuses(world, mixed):
    pks = [one.id for name, one in mixed.items() if name != "unreachable"]
    verdicts = unshelve_customers(pks, reason="no_need", actor=world.actor("manager"))
    assert sorted(_codes(verdicts).values()) == ["", "", "", "pool.already_off_shelf"]


def test_pool_8_every_owner_is_told_and_has_the_to_do(world):
    from datetime import timedelta

    from app.kernel import clock

    people = [world.actor(name) for name in ("agent", "agent2")]
    made = [make_customer(person) for person in people]
    unshelve_customers(
        [one.id for one in made],
        reason="no_need",
        next_contact_at=clock.now() + timedelta(days=9),
        actor=world.actor("manager"),
    )
    for person, one in zip(people, made, strict=True):
        assert [note.customer_id for note in notifications(person.id)] == [one.id]
        assert [todo.customer_id for todo in todos(person.id)] == [one.id]


def test_pool_7_one_row_named_twice_is_done_once(world):
    made = make_customer(world.actor("agent"))
    assert len(unshelve_customers([made.id] * 3, reason="other", actor=world.actor("agent"))) == 1
    assert len(operations(made, "pool.unshelve")) == 1


def test_pool_8_wrong_input_refuses_the_whole_batch(world):
    made = [make_customer(world.actor("agent")) for _ in range(2)]
    with nothing_written(), pytest.raises(Invalid) as caught:
        unshelve_customers([one.id for one in made], reason="because", actor=world.actor("agent"))
    assert set(caught.value.fields) == {"reason"}


@pytest.mark.both
def test_a_batch_that_fails_leaves_nothing(world, monkeypatch):
    made = [make_customer(world.actor("agent")) for _ in range(3)]
    pks = [one.id for one in made]
    append, calls = audit.append, []

    def fail_at_the_third(*args, **kwargs):
        calls.append(args)
        if len(calls) == 3:
            raise RuntimeError
        return append(*args, **kwargs)

    monkeypatch.setattr(audit, "append", fail_at_the_third)
    with nothing_written(), pytest.raises(RuntimeError):
        unshelve_customers(pks, reason="other", actor=world.actor("agent"))


@pytest.mark.both
def test_a_batch_costs_the_same_statements_for_ten_as_for_two(app, world):
    """Rows are written many at a time; nothing is asked for each."""
    agent = world.actor("agent")
    counts = []
    for number in (1, 2, 10):  # the first fills what a process remembers
        pks = [make_customer(agent).id for _ in range(number)]
        db.session.commit()
        with count_statements(app) as seen:
            unshelve_customers(pks, reason="other", actor=agent)
        counts.append(len([one for one in seen if one.lstrip().startswith("SELECT")]))
    assert counts[1] == counts[2] <= 8, counts


# ---------------------------------------------------------------- the page


def _results(page):
    """Name → why not, or that it was done."""
    cells = [[cell.text for cell in row.all("td")] for row in page.one("tbody").all("tr")]
    return {name: said if reason == "—" else reason for name, said, reason in cells}


def _path(action, *customers):
    return f"/customers/batch/{action}?_drawer=1&ids=" + ",".join(str(one) for one in customers)


def test_pool_7_the_page_tells_what_became_of_each(app, world, mixed):
    browser = Browser(app, "agent")
    path = _path("unshelve", *(one.id for one in mixed.values()))
    assert "reason" in browser.page(path).values()
    results = _results(browser.submit(path, {"reason": "no_need"}, 200))
    assert set(results) == {
        *(one.name for name, one in mixed.items() if name != "unreachable"), str(mixed["unreachable"].id),
    }  # fmt: skip
    done = {mixed["own"].name, mixed["private"].name}
    assert {name for name, said in results.items() if said == "已完成"} == done
    assert results[str(mixed["unreachable"].id)] == "内容不存在，或您无权查看"


def test_pool_12_without_an_operation_of_its_own_each_row_is_done_apart(app, world):
    agent = world.actor("agent")
    free, held, pending = (
        make_platform_customer(agent, state="following"),
        make_platform_customer(world.actor("agent2"), state="private"),
        make_platform_customer(agent, state="pending"),
    )
    results = _results(
        Browser(app, "agent").submit(_path("privatize", free.id, held.id, pending.id), {}, 200)
    )
    assert results[free.name] == "已完成"
    assert world.actor("agent2").name in results[held.name]
    assert stored(free.id)["private_holder_id"] == agent.id
    assert [len(operations(one, "pool.privatize")) for one in (free, held, pending)] == [1, 0, 0]


def test_pool_10_what_is_wrong_for_all_comes_back_to_the_form_and_for_some_to_their_rows(app, world):
    agent, handler = world.actor("agent"), world.actor("agent2")
    platform = make_platform_customer(agent, state="off_shelf")
    personal = make_customer(agent)
    browser = Browser(app, "agent")
    form = {"remark": "再联系", "handler_id": ""}
    assert set(browser.submit(_path("shelve", platform.id), form, 422).errors()) == {"handler_id"}
    results = _results(
        browser.submit(_path("shelve", platform.id, personal.id), form | {"handler_id": str(handler.id)}, 200)
    )
    assert results[platform.name] == "已完成"
    assert results[personal.name] != "已完成"
    assert stored(platform.id)["handler_id"] == handler.id


@pytest.mark.parametrize("ids", ["", ",", "x", "1;2", "1,-2", "１", ",".join(map(str, range(1001)))])
def test_a_batch_takes_between_1_and_1000_records(app, world, ids):
    browser = Browser(app, "agent")
    assert browser.get(f"/customers/batch/unshelve?ids={ids}").status_code == 422
    assert browser.post(f"/customers/batch/unshelve?ids={ids}", {"reason": "other"}).status_code == 422


def test_a_number_beyond_the_database_is_no_record(app, world):
    path = _path("unshelve", 10**30)
    assert "内容不存在" in Browser(app, "agent").submit(path, {"reason": "other"}, 200).text


@pytest.mark.parametrize("action", ["unshelve", "shelve", "privatize", "publicize", "assign", "push"])
def test_acc_6_a_batch_asks_for_the_permission(app, world, action):
    made = make_customer(world.actor("agent"))
    for name in ("auditor", "finance"):
        assert Browser(app, name).post(_path(action, made.id), {"reason": "other"}).status_code == 403
    assert Browser(app, "agent").get(_path(action, made.id)).status_code == 200


def test_the_list_offers_the_operations_on_many(app, world):
    make_customer(world.actor("agent"))
    offered = {one["data-batch"] for one in Browser(app, "agent").page("/customers/").all()}
    assert any("/customers/batch/unshelve" in one for one in offered)
    text = Browser(app, "auditor").get("/customers/").get_data(as_text=True)
    assert "/customers/batch/" not in text


def test_pool_9_and_10_a_mixed_selection_is_shelved_in_one_go(app, world):
    agent = world.actor("agent")
    personal, platform = shelve(make_customer(agent)), shelve(make_platform_customer(agent))
    chosen = f"/customers/batch/shelve?ids={personal.id},{platform.id}"
    form = {"handler_id": agent.id, "follow_status": "following", "remark": "回来了"}
    browser = Browser(app, "agent")
    assert "已上架 2 位客户" in browser.page(browser.post(chosen, form).location).text
    rows = [stored(one.id) for one in (personal, platform)]
    assert [row["follow_status"] for row in rows] == ["following", "following"]
    assert [row["private_holder_id"] for row in rows] == [None, agent.id]
