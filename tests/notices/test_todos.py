"""PLAT-3 (part): to-dos: only one's own, completed once, overdue ones highlighted."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from app.audit.models import OperationLog
from app.kernel import clock
from app.kernel.database.session import db
from app.kernel.database.transactions import transactional
from app.kernel.errors import Denied, NotFound
from app.kernel.pages.badges import count_badges
from app.notices.models import Todo
from app.notices.services import add_todo, complete_todo
from tests.support.databases.race import race, sorted_out
from tests.support.web.clients import post_form, sign_in


@pytest.fixture
def give(world):
    """``give("agent")``: create an open to-do; return its id."""

    @transactional
    def put(who, *, days=1, name="王小明"):
        made = add_todo(
            world.actor(who).id,
            "Viewing booked: contact %(name)s",
            due_at=clock.now() + timedelta(days=days),
            name=name,
        )
        db.session.flush()
        return made.id

    return put


@pytest.mark.both
def test_plat_3_ticking_off(world, give):
    agent = world.actor("agent")
    moment = clock.now()
    with clock.frozen(moment):
        done = complete_todo(give("agent"), actor=agent)
    assert (done.state, done.done_at) == ("done", moment)
    rows = db.session.scalars(select(OperationLog).where(OperationLog.record_type == "todo")).all()
    assert [(row.record_id, row.operation, row.actor_id) for row in rows] == [
        (done.id, "todo.complete", agent.id)
    ]


def test_plat_3_twice_is_refused_and_changes_nothing(world, give, api):
    agent = world.actor("agent")
    pk = give("agent")
    first = complete_todo(pk, actor=agent).done_at
    with pytest.raises(Denied) as caught:
        complete_todo(pk, actor=agent)
    assert (caught.value.code, caught.value.status) == ("todo.done", 409)
    answer = api("agent").post(f"/todos/{pk}/done")
    assert (answer.status_code, answer.get_json()["code"]) == (409, "todo.done")
    db.session.expire_all()
    assert db.session.get(Todo, pk).done_at == first


def test_plat_3_people_see_only_their_own(world, give, api):
    pk = give("agent")
    for who in ("agent2", "manager", "admin"):
        with pytest.raises(NotFound):
            complete_todo(pk, actor=world.actor(who))
        assert api(who).post(f"/todos/{pk}/done").status_code == 404
        assert api(who).get(f"/todos/{pk}").status_code == 404
        assert api(who).get("/todos").get_json()["items"] == []
    assert db.session.get(Todo, pk).state == "open"


@pytest.mark.both
def test_plat_3_of_several_clicks_at_once_one_counts(world, give, app):
    agent = world.actor("agent")
    pk = give("agent")
    won, refused = sorted_out(race(app, [lambda: complete_todo(pk, actor=agent).id] * 6))
    assert (won, refused) == ([pk], ["todo.done"] * 5)


def test_plat_9_the_list_of_the_api(give, api):
    first, second = give("agent", days=3), give("agent", days=1)
    agent = api("agent")
    agent.post(f"/todos/{first}/done")
    by_due = agent.get("/todos", order_by="due_at").get_json()["items"]
    assert [item["id"] for item in by_due] == [second, first]
    assert [item["id"] for item in agent.get("/todos", state="done").get_json()["items"]] == [first]
    assert [item["id"] for item in agent.get("/todos", state="open").get_json()["items"]] == [second]
    assert agent.get("/todos", state="lost").status_code == 422


def test_the_badge_counts_open_ones(world, give):
    pk = give("agent")
    give("agent")
    give("agent2")
    complete_todo(pk, actor=world.actor("agent"))
    assert count_badges(world.actor("agent"))["todos"] == 1


def test_plat_3_overdue_ones_are_highlighted_until_they_are_done(world, give, client):
    late = give("agent", days=-1)
    give("agent", days=1)
    sign_in(client, "agent")
    assert client.get("/todos/").get_data(as_text=True).count("u-overdue") == 1
    complete_todo(late, actor=world.actor("agent"))
    assert "u-overdue" not in client.get("/todos/").get_data(as_text=True)


def test_plat_3_ticking_off_on_the_page(world, give, client):
    mine, theirs = give("agent"), give("agent2")
    sign_in(client, "agent")
    answer = post_form(client, f"/todos/{mine}/done", {"next": "/todos/?state=open"}, page="/todos/")
    assert (answer.status_code, answer.location) == (303, "/todos/?state=open")
    again = post_form(client, f"/todos/{mine}/done", page="/todos/")
    assert (again.status_code, again.location) == (303, "/todos/")
    assert "该待办已经完成" in client.get("/todos/").get_data(as_text=True)
    assert post_form(client, f"/todos/{theirs}/done", page="/todos/").status_code == 404
    assert client.post(f"/todos/{mine}/done").status_code == 400, "without the token"


@pytest.mark.parametrize(
    "elsewhere", ["//evil.example", "https://evil.example", "/\\evil.example", "javascript:x"]
)
def test_a_tick_never_leads_elsewhere(give, client, elsewhere):
    pk = give("agent")
    answer = post_form(sign_in(client, "agent"), f"/todos/{pk}/done", {"next": elsewhere}, page="/todos/")
    assert (answer.status_code, answer.location) == (303, "/todos/")
