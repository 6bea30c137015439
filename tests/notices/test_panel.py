"""OFF-9: the panel below the bell: notifications and to-dos in place, each with its deed."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from app.customers.shared.pushes import Push
from app.kernel import clock
from app.kernel.database.session import db
from app.kernel.database.transactions import transactional
from app.notices.models import Todo
from app.notices.services import add_todo, notify
from app.pool.pushes.services import push_customer, withdraw_push
from tests.support.databases.statements import count_statements
from tests.support.make import make_customer
from tests.support.web.person import Browser

if TYPE_CHECKING:
    from tests.support.web.pages import Page

MESSAGE = "New customer to handle: %(name)s"
PANEL = "/inbox/panel"
STATEMENTS = 5  # the session, notifications, to-dos, the records of one type, and what their rules need


@transactional
def _push(world, receiver: str = "agent2", **more) -> int:
    agent = world.actor("agent")
    customer = make_customer(agent, name="钱先生")
    return push_customer(customer.id, receiver_id=world.actor(receiver).id, actor=agent, **more).id


@transactional
def _todo(world, who: str, **more) -> int:
    made = add_todo(
        world.actor(who).id, MESSAGE, due_at=clock.now() - timedelta(hours=1), name="王小明", **more
    )
    db.session.flush()
    return made.id


def _deeds(page: Page) -> dict[str, str]:
    """Return the buttons of the panel: label → address."""
    at_once = {one.text: one["data-deed"] for one in page.all("button") if one["data-deed"]}
    return at_once | {one.text: one["href"] for one in page.all("a") if one["data-drawer"]}


@pytest.mark.both
def test_off_9_a_push_is_accepted_or_rejected_where_its_notice_is_read(app, world):
    pk = _push(world, remark="想看青羊区")
    receiver = Browser(app, "agent2")
    panel = receiver.page(PANEL)
    assert "钱先生" in panel.text
    assert "想看青羊区" in panel.text
    assert _deeds(panel) == {"接受": f"/pushes/{pk}/accept", "拒绝": f"/pushes/{pk}/reject"}
    done = receiver.submit(f"/pushes/{pk}/accept", {"_drawer": "1"}, 200)
    assert done.one("main")["data-message"]
    db.session.expire_all()
    assert db.session.get(Push, pk).state == "accepted"
    panel = receiver.page(PANEL)
    assert not _deeds(panel)
    assert panel.one("span", class_="nt-why").text == "此推送已被接受"


def test_off_9_a_refusal_says_why(app, world):
    pk = _push(world)
    receiver = Browser(app, "agent2")
    assert _deeds(receiver.page(PANEL))
    withdraw_push(pk, actor=world.actor("agent"))
    db.session.commit()
    refused = receiver.submit(f"/pushes/{pk}/accept", {"_drawer": "1"}, 409)
    why = refused.all("div", class_="form-alert") or refused.all("p", class_="err-text")
    assert "推送已撤回" in why[0].text
    db.session.expire_all()
    assert db.session.get(Push, pk).state == "withdrawn"


def test_off_9_nobody_else_gets_the_notice_or_its_deed(app, world):
    pk = _push(world)
    for other in ("agent3", "manager", "admin", "auditor"):
        assert not _deeds(Browser(app, other).page(PANEL)), other
    stranger = Browser(app, "other_agent")
    assert stranger.post(f"/pushes/{pk}/accept", {"_drawer": "1"}).status_code == 404


def test_plat_3_a_todo_is_done_in_the_panel(app, world):
    mine, theirs = _todo(world, "agent"), _todo(world, "agent2")
    agent = Browser(app, "agent")
    panel = agent.page(PANEL)
    assert _deeds(panel) == {"标为完成": f"/todos/{mine}/done"}
    assert "u-overdue" in panel.one("time")["class"]
    assert agent.post(f"/todos/{mine}/done", {"_drawer": "1"}).status_code == 200
    assert agent.post(f"/todos/{theirs}/done", {"_drawer": "1"}).status_code == 404
    db.session.expire_all()
    assert (db.session.get(Todo, mine).state, db.session.get(Todo, theirs).state) == ("done", "open")
    assert "还没有消息" in agent.page(PANEL).text


def test_off_9_the_panel_is_for_people_who_read_notices(app):
    assert Browser(app).get(PANEL).status_code == 302
    assert Browser(app, "broker").get(PANEL).status_code == 403


@pytest.mark.both
def test_off_9_the_panel_costs_the_same_for_many_notices(app, world):
    agent2 = Browser(app, "agent2")
    _push(world)
    _todo(world, "agent2")
    agent2.page(PANEL)
    with count_statements(app) as few:
        agent2.page(PANEL)
    for _ in range(6):
        _push(world)
        _todo(world, "agent2")
    with count_statements(app) as many:
        agent2.page(PANEL)
    assert len(many) == len(few) <= STATEMENTS, many


def test_off_9_a_notice_without_a_record_has_no_deed(app, world):
    transactional(notify)(world.actor("agent").id, MESSAGE, name="王小明")
    panel = Browser(app, "agent").page(PANEL)
    assert not _deeds(panel)
    assert panel.one("li")["data-read-url"].endswith("/read")
