"""CUST-2, POOL-18: files of customers and of follow-ups, as operations."""

from __future__ import annotations

import pytest
from sqlalchemy import func, select

from app.customers.files import services
from app.customers.files.queries import files_of_customer
from app.customers.files.services import add_files, logged_name, remove_file
from app.customers.follow_ups.services import follow_up
from app.kernel.access.guard import UnscopedAccessError, unscoped
from app.kernel.database.session import db
from app.kernel.errors import NotFound
from app.kernel.files.attachments import Attachment, files_by_subject, get_file
from tests.support import documents as d
from tests.support.make import make_customer, make_member, make_platform_customer, make_push, privatize
from tests.support.traces import denied, invalid, nothing_written, operations, stored


def _count() -> int:
    with unscoped("test: what the table holds"):
        return db.session.scalar(select(func.count()).select_from(Attachment))


@pytest.fixture
def made(world):
    return make_customer(world.actor("agent"))


@pytest.mark.both
def test_cust_2_files_are_kept_and_recorded(world, made):
    agent = world.actor("agent")
    version = made.version
    rows = add_files(made.id, files=[d.upload("合同.pdf", d.PDF), d.upload("a.jpg", d.jpeg())], actor=agent)
    assert [row.name for row in rows] == ["合同.pdf", "a.jpg"]
    assert {(row.subject_kind, row.subject_id, row.company_id) for row in rows} == {
        ("customer", made.id, agent.company_id)
    }
    assert {(row.uploader_id, row.uploader_name) for row in rows} == {(agent.id, agent.name)}
    assert [row.name for row in files_of_customer(made)] == ["a.jpg", "合同.pdf"], "newest first"
    (log,) = operations(made, "customer.add_files")
    assert (log.actor_id, log.parameters) == (agent.id, {"names": "合同.pdf、a.jpg"})
    assert stored(made.id)["version"] == version, "no field of the file changed (CUST-20)"


def test_plat_13_long_numbers_in_names_are_masked_in_the_log(world, made):
    assert logged_name("张三13812345678.jpg") == "张三138****5678.jpg"
    add_files(made.id, files=[d.upload("身份证510104199001011234.pdf", d.PDF)], actor=world.actor("agent"))
    (log,) = operations(made, "customer.add_files")
    assert "510104199001011234" not in log.sentence + str(log.parameters)


def test_cust_2_at_least_one_file(world, made):
    with invalid("files"):
        add_files(made.id, files=[], actor=world.actor("agent"))


def test_cust_2_a_customer_has_a_bounded_number_of_files(world, made, monkeypatch):
    monkeypatch.setattr(services, "MAX_OF_CUSTOMER", 2)
    add_files(made.id, files=[d.upload()], actor=world.actor("agent"))
    with denied("customer.too_many_files", 409):
        add_files(made.id, files=[d.upload(), d.upload()], actor=world.actor("agent"))
    assert _count() == 1


def test_cust_2_a_removed_file_is_nobodys_but_stays(world, made):
    agent = world.actor("agent")
    first, second = add_files(made.id, files=[d.upload("1.txt"), d.upload("2.txt")], actor=agent)
    remove_file(made.id, file_id=first.id, actor=agent)
    assert files_of_customer(made) == [second]
    with pytest.raises(NotFound):
        get_file(first.id, actor=agent)
    with nothing_written(), pytest.raises(NotFound):
        remove_file(made.id, file_id=first.id, actor=agent)
    (log,) = operations(made, "customer.remove_file")
    assert log.parameters == {"name": "1.txt"}
    assert (_count(), first.removed_by_id) == (2, agent.id)


def test_pool_5_anyone_who_acts_adds_and_removes_files_of_an_individual(world):
    made = make_platform_customer(world.actor("agent"), state="following")
    (row,) = add_files(made.id, files=[d.upload()], actor=world.actor("agent2"))
    remove_file(made.id, file_id=row.id, actor=world.actor("agent"))
    assert files_of_customer(made) == []


def test_cust_21_files_of_an_enterprise_are_for_those_in_charge(world):
    made = make_platform_customer(world.actor("agent"), state="following", kind="enterprise")
    for name in ("agent2", "agent"):
        with denied("customer.not_responsible", 403):
            add_files(made.id, files=[d.upload()], actor=world.actor(name))
    (row,) = add_files(made.id, files=[d.upload()], actor=world.actor("manager"))
    with denied("customer.not_responsible", 403):
        remove_file(made.id, file_id=row.id, actor=world.actor("agent"))


def test_acc_6_readers_read_and_change_nothing(world, made):
    (row,) = add_files(made.id, files=[d.upload()], actor=world.actor("agent"))
    make_member(made, world.actor("agent2"), "read")
    make_push(made, receiver=world.actor("agent3"))
    for name in ("agent2", "agent3", "auditor", "manager"):
        assert get_file(row.id, actor=world.actor(name)).id == row.id
    for name in ("agent2", "agent3", "auditor"):
        with denied("customer.read_only", 403):
            add_files(made.id, files=[d.upload()], actor=world.actor(name))
        with denied("customer.read_only", 403):
            remove_file(made.id, file_id=row.id, actor=world.actor(name))


def test_acc_6_out_of_reach_there_is_no_file(world, made):
    (row,) = add_files(made.id, files=[d.upload()], actor=world.actor("agent"))
    with pytest.raises(NotFound):
        get_file(row.id, actor=world.actor("director"))
    for name in ("agent2", "agent3", "other_agent", "broker"):
        actor = world.actor(name)
        with pytest.raises(NotFound):
            get_file(row.id, actor=actor)
        with nothing_written(), pytest.raises(NotFound):
            add_files(made.id, files=[d.upload()], actor=actor)
        with nothing_written(), pytest.raises(NotFound):
            remove_file(made.id, file_id=row.id, actor=actor)


def test_plat_10_a_file_is_removed_through_its_own_customer_only(world, made):
    agent = world.actor("agent")
    other = make_customer(agent)
    (row,) = add_files(made.id, files=[d.upload()], actor=agent)
    follow = follow_up(made.id, content="见附件", method="visit", files=[d.upload()], actor=agent)
    (attached,) = files_by_subject("follow_up", [follow.id])[follow.id]
    for customer, file_id in ((other, row.id), (made, attached.id), (made, 10**6)):
        with nothing_written(), pytest.raises(NotFound):
            remove_file(customer.id, file_id=file_id, actor=agent)


def test_plat_10_the_table_is_guarded(world):
    with pytest.raises(UnscopedAccessError):
        db.session.scalars(select(Attachment)).all()


def test_pool_18_a_follow_up_has_attachments(world, made):
    agent = world.actor("agent")
    row = follow_up(
        made.id,
        content="带看",
        method="viewing",
        files=[d.upload("a.jpg", d.jpeg()), d.upload()],
        actor=agent,
    )
    found = files_by_subject("follow_up", [row.id])[row.id]
    assert [one.name for one in found] == ["a.jpg", "备注.txt"]
    assert all(get_file(one.id, actor=agent) is one for one in found)
    assert files_of_customer(made) == [], "they belong to the follow-up"


def test_pool_18_attachments_of_the_holders_follow_ups_are_not_everybodys(world):
    agent = world.actor("agent")
    made = make_platform_customer(agent, state="following")
    row = follow_up(made.id, content="所写", method="phone", files=[d.upload()], actor=agent)
    (earlier,) = files_by_subject("follow_up", [row.id])[row.id]
    privatize(made, agent)
    assert get_file(earlier.id, actor=world.actor("agent2")), "written for everybody, it stays so"
    row = follow_up(made.id, content="所写", method="phone", files=[d.upload()], actor=agent)
    (attached,) = files_by_subject("follow_up", [row.id])[row.id]
    for name in ("agent", "manager", "regional", "auditor"):
        assert get_file(attached.id, actor=world.actor(name))
    with pytest.raises(NotFound):
        get_file(attached.id, actor=world.actor("agent2"))


def test_pool_18_a_refused_follow_up_keeps_no_attachment(world, made):
    with invalid("next_contact_at"):
        past = made.created_at
        follow_up(
            made.id, content="x", method="phone", next_contact_at=past, files=[d.upload()],
            actor=world.actor("agent"),
        )  # fmt: skip
    assert _count() == 0
