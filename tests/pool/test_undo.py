"""OFF-3: the pool's operations and the team's changes are undone within 30 seconds, by who did them."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from itertools import count

import pytest
from sqlalchemy import select, update

from app.audit.models import OperationLog
from app.audit.undo.models import UndoStep
from app.audit.undo.services import forget_steps, undo
from app.customers.follow_ups.services import follow_up
from app.customers.members.services import add_member, remove_member
from app.customers.shared.follow_ups import FollowUp
from app.customers.shared.models import CustomerMember
from app.customers.shared.pushes import Push
from app.kernel import clock
from app.kernel.database.session import db
from app.kernel.errors import NotFound
from app.notices.models import Notification, Todo
from app.notices.services import add_todo, complete_todo
from app.org.shared.models import Staff
from app.pool.holding.services import assign_customer, privatize_customer, publicize_customer
from app.pool.public_pool.models import PoolEntry
from app.pool.public_pool.services import open_entry
from app.pool.pushes.services import push_customer
from app.pool.shelving.models import ShelfLog
from app.pool.shelving.services import shelve_customer, unshelve_customer, unshelve_customers
from app.system.settings.services import change_setting
from tests.support.databases.race import race, sorted_out
from tests.support.make import make_customer, make_member, make_platform_customer, shelve
from tests.support.traces import notifications, operations, stored
from tests.support.web.person import Browser

_TABLES = (Todo, Push, PoolEntry, ShelfLog, FollowUp, CustomerMember, Notification)
_deeds = count(1)


def _asking(world, name):
    """Return a person in a request of their own: what they do there is one deed."""
    return replace(world.actor(name), request_id=f"deed-{next(_deeds)}")


def _rows(customer) -> dict[str, list[tuple]]:
    """Return all rows around the customer, as they are committed."""
    db.session.commit()
    with db.engine.connect() as connection:
        return {
            model.__tablename__: [
                tuple(row)
                for row in connection.execute(
                    select(model.__table__)
                    .where(model.__table__.c.customer_id == customer.id)
                    .order_by(*model.__table__.primary_key.columns)
                )
            ]
            for model in _TABLES
        }


def _verdicts(deed, actor) -> list[str]:
    return [one.verdict.code for one in undo(deed, actor=actor)]


def _pending(world):
    """A pending customer with everything that unshelving and assigning move: to-dos, pushes."""
    agent = world.actor("agent")
    made = make_platform_customer(agent, name="王小明")
    add_todo(
        agent.id,
        "Contact %(name)s again",
        due_at=clock.now() + timedelta(days=1),
        customer_id=made.id,
        name="王小明",
    )
    push_customer(made.id, receiver_id=world.actor("agent3").id, actor=agent)
    db.session.commit()
    return made


def _in_public_pool(world):
    made = make_platform_customer(world.actor("agent"), state="following", name="王小明")
    open_entry(made, world.actor("agent"))
    db.session.commit()
    return made


def _with_a_member(world):
    made = make_customer(world.actor("agent"), name="王小明")
    make_member(made, world.actor("agent2"))
    return made


CASES = {
    "unshelve": (
        _pending,
        lambda c, actor, _w: unshelve_customer(
            c.id, reason="no_need", next_contact_at=clock.now() + timedelta(days=9), actor=actor
        ),
    ),
    "unshelve_private": (
        lambda w: make_platform_customer(w.actor("agent"), state="private", name="王小明"),
        lambda c, actor, _w: unshelve_customer(c.id, reason="no_need", actor=actor),
    ),
    "shelve": (
        lambda w: shelve(make_customer(w.actor("agent"), name="王小明")),
        lambda c, actor, _w: shelve_customer(
            c.id, remark="回来了", follow_status="pending", viewing_booked=True, actor=actor
        ),
    ),
    "shelve_to_a_colleague": (
        lambda w: make_platform_customer(w.actor("agent"), state="off_shelf", name="王小明"),
        lambda c, actor, w: shelve_customer(
            c.id, remark="回来了", handler_id=w.actor("agent2").id, actor=actor
        ),
    ),
    "privatize": (_in_public_pool, lambda c, actor, _w: privatize_customer(c.id, actor=actor)),
    "publicize": (
        lambda w: make_platform_customer(w.actor("agent"), state="private", name="王小明"),
        lambda c, actor, _w: publicize_customer(c.id, actor=actor),
    ),
    "assign": (
        _pending,
        lambda c, actor, w: assign_customer(c.id, handler_id=w.actor("agent3").id, actor=actor),
    ),
    "add_member": (
        lambda w: make_customer(w.actor("agent"), name="王小明"),
        lambda c, actor, w: add_member(c.id, staff_id=w.actor("agent2").id, access="read", actor=actor),
    ),
    "remove_member": (
        _with_a_member,
        lambda c, actor, w: remove_member(c.id, staff_id=w.actor("agent2").id, actor=actor),
    ),
}


def _case(world, name, actor):
    """Perform the case's operation. Return the customer, and everything around it before."""
    prepare, act = CASES[name]
    customer = prepare(world)
    before = (stored(customer.id), _rows(customer))
    act(customer, actor, world)
    assert (stored(customer.id), _rows(customer)) != before
    return customer, before


@pytest.mark.both
@pytest.mark.parametrize("name", CASES)
def test_off_3_undo_puts_everything_back(world, name):
    agent = _asking(world, "agent")
    customer, before = _case(world, name, agent)
    assert _verdicts(agent.request_id, agent) == [""]
    assert (stored(customer.id), _rows(customer)) == before, "notices are withdrawn too"


@pytest.mark.parametrize("name", CASES)
def test_off_3_undo_is_logged_as_such(world, name):
    agent = _asking(world, "agent")
    customer, _before = _case(world, name, agent)
    done = db.session.scalar(select(OperationLog).order_by(OperationLog.id.desc()).limit(1))
    undo(agent.request_id, actor=agent)
    last = db.session.scalar(select(OperationLog).order_by(OperationLog.id.desc()).limit(1))
    assert (last.record_id, last.actor_id, last.number) == (customer.id, agent.id, done.number + 1)
    assert last.operation.endswith("_undone")
    if last.differences:
        assert {field: [after, was] for field, (was, after) in done.differences.items()} == last.differences


def test_off_3_a_read_notice_is_followed_by_another(world):
    agent = _asking(world, "agent")
    made = make_platform_customer(agent, name="王小明")
    assign_customer(made.id, handler_id=world.actor("agent2").id, actor=agent)
    theirs = Notification.recipient_id == world.actor("agent2").id
    db.session.execute(update(Notification).where(theirs).values(read_at=clock.now()))
    db.session.commit()
    undo(agent.request_id, actor=agent)
    told = [one.title for one in notifications(world.actor("agent2").id)]
    assert f"{agent.name}已立即撤销，王小明 恢复原状" in told


def test_off_3_after_thirty_seconds_it_is_too_late(world):
    agent = _asking(world, "agent")
    customer, _before = _case(world, "privatize", agent)
    with clock.frozen(clock.now() + timedelta(seconds=31)):
        assert _verdicts(agent.request_id, agent) == ["undo.too_late"]
    assert stored(customer.id)["private_holder_id"] == agent.id


def test_off_3_only_who_did_it_knows_the_deed(world):
    agent = _asking(world, "agent")
    _case(world, "privatize", agent)
    for name in ("agent2", "manager", "admin"):
        with pytest.raises(NotFound):
            undo(agent.request_id, actor=world.actor(name))


def test_off_3_without_the_permission_there_is_no_undo(world):
    agent = _asking(world, "agent")
    _case(world, "privatize", agent)
    robbed = replace(agent, permissions=agent.permissions - {("can_privatize", "Customer")})
    assert _verdicts(agent.request_id, robbed) == ["auth.forbidden"]


def test_off_3_whoever_acted_since_is_named_and_nothing_is_undone(world):
    agent, agent2 = _asking(world, "agent"), world.actor("agent2")
    customer, _before = _case(world, "shelve_to_a_colleague", agent)
    follow_up(customer.id, content="已联系", method="phone", actor=agent2)
    (refused,) = undo(agent.request_id, actor=agent)
    assert (refused.verdict.code, refused.name) == ("undo.acted_since", "王小明")
    assert agent2.name in refused.verdict.reason
    assert stored(customer.id)["follow_status"] == "following"


def test_off_3_a_todo_that_was_done_since_counts_as_acting(world):
    agent = _asking(world, "agent")
    customer, _before = _case(world, "shelve", agent)
    (todo,) = db.session.scalars(select(Todo).where(Todo.customer_id == customer.id, Todo.state == "open"))
    complete_todo(todo.id, actor=agent)
    assert _verdicts(agent.request_id, agent) == ["undo.acted_since"]


def test_off_3_undo_twice_says_so(world):
    agent = _asking(world, "agent")
    _case(world, "privatize", agent)
    assert _verdicts(agent.request_id, agent) == [""]
    assert _verdicts(agent.request_id, agent) == ["undo.undone"]


def test_off_3_the_ceiling_holds_for_what_is_put_back(world):
    agent = _asking(world, "agent")
    change_setting("private_ceiling", value=1, actor=world.actor("admin"))
    _case(world, "publicize", agent)
    other = make_platform_customer(agent, state="following")
    privatize_customer(other.id, actor=world.actor("agent"))
    assert _verdicts(agent.request_id, agent) == ["pool.ceiling"]


def test_off_3_nobody_gets_a_customer_back_who_has_departed(world):
    manager, agent = _asking(world, "manager"), world.actor("agent")
    made = make_platform_customer(agent, state="private")
    publicize_customer(made.id, actor=manager)
    db.session.execute(update(Staff).where(Staff.id == agent.id).values(status="departed"))
    db.session.commit()
    assert _verdicts(manager.request_id, manager) == ["pool.departed"]


def test_off_3_it_works_for_who_ended_their_own_access(world):
    west, east = _asking(world, "agent3"), world.department("store_east").id
    made = make_platform_customer(world.actor("agent"), handler_id=west.id, department_id=east)
    assign_customer(made.id, handler_id=world.actor("agent").id, actor=west)
    assert _verdicts(west.request_id, west) == [""]
    assert stored(made.id)["handler_id"] == west.id


@pytest.mark.both
def test_off_3_of_a_batch_what_can_be_undone_is(world):
    agent = _asking(world, "agent")
    made = [make_customer(agent, name=f"王小明{place}") for place in range(3)]
    add_todo(agent.id, "Contact %(name)s again", due_at=clock.now(), customer_id=made[1].id, name="x")
    db.session.commit()
    before = [(stored(one.id), _rows(one)) for one in made]
    unshelve_customers([one.id for one in made], reason="no_need", actor=agent)
    push_customer(made[0].id, receiver_id=world.actor("agent3").id, actor=world.actor("manager"))
    assert _verdicts(agent.request_id, agent) == ["undo.acted_since", "", ""]
    assert [(stored(one.id), _rows(one)) for one in made[1:]] == before[1:]


def test_off_3_what_can_no_longer_be_undone_is_forgotten(world):
    agent = _asking(world, "agent")
    _case(world, "privatize", agent)
    with clock.frozen(clock.now() + timedelta(seconds=59)):
        assert forget_steps() == 0
    with clock.frozen(clock.now() + timedelta(seconds=90)):
        assert (forget_steps(dry_run=True), forget_steps()) == (1, 1)
    assert not db.session.scalars(select(UndoStep)).all()


@pytest.mark.both
def test_off_3_of_two_who_undo_at_once_one_does(app, world):
    agent = _asking(world, "agent")
    customer, _before = _case(world, "privatize", agent)
    outcomes, refused = sorted_out(race(app, [lambda: _verdicts(agent.request_id, agent)] * 4))
    assert not refused
    assert sorted(outcomes) == [[""], *[["undo.undone"]] * 3]
    assert len(operations(customer, "pool.privatize_undone")) == 1


@pytest.mark.both
@pytest.mark.parametrize("_round", range(3))
def test_off_3_undo_against_a_second_persons_act(app, world, _round):
    """Whoever is first decides: either the colleague followed it up and it stays, or there was nothing to
    follow up any more.
    """
    agent, agent2 = _asking(world, "agent"), world.actor("agent2")
    made = make_platform_customer(agent, state="off_shelf")
    shelve_customer(made.id, remark="回来了", handler_id=agent2.id, actor=agent)
    pk = made.id
    undone, _other = race(
        app,
        [
            lambda: _verdicts(agent.request_id, agent),
            lambda: follow_up(pk, content="已联系", method="phone", actor=agent2).id,
        ],
    )
    row = stored(pk)
    if undone == [""]:
        assert (row["follow_status"], row["handler_id"]) == ("off_shelf", None)
    else:
        assert undone == ["undo.acted_since"]
        assert row["follow_status"] == "following"


# ---------------------------------------------------------------- pages


def _undo_address(page) -> str:
    (button,) = [one for one in page.all("button") if one["formaction"].startswith("/undo/")]
    return button["formaction"]


def test_off_3_the_toast_undoes(app, world):
    made = make_platform_customer(world.actor("agent"), state="following", name="王小明")
    browser = Browser(app, "agent")
    page = browser.page(browser.post(f"/customers/{made.id}/privatize").location)
    answer = browser.post(_undo_address(page))
    assert answer.location == f"/customers/{made.id}"
    assert "已撤销，王小明 恢复原状" in browser.page(answer.location).text
    assert stored(made.id)["private_holder_id"] is None
    again = browser.page(browser.post(_undo_address(page)).location)
    assert "王小明 · 已经撤销过了" in again.text


def test_off_3_the_drawer_brings_the_address_that_undoes(app, world):
    made = make_platform_customer(world.actor("agent"), state="following")
    browser = Browser(app, "agent")
    done = browser.submit(f"/customers/{made.id}/privatize?_drawer=1", {}, 200).one("main", class_="done")
    assert browser.post(f"{done['data-undo-url']}?next=/customers/").location == "/customers/"
    assert stored(made.id)["private_holder_id"] is None


@pytest.mark.parametrize("following", ["//evil.example", "https://evil.example", "/\\evil.example"])
def test_off_3_undo_leads_nowhere_else(app, world, following):
    made = make_platform_customer(world.actor("agent"), state="following")
    browser = Browser(app, "agent")
    done = browser.submit(f"/customers/{made.id}/privatize?_drawer=1", {}, 200).one("main", class_="done")
    assert browser.post(done["data-undo-url"], {"next": following}).location == "/"


def test_off_3_of_a_batch_the_page_says_which_were_not_undone(app, world):
    agent = world.actor("agent")
    made = [make_customer(agent, name=f"王小明{place}") for place in range(3)]
    browser = Browser(app, "agent")
    answer = browser.post(
        f"/customers/batch/unshelve?ids={','.join(str(one.id) for one in made)}", {"reason": "no_need"}
    )
    address = _undo_address(browser.page(answer.location))
    push_customer(made[0].id, receiver_id=world.actor("agent3").id, actor=world.actor("manager"))
    page = browser.submit(address, {}, 200)
    assert page.one(class_="batch-sum").text == "已撤销，2 条记录恢复原状 · 未成功 1 条"
    rows = [[cell.text for cell in row.all("td")] for row in page.one("tbody").all("tr")]
    assert rows[0] == ["王小明0", "未成功", f"{world.actor('manager').name}已进行过操作，不能撤销"]


def test_off_3_another_persons_deed_is_not_there(app, world):
    made = make_platform_customer(world.actor("agent"), state="following")
    done = Browser(app, "agent").submit(f"/customers/{made.id}/privatize?_drawer=1", {}, 200)
    address = done.one("main", class_="done")["data-undo-url"]
    assert Browser(app, "agent2").post(address).status_code == 404
    assert Browser(app).post(address).status_code == 302
    assert Browser(app, "agent").open("POST", address).status_code == 400, "without the token"


def test_off_3_what_is_not_harmless_has_no_undo(app, world):
    made = make_platform_customer(world.actor("agent"), state="following")
    browser = Browser(app, "agent")
    values = {"content": "已联系", "method": "phone"}
    done = browser.submit(f"/customers/{made.id}/follow-up?_drawer=1", values, 200).one("main", class_="done")
    assert not done["data-undo-url"]
