"""CUST-9, CUST-32: two files become one, and are taken apart again exactly as they were."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from app.audit.services import verify
from app.customers.creation.services import create_customer
from app.customers.files.services import add_files
from app.customers.follow_ups.services import follow_up
from app.customers.members.services import add_member
from app.customers.merging.models import CustomerMerge
from app.customers.merging.rehearsal import rehearse_merge
from app.customers.merging.services import merge_customers
from app.customers.merging.undo import unmerge_customer
from app.customers.numbers.services import change_phone, reveal_phone
from app.customers.profile.services import update_customer
from app.customers.shared.merges import Conflict, declare_conflict, refuses_merge
from app.customers.shared.models import Customer, CustomerMember, FollowUp, Push
from app.customers.shared.queries import get_customer
from app.customers.transfers.services import transfer_customer
from app.kernel import clock
from app.kernel.access.guard import unscoped
from app.kernel.database.session import db
from app.kernel.errors import ALLOW, Moved, NotFound, conflict
from app.kernel.files.attachments import Attachment
from app.notices.models import Todo
from app.pool.pushes.services import accept_push, push_customer
from tests.support.documents import upload
from tests.support.make import make_customer, make_platform_customer, tax_id
from tests.support.traces import claims, denied, invalid, notifications, operations, stored, todos

GONE = {"version", "name_search"}


def _row(pk):
    return {name: value for name, value in stored(pk).items() if name not in GONE}


def _count(model, column, pk):
    with unscoped("test"):
        return len(db.session.scalars(select(model).where(column == pk)).all())


def test_cust_9_everything_goes_to_the_survivor_and_comes_back(world):
    agent, helper = world.actor("agent"), world.actor("agent2")
    stays, goes = (
        make_customer(agent, name="左二"),
        make_customer(agent, name="左 二", email="zuo@example.cn"),
    )
    follow_up(goes.id, content="约看房", method="phone", next_contact_at=_later(2), actor=agent)
    follow_up(stays.id, content="回访", method="phone", next_contact_at=_later(5), actor=agent)
    add_member(goes.id, staff_id=helper.id, access="write", actor=agent)
    add_files(goes.id, files=[upload()], actor=agent)
    reveal_phone(goes.id, purpose="联系", actor=agent)
    waiting = push_customer(goes.id, receiver_id=world.actor("agent3").id, actor=agent)
    before = _everything(stays.id, goes.id)
    done = merge_customers(stays.id, other_ids=[goes.id], actor=agent)
    assert (done.customer.id, done.customer.email) == (stays.id, "zuo@example.cn")
    assert stored(goes.id)["merged_into_id"] == stays.id
    assert _count(FollowUp, FollowUp.customer_id, stays.id) == 2
    assert _count(Attachment, Attachment.subject_id, stays.id) == 1
    assert [row.staff_id for row in _members(stays)] == [helper.id]
    assert db.session.get(Push, waiting.id).state == "withdrawn"
    assert [(todo.customer_id, todo.state) for todo in todos(agent.id)] == [
        (stays.id, "open"),
        (stays.id, "done"),
    ]
    assert done.customer.next_contact_at == todos(agent.id)[0].due_at
    assert (len(claims(stays)), claims(goes)) == (1, [])
    assert [row.operation for row in operations(stays)][-1] == "customer.merge"
    assert [row.operation for row in operations(goes)][-1] == "customer.merged"
    undone = unmerge_customer(stays.id, actor=agent)
    assert (undone.kept_fields, undone.kept_rows) == ([], {})
    assert _everything(stays.id, goes.id) == before
    assert list(verify()) == []


def _later(days):
    return clock.now() + timedelta(days=days)


def _members(customer):
    rows = select(CustomerMember).where(CustomerMember.customer_id == customer.id)
    return db.session.scalars(rows).all()


def _everything(*ids):
    """Return the rows of both files and all that hangs on them, without the log and its notices."""
    from app.customers.merging.kept import rows_of

    db.session.commit()
    rows = {
        key: values for key, values in rows_of(ids).items() if key[0] not in {"operation_log", "notification"}
    }
    with unscoped("test"):
        held = {pk: claims(db.session.get(Customer, pk)) for pk in ids}
    return [_row(pk) for pk in ids], rows, held


def test_cust_9_a_choice_for_each_field_and_unknown_ones_are_refused(world):
    agent = world.actor("agent")
    districts = [world.district("锦江区").id, world.district("青羊区").id]
    one = make_customer(
        agent, remark="甲", demand={"price_min": 100, "price_max": 200, "district_ids": districts[:1]}
    )
    other = make_customer(agent, remark="乙", demand={"price_min": 300, "district_ids": districts[1:]})
    wrong = {"colour": one.id, "remark": 999_999, "price_min": one.id, "price_max": other.id}
    with invalid("choices.colour", "choices.remark", "choices.price_max"):
        merge_customers(one.id, other_ids=[other.id], choices=wrong, actor=agent)
    picked = {
        "remark": other.id,
        "demand.price_min": other.id,
        "demand.district_ids": other.id,
        "phone": other.id,
    }
    number = other.phone.index
    done = merge_customers(one.id, other_ids=[other.id], choices=picked, actor=agent)
    row = stored(one.id)
    assert (row["remark"], row["price_min"], row["price_max"]) == ("乙", 300, None)
    assert row["phone_index"] == number
    assert len(claims(one)) == 1
    assert [d.id for d in done.customer.demand_districts] == districts[1:]
    (log,) = operations(one, "customer.merge")
    assert log.differences["remark"] == ["甲", "乙"]
    unmerge_customer(one.id, actor=agent)
    assert (stored(one.id)["remark"], stored(other.id)["remark"]) == ("甲", "乙")
    assert (len(claims(one)), len(claims(other))) == (1, 1)


def test_cust_9_number_and_tax_id_are_there_once(world):
    sales = world.actor("agent")
    one = make_customer(sales, kind="enterprise", name="锦江贸易", phone=None)
    other = make_customer(sales, kind="enterprise", name="锦江贸易有限公司", tax_id=tax_id(7))
    done = merge_customers(one.id, other_ids=[other.id], actor=sales)
    assert (done.customer.tax_id, stored(other.id)["tax_id"]) == (tax_id(7), None)
    assert len(claims(one)) == 1
    unmerge_customer(other.id, actor=sales)
    assert (stored(one.id)["tax_id"], stored(other.id)["tax_id"]) == (None, tax_id(7))
    assert (claims(one), len(claims(other))) == ([], 1)


@pytest.mark.parametrize(
    ("who", "code", "status"),
    [
        ("agent", "customer.not_in_charge_of_both", 403),
        ("manager", None, 200),
        ("admin", None, 200),
    ],
)
def test_cust_9_who_is_in_charge_of_both_may_merge(world, who, code, status):
    mine, theirs = make_customer(world.actor("agent")), make_customer(world.actor("agent2"))
    add_member(theirs.id, staff_id=world.actor("agent").id, access="write", actor=world.actor("manager"))
    actor = world.actor(who)
    if code:
        with denied(code, status):
            merge_customers(mine.id, other_ids=[theirs.id], actor=actor)
        return
    merge_customers(mine.id, other_ids=[theirs.id], actor=actor)
    told = [notice for name in ("agent", "agent2") for notice in notifications(world.actor(name).id)]
    assert sum("merged" in notice.message for notice in told) == 2


def test_cust_9_out_of_reach_itself_none_and_other_kinds_are_refused(world):
    agent = world.actor("agent")
    one, far = make_customer(agent), make_customer(world.actor("agent3"))
    firm = make_customer(agent, kind="enterprise")
    for others in ([far.id], [one.id], [], [999_999]):
        with invalid("other_id"):
            merge_customers(one.id, other_ids=others, actor=agent)
    with denied("customer.other_kind"):
        merge_customers(one.id, other_ids=[firm.id], actor=agent)
    with pytest.raises(NotFound):
        merge_customers(far.id, other_ids=[one.id], actor=agent)


@pytest.fixture
def _declared():
    """Forget afterwards what a test declared."""
    from app.customers.shared import merges

    before = dict(merges._refusals), dict(merges._conflicts)
    yield
    merges._refusals, merges._conflicts = before


@pytest.mark.usefixtures("_declared")
def test_cust_9_an_open_request_refuses_a_merge(world):
    agent = world.actor("agent")
    one, other = make_customer(agent), make_customer(agent)
    waiting = conflict("customer.request_open", "有未决申请")
    refuses_merge("test", lambda files, _actor: waiting if other.id in {f.id for f in files} else ALLOW)
    with denied("customer.request_open"):
        merge_customers(one.id, other_ids=[other.id], actor=agent)


@pytest.mark.usefixtures("_declared")
def test_cust_9_what_a_customer_has_once_is_decided(world):
    agent = world.actor("agent")
    one, other = make_customer(agent), make_customer(agent)
    declare_conflict(
        Conflict("primary_contact", "主要联系人", lambda files: {f.id: f"联系人{f.id}" for f in files})
    )
    done = rehearse_merge(one.id, other_ids=[other.id], choices={"primary_contact": other.id}, actor=agent)
    (found,) = [d for d in done.differences if d.key == "primary_contact"]
    assert (found.chosen, [*found.options], found.is_conflict) == (other.id, [one.id, other.id], True)


def test_cust_9_a_rehearsal_leaves_nothing_and_says_what_would_be(world):
    agent = world.actor("agent")
    one, other = make_customer(agent), make_customer(agent, email="a@example.cn")
    before = _everything(one.id, other.id), len(operations(one))
    done = rehearse_merge(one.id, other_ids=[other.id], actor=agent)
    assert (done.is_rehearsal, done.customer.email) == (True, "a@example.cn")
    assert (_everything(one.id, other.id), len(operations(one))) == before
    assert db.session.scalars(select(CustomerMerge)).all() == []


def test_cust_9_chains_lead_on_and_are_undone_from_their_end(world):
    agent = world.actor("agent")
    a, b, c = (make_customer(agent) for _ in range(3))
    merge_customers(b.id, other_ids=[a.id], actor=agent)
    merge_customers(c.id, other_ids=[b.id], actor=agent)
    with pytest.raises(Moved) as moved:
        get_customer(a.id, actor=agent)
    assert moved.value.to == c.id
    with pytest.raises(NotFound) as hidden:
        get_customer(a.id, actor=world.actor("agent3"))
    assert not isinstance(hidden.value, Moved)
    with denied("customer.code_merged") as refused:
        create_customer(
            pool="personal", kind="individual", name="x", phone="13800001111", code=a.code, actor=agent
        )
    assert c.code in str(refused.value.message)
    with denied("customer.merged_since"):
        unmerge_customer(a.id, actor=agent)
    unmerge_customer(b.id, actor=agent)
    unmerge_customer(a.id, actor=agent)
    assert [stored(one.id)["merged_into_id"] for one in (a, b, c)] == [None] * 3
    with denied("customer.nothing_merged"):
        unmerge_customer(a.id, actor=agent)


def test_cust_9_several_at_once_are_undone_one_by_one_the_last_first(world):
    agent = world.actor("agent")
    stays, one, two = (make_customer(agent, remark=text) for text in ("", "一", "二"))
    done = merge_customers(stays.id, other_ids=[one.id, two.id], choices={"remark": two.id}, actor=agent)
    assert done.customer.remark == "二"
    with denied("customer.merged_since"):
        unmerge_customer(one.id, actor=agent)
    assert unmerge_customer(stays.id, actor=agent).restored.id == two.id
    unmerge_customer(stays.id, actor=agent)
    assert not stored(stays.id)["remark"]


def test_cust_9_what_changed_since_stays_and_is_listed(world):
    agent = world.actor("agent")
    stays, goes = make_customer(agent), make_customer(agent, email="a@example.cn", remark="旧")
    follow_up(goes.id, content="x", method="phone", next_contact_at=_later(3), actor=agent)
    merge_customers(stays.id, other_ids=[goes.id], actor=agent)
    update_customer(stays.id, version=stays.version, values={"email": "new@example.cn"}, actor=agent)
    (todo,) = todos(agent.id)
    with unscoped("test"):
        third = make_customer(agent)
        db.session.get(Todo, todo.id).customer_id = third.id
    db.session.commit()
    undone = unmerge_customer(stays.id, actor=agent)
    assert (undone.kept_fields, undone.kept_rows) == (["email"], {"todo": 1})
    assert (stored(stays.id)["email"], stored(stays.id)["remark"]) == ("new@example.cn", None)
    assert stored(goes.id)["email"] == "a@example.cn"
    assert "email" not in str(operations(stays, "customer.unmerge")[0].sentence)


def test_cust_9_who_took_the_number_meanwhile_keeps_it(world):
    agent = world.actor("agent")
    number = "13811112222"
    stays, goes = make_customer(agent), make_customer(agent, phone=number)
    merge_customers(stays.id, other_ids=[goes.id], actor=agent)
    make_customer(agent, phone=number)
    with denied("customer.duplicate"):
        unmerge_customer(goes.id, actor=agent)


def test_cust_9_a_number_changed_since_stays(world):
    agent = world.actor("agent")
    stays, goes = make_customer(agent, phone="13811112222"), make_customer(agent, phone="13811113333")
    merge_customers(stays.id, other_ids=[goes.id], choices={"phone": goes.id}, actor=agent)
    change_phone(stays.id, old_phone="13811113333", new_phone="13811114444", actor=agent)
    undone = unmerge_customer(stays.id, actor=agent)
    assert undone.kept_fields == ["phone"]
    assert (len(claims(stays)), len(claims(goes))) == (1, 1)


def test_cust_9_a_survivor_that_went_to_another_owner_refuses_the_undo(world):
    agent, boss = world.actor("agent"), world.actor("manager")
    stays, goes = make_customer(agent), make_customer(agent)
    merge_customers(stays.id, other_ids=[goes.id], actor=agent)
    transfer_customer(stays.id, owner_id=world.actor("agent2").id, reason="x", actor=boss)
    with denied("customer.handed_over_since"):
        unmerge_customer(goes.id, actor=boss)


def test_cust_32_open_work_goes_to_the_survivors_owner_and_back(world):
    agent, other, boss = world.actor("agent"), world.actor("agent2"), world.actor("manager")
    stays, goes = make_customer(agent), make_customer(other)
    follow_up(goes.id, content="x", method="phone", next_contact_at=_later(3), actor=other)
    push = push_customer(goes.id, receiver_id=world.actor("agent3").id, actor=other)
    accept_push(push.id, actor=world.actor("agent3"))
    merge_customers(stays.id, other_ids=[goes.id], actor=boss)
    assert todos(other.id) == []
    (todo,) = todos(agent.id)
    assert (todo.customer_id, todo.state) == (stays.id, "open")
    assert db.session.get(Push, push.id).state == "ended"
    unmerge_customer(goes.id, actor=boss)
    assert [todo.customer_id for todo in todos(other.id)] == [goes.id]
    assert (todos(agent.id), db.session.get(Push, push.id).state) == ([], "accepted")


def test_cust_9_into_a_platform_customer_that_nobody_has(world):
    agent, boss = world.actor("agent"), world.actor("manager")
    stays = make_platform_customer(boss, state="following")
    goes = make_customer(agent)
    follow_up(goes.id, content="x", method="phone", next_contact_at=_later(3), actor=agent)
    merge_customers(stays.id, other_ids=[goes.id], actor=boss)
    assert [todo.state for todo in todos(agent.id)] == ["done"], (
        "open work belongs to nobody without the customer"
    )
