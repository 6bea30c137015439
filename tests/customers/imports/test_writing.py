"""Imports are written as single customers are, all or nothing, and taken back (CUST-26, CUST-34)."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from sqlalchemy import func, select

from app.audit.models import OperationLog
from app.audit.services import verify
from app.customers.creation.services import create_customer
from app.customers.duplicates.models import PhoneClaim
from app.customers.follow_ups.services import follow_up
from app.customers.imports.content import keep_sheets, sheets_of
from app.customers.imports.models import ImportBatch, ImportRow
from app.customers.imports.services import cancel_import, preview, write_import
from app.customers.imports.undoing import undo_import
from app.customers.listing.finding import CUSTOMER_WORDS
from app.customers.listing.models import CustomerGram
from app.customers.profile.services import update_customer
from app.customers.shared.models import Customer, CustomerMember, FollowUp
from app.customers.shared.settings import DEDUPE_MODE
from app.kernel import clock
from app.kernel.access.guard import unscoped
from app.kernel.database.session import db
from app.kernel.errors import NotFound
from app.notices.models import Notification
from app.org.shared.models import Staff
from app.pool.public_pool.models import PoolEntry
from tests.support.make import make_customer, tax_id
from tests.support.traces import denied, row_counts, stored

ONE, TWO = ("甲客户", "13900000001"), ("乙客户", "13900000002")


def customers() -> list[Customer]:
    db.session.expire_all()
    with unscoped("test"):
        live = select(Customer).where(Customer.deleted_at.is_(None))
        return list(db.session.scalars(live.order_by(Customer.id)))


def fates(batch: ImportBatch) -> dict[int, str]:
    db.session.expire_all()
    rows = select(ImportRow.row, ImportRow.fate).where(ImportRow.batch_id == batch.id)
    return dict(db.session.execute(rows).all())


def codes(batch: ImportBatch, row: int) -> set[str]:
    return {one["code"] for one in db.session.get_one(ImportRow, (batch.id, row)).messages}


def message(batch: ImportBatch, row: int) -> str:
    return " ".join(one["message"] for one in db.session.get_one(ImportRow, (batch.id, row)).messages)


@pytest.mark.both
def test_cust_26_an_imported_customer_is_as_one_from_the_form(world, imported):
    agent = world.actor("agent")
    typed = create_customer(
        pool="personal", kind="enterprise", name="表单公司", phone="13900000009", tax_id=tax_id(1),
        annual_revenue=2_000_000, cooperation_years=5, source="walk_in", actor=agent,
    )  # fmt: skip
    batch = imported(
        ("表格公司", "13900000008", tax_id(2), "200万", "5", "上门"),
        head=("客户名称", "手机号", "税号", "年收入", "合作年限", "来源"),
    )
    assert (batch.state, batch.created) == ("done", 1)
    made = customers()[-1]
    own = {"id", "code", "name", "name_search", "tax_id", "created_at"}
    before, after = stored(typed.id), stored(made.id)
    differing = {name for name in before if before[name] != after[name]} - own
    assert differing == {"phone_cipher", "phone_index", "phone_masked", "phone_last4"}
    for statement in (
        select(func.count()).where(PhoneClaim.customer_id == made.id),
        select(func.count()).where(CustomerGram.customer_id == made.id),
        select(func.count()).where(CUSTOMER_WORDS.table.c.record_id == made.id),
    ):
        assert db.session.scalar(statement)
    row = db.session.scalars(
        select(OperationLog).where(OperationLog.record_type == "customer", OperationLog.record_id == made.id)
    ).first()
    assert (row.operation, row.number) == ("customer.create", 1)
    assert not list(verify())


def test_cust_26_with_an_error_row_nothing_is_written_unless_chosen(world, keep):
    agent = world.actor("agent")
    batch = keep(ONE, ("", "13900000003"), ("丙", "12"))
    before = row_counts()
    assert write_import(batch.id, actor=agent).state == "refused"
    assert fates(batch) == {2: "created", 3: "error", 4: "error"}
    assert row_counts() == before
    batch = keep(ONE, ("", "13900000003"), valid_rows_only=True)
    assert (write_import(batch.id, actor=agent).created, len(customers())) == (1, 1)


def test_cust_26_the_same_table_again_creates_nothing(imported):
    imported(ONE, TWO)
    again = imported(ONE, TWO)
    assert (again.created, again.same, again.errors) == (0, 2, 0)
    assert fates(again) == {2: "same", 3: "same"}
    assert len(customers()) == 2


def test_cust_34_a_number_that_repeats_names_the_first_row(world, keep):
    batch = keep(ONE, TWO, ("丙", ONE[1]))
    preview(batch.id, actor=world.actor("agent"))
    assert fates(batch) == {2: "created", 3: "created", 4: "error"}
    assert codes(batch, 4) == {"import.repeated"}
    assert "2" in message(batch, 4)


@pytest.mark.parametrize(("mode", "fate"), [("by_owner", "created"), ("global", "error")])
def test_cust_34_a_number_under_two_owners_follows_the_rule(world, keep, mode, fate):
    DEDUPE_MODE.store(mode)
    db.session.commit()
    head = ("客户名称", "手机号", "所属人")
    batch = keep((*ONE, "陈晓雯"), (*ONE, "agent2"), head=head, by="manager")
    preview(batch.id, actor=world.actor("manager"))
    assert fates(batch) == {2: "created", 3: fate}


def test_cust_26_a_row_meets_its_own_match_only(world, keep):
    make_customer(world.actor("agent"), name="王小雨", phone=ONE[1])
    batch = keep(("王小雨", ONE[1]), ("王小云", TWO[1]))
    preview(batch.id, actor=world.actor("agent"))
    assert fates(batch) == {2: "same", 3: "created"}


def test_cust_26_an_owner_of_a_name_that_two_have_is_asked_for_by_login(world, keep):
    db.session.get_one(Staff, world.actor("agent2").id).name = "陈晓雯"
    db.session.commit()
    batch = keep((*ONE, "陈晓雯"), (*TWO, "agent2"), head=("客户名称", "手机号", "所属人"), by="manager")
    preview(batch.id, actor=world.actor("manager"))
    assert fates(batch) == {2: "error", 3: "created"}
    assert {"agent", "agent2"} <= set(re.findall(r"\w+", message(batch, 2), re.ASCII))


def test_pool_1_an_owner_out_of_scope_is_refused_by_the_rule_of_the_form(world, keep):
    batch = keep((*ONE, "agent3"), head=("客户名称", "手机号", "所属人"))
    preview(batch.id, actor=world.actor("agent"))
    assert codes(batch, 2) == {"customer.not_your_staff"}


def test_cust_1_given_codes_are_validated_and_unique(world, imported):
    make_customer(world.actor("agent3"), code="OLD-1")
    batch = imported(
        (*ONE, "new-1"), (*TWO, "OLD-1"), ("丙", "13900000003", "A/1"), ("丁", "13900000004", "NEW-1"),
        head=(*("客户名称", "手机号"), "客户编号"), valid_rows_only=True,
    )  # fmt: skip
    assert fates(batch) == {2: "created", 3: "error", 4: "error", 5: "error"}
    assert customers()[-1].code == "NEW-1"
    assert (codes(batch, 3), codes(batch, 5)) == ({"customer.code_taken"}, {"import.repeated"})


def test_pool_2_straight_into_the_public_pool(imported):
    batch = imported(ONE, into_pool=True)
    made = customers()[0]
    assert (made.pool, made.follow_status, made.owner_id, made.handler_id) == (
        "platform",
        "following",
        None,
        None,
    )
    assert db.session.scalar(select(func.count()).where(PoolEntry.customer_id == made.id)) == 1
    assert batch.created == 1


def test_cust_26_hidden_rows_are_asked_about_before_anything_is_written(world, keep):
    batch = keep(ONE, TWO)
    sheets = sheets_of(batch)
    sheets[0].rows[2].is_hidden = True
    batch.content_name = keep_sheets(sheets)
    db.session.commit()
    assert write_import(batch.id, actor=world.actor("agent")).state == "refused"
    assert customers() == []


UPDATE_HEAD = ("客户名称", "手机号", "备注", "邮箱", "来源")


@pytest.mark.both
def test_cust_26_empty_keeps_and_the_word_clears(world, imported):
    agent = world.actor("agent")
    made = make_customer(
        agent, name="旧名", phone=ONE[1], remark="旧备注", email="a@example.com", source="event"
    )
    batch = imported(("新名", ONE[1], "", "（清空）", "上门"), head=UPDATE_HEAD, mode="update")
    after = stored(made.id)
    assert (after["name"], after["remark"], after["email"], after["source"]) == (
        "新名",
        "旧备注",
        None,
        "walk_in",
    )
    assert (after["version"], batch.updated, fates(batch)) == (2, 1, {2: "updated"})
    again = imported(("新名", ONE[1], "", "(清空)", "上门"), head=UPDATE_HEAD, mode="update")
    assert fates(again) == {2: "same"}


def test_cust_26_what_is_required_is_never_cleared(world, imported):
    make_customer(world.actor("agent"), phone=ONE[1])
    batch = imported(("(清空)", ONE[1]), mode="update")
    assert (batch.state, fates(batch)) == ("refused", {2: "error"})


def test_cust_26_updates_of_unknown_customers_are_errors_or_new_ones(world, imported):
    make_customer(world.actor("agent"), name="旧名", phone=ONE[1])
    make_customer(world.actor("agent3"), phone=TWO[1])
    rows = (("新名", ONE[1]), ("别人的", TWO[1]), ("新的", "13900000003"))
    assert fates(imported(*rows, mode="update")) == {2: "updated", 3: "error", 4: "error"}
    assert fates(imported(*rows, mode="both")) == {2: "updated", 3: "created", 4: "created"}


def test_cust_26_matched_by_code_or_tax_id(world, imported):
    agent = world.actor("agent")
    one = make_customer(agent, kind="enterprise", tax_id=tax_id(3))
    head = ("客户编号", "简称", "税号")
    assert fates(imported((one.code, "简", ""), head=head, mode="update", match_by="code")) == {2: "updated"}
    assert fates(imported(("", "称", tax_id(3)), head=head, mode="update", match_by="tax_id")) == {
        2: "updated"
    }
    assert stored(one.id)["short_name"] == "称"


def test_cust_26_what_needs_more_than_an_edit_is_said(world, imported):
    made = make_customer(world.actor("agent"), name="旧名", phone=ONE[1])
    batch = imported(
        ("新名", ONE[1], "agent2"), head=("客户名称", "手机号", "所属人"), mode="update", by="manager"
    )
    assert fates(batch) == {2: "updated"}
    assert codes(batch, 2) == {"import.needs_approval"}
    assert stored(made.id)["owner_id"] == world.actor("agent").id


def test_cust_21_an_update_obeys_the_rule_of_the_form(world, imported):
    made = make_customer(world.actor("agent"), kind="enterprise", phone=ONE[1])
    db.session.add(CustomerMember(customer_id=made.id, staff_id=world.actor("agent3").id, access="read"))
    db.session.commit()
    batch = imported(("新名", ONE[1]), mode="update", by="agent3")
    assert codes(batch, 2) == {"customer.not_responsible"}


HISTORY = ("客户名称", "手机号", "跟进时间", "跟进人", "方式", "内容")


def test_cust_34_history_keeps_author_and_time_and_starts_no_work(world, imported):
    batch = imported(
        (*ONE, "2025-03-31 09:05", "agent2", "电话", "首次来电"),
        (*ONE, "2025-04-05 00:30", "离职员工张某", "微信", "想再等等"),
        head=HISTORY,
    )
    assert fates(batch) == {2: "created", 3: "history"}
    made = customers()[0]
    rows = db.session.scalars(select(FollowUp).order_by(FollowUp.created_at)).all()
    assert [(clock.to_local(one.created_at).isoformat()[:16], one.content) for one in rows] == [
        ("2025-03-31T09:05", "首次来电"), ("2025-04-05T00:30", "离职员工张某：想再等等"),
    ]  # fmt: skip
    assert rows[0].author_id == world.actor("agent2").id
    assert made.last_follow_up_at == rows[1].created_at
    assert made.created_at > made.last_follow_up_at


@pytest.mark.both
def test_cust_26_an_undo_leaves_no_trace_but_the_log(world, imported):
    agent, head = world.actor("agent"), ("客户名称", "手机号", "税号", "客户编号", "所属人")
    row = ("甲公司", ONE[1], tax_id(5), "GIVEN-1", "agent2")
    batch = imported(row, head=head, by="manager")
    pk = customers()[0].id
    assert db.session.scalar(select(func.count(Notification.id)))
    undo_import(batch.id, actor=world.actor("manager"))
    assert (customers(), fates(batch)) == ([], {2: "removed"})
    left = stored(pk)
    assert (left["name"], left["phone_cipher"], left["tax_id"], left["code"]) == ("", None, None, f"~{pk}")
    assert db.session.scalar(select(func.count()).select_from(PhoneClaim)) == 0
    assert db.session.scalar(select(func.count()).where(Notification.customer_id == pk)) == 0
    log = select(OperationLog.operation).where(
        OperationLog.record_type == "customer", OperationLog.record_id == pk
    )
    assert list(db.session.scalars(log.order_by(OperationLog.number))) == [
        "customer.create",
        "customer.take_back",
    ]
    assert not list(verify())
    assert imported(row, head=head, by="manager").created == 1  # number, tax id and code are free again
    with denied("import.undone"):
        undo_import(batch.id, actor=world.actor("manager"))
    assert agent.id


@pytest.mark.both
def test_cust_26_an_undo_puts_former_values_back_and_keeps_what_was_changed_since(world, imported):
    agent = world.actor("agent")
    one = make_customer(agent, name="旧一", phone=ONE[1], annual_revenue=5)
    two = make_customer(agent, name="旧二", phone=TWO[1])
    batch = imported(
        ("新一", ONE[1], "2000000", "2020-02-02"), ("新二", TWO[1]), ("丙", "13900000003"), ("丁", "13900000004"),
        head=("客户名称", "手机号", "年收入", "成立日期"), mode="both",
    )  # fmt: skip
    assert (batch.updated, batch.created) == (2, 2)
    before = stored(one.id)
    update_customer(two.id, version=2, values={"remark": "人改的"}, actor=agent)
    third, fourth = customers()[-2:]
    follow_up(fourth.id, content="打过电话", method="phone", actor=agent)
    undo_import(batch.id, actor=agent)
    assert fates(batch) == {2: "restored", 3: "kept", 4: "removed", 5: "kept"}
    after = stored(one.id)
    assert (after["name"], str(after["annual_revenue"]), after["founded_on"]) == ("旧一", "5.00", None)
    assert after["version"] == before["version"] + 1
    assert stored(two.id)["name"] == "新二"
    assert [one.id for one in customers()].count(third.id) == 0
    assert not list(verify())


def test_cust_26_undo_has_its_time_and_its_person(world, imported):
    batch = imported(ONE)
    with denied("import.too_late"), clock.frozen(clock.now() + timedelta(hours=25)):
        undo_import(batch.id, actor=world.actor("agent"))
    with pytest.raises(NotFound):
        undo_import(batch.id, actor=world.actor("agent2"))


def test_cust_26_an_import_is_written_once_and_cancelled_before(world, keep, imported):
    agent = world.actor("agent")
    done = imported(ONE)
    with denied("import.not_open"):
        write_import(done.id, actor=agent)
    batch = keep(TWO)
    cancel_import(batch.id, actor=agent)
    assert db.session.get_one(ImportBatch, batch.id).state == "cancelled"
    with denied("import.over"):
        cancel_import(batch.id, actor=agent)
