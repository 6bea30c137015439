"""PLAT-1, PLAT-11: the operation log is a chain per record; every change made directly in the database is
found, and the first broken row is named.
"""

from __future__ import annotations

import pytest
from sqlalchemy import text

from app.audit import services as audit
from app.audit.models import AuditHead, OperationLog
from app.kernel.database.session import db
from app.kernel.database.transactions import transactional
from tests.support.databases.race import race
from tests.support.make import make_customer

pytestmark = pytest.mark.both

FIRST = "WHERE record_type = 'customer' AND record_id = 1"
SECOND = "WHERE record_type = 'customer' AND record_id = 2"


@pytest.fixture
def chain(world):
    """Create a customer with five operations and another with three; return the id of the first."""
    first, other = (make_customer(world.actor("agent")) for _ in range(2))
    for number in range(4):
        _note(world, first, number)
    for number in range(2):
        _note(world, other, number)
    assert (first.id, other.id) == (1, 2)
    return first.id


@transactional
def _note(world, customer, number):
    return audit.record(
        world.actor("agent"), "customer.test", customer, "Customer edited", {"remark": ("", str(number))}
    )


def _broken():
    db.session.rollback()
    db.session.expunge_all()
    found = [(row.record_type, row.record_id, row.number, row.reason) for row in audit.verify()]
    return [one for one in found if one[0] == "customer"], [one for one in found if one[0] != "customer"]


def _run(sql, **values):
    """Run SQL, as a person with access to the database would."""
    db.session.execute(text(sql), values)
    db.session.commit()


def test_plat_1_an_untouched_log_holds(chain):
    assert _broken() == ([], [])


COLUMNS = {
    "actor_id": 999,
    "actor_name": "别人",
    "operation": "customer.other",
    "sentence": "别的事",
    "message": "Something else",
    "parameters": '{"code": "x"}',
    "differences": '{"remark": ["", "x"]}',
    "source": "10.9.9.9",
    "request_id": "forged",
    "company_id": 2,
    "at": "2020-01-01 00:00:00+00:00",
    "seal": "0" * 64,
    "seal_version": 1,
    "personal": "gAAAA",
    "erasure": "0" * 64,
}


def test_every_column_is_tried():
    keys = {"id", "record_type", "record_id", "number"}
    assert {*COLUMNS} == {column.name for column in OperationLog.__table__.columns} - keys


@pytest.mark.parametrize("column", COLUMNS)
def test_plat_1_a_changed_row_is_named(chain, column):
    _run(f"UPDATE operation_log SET {column} = :v {FIRST} AND number = 3",
         v=COLUMNS[column])  # fmt: skip
    assert _broken() == ([("customer", 1, 3, "changed")], [])


@pytest.mark.parametrize(
    ("deleted", "named"),
    [
        ("number = 1", (2, "missing")),
        ("number = 3", (4, "missing")),
        ("number IN (2, 3)", (4, "missing")),
        ("number = 5", (5, "cut")),
        ("number > 2", (3, "cut")),
        ("number > 0", (1, "missing")),
    ],
)
def test_plat_1_a_missing_row_is_named(chain, deleted, named):
    _run(f"DELETE FROM operation_log {FIRST} AND {deleted}")
    assert _broken() == ([("customer", 1, *named)], [])


def test_plat_1_a_missing_end_mark_is_named(chain):
    _run(f"DELETE FROM audit_head {FIRST}")
    assert _broken() == ([("customer", 1, 5, "headless")], [])


def test_plat_1_a_cut_end_cannot_be_covered_up_with_the_end_mark(chain):
    """The mark is sealed with the key, and its value for an earlier row is not in the database."""
    seals = {seal for (seal,) in db.session.execute(text("SELECT seal FROM operation_log"))}
    marks = {seal for (seal,) in db.session.execute(text("SELECT seal FROM audit_head"))}
    assert not seals & marks
    _run(f"DELETE FROM operation_log {FIRST} AND number = 5")
    _run(f"UPDATE audit_head SET number = 4 {FIRST}")
    assert _broken() == ([("customer", 1, 5, "cut")], [])
    _run(f"UPDATE audit_head SET seal = (SELECT seal FROM operation_log {FIRST} AND number = 4) {FIRST}")
    assert _broken() == ([("customer", 1, 5, "cut")], [])


def test_plat_1_an_end_mark_of_another_record_does_not_fit(chain):
    _run(f"DELETE FROM operation_log {FIRST} AND number > 3")
    _run(f"UPDATE audit_head SET number = 3, seal = (SELECT seal FROM audit_head {SECOND}) {FIRST}")
    assert _broken() == ([("customer", 1, 4, "cut")], [])


def test_plat_1_a_chain_cannot_be_restarted(chain):
    """The first row cannot be changed to look like the only one, either."""
    _run(f"DELETE FROM operation_log {FIRST} AND number > 1")
    _run(f"UPDATE audit_head SET number = 1, seal = (SELECT seal FROM operation_log {FIRST}) {FIRST}")
    assert _broken() == ([("customer", 1, 2, "cut")], [])


def test_plat_1_rows_cannot_be_renumbered_to_hide_a_gap(chain):
    _run(f"DELETE FROM operation_log {FIRST} AND number = 3")
    _run(f"UPDATE operation_log SET number = 3 {FIRST} AND number = 4")
    assert _broken() == ([("customer", 1, 3, "changed")], [])


def test_plat_1_rows_cannot_change_places(chain):
    for before, after in ((2, 99), (3, 2), (99, 3)):
        _run(f"UPDATE operation_log SET number = {after} {FIRST} AND number = {before}")
    assert _broken() == ([("customer", 1, 2, "changed")], [])


def test_plat_1_a_row_cannot_be_moved_to_another_record(chain):
    _run(f"DELETE FROM operation_log {SECOND} AND number = 2")
    _run(f"UPDATE operation_log SET record_id = 2 {FIRST} AND number = 2")
    found, _others = _broken()
    assert found == [("customer", 1, 3, "missing"), ("customer", 2, 2, "changed")]


def test_plat_1_an_invented_row_does_not_fit(chain):
    _run(
        "INSERT INTO operation_log (record_type, record_id, number, at, actor_id, actor_name, operation,"
        " sentence, message, parameters, differences, source, request_id, company_id, seal)"
        " SELECT record_type, record_id, 6, at, actor_id, actor_name, operation, sentence, message,"
        " parameters, differences, source, request_id, company_id, seal FROM operation_log"
        f" {FIRST} AND number = 5"
    )
    assert _broken() == ([("customer", 1, 6, "changed")], [])


def test_plat_1_every_broken_record_is_named_once(chain):
    _run("UPDATE operation_log SET sentence = 'x' WHERE record_type = 'customer' AND number IN (2, 3)")
    assert _broken() == ([("customer", 1, 2, "changed"), ("customer", 2, 2, "changed")], [])


def test_plat_1_batches_make_no_difference(chain):
    _run(f"DELETE FROM operation_log {FIRST} AND number = 3")
    whole = [*audit.verify()]
    db.session.rollback()
    assert [*audit.verify(batch=1)] == [*audit.verify(batch=2)] == whole
    assert len(whole) == 1


def test_plat_11_the_command_names_broken_records_and_fails(chain, app):
    db.session.commit()
    good = app.test_cli_runner().invoke(args=["kepan", "audit-verify"])
    assert (good.exit_code, good.stderr) == (0, "")
    _run(f"UPDATE operation_log SET actor_name = 'x' {SECOND} AND number = 3")
    bad = app.test_cli_runner().invoke(args=["kepan", "audit-verify"])
    assert bad.exit_code == 1
    assert "customer #2, row 3: changed" in bad.stderr


def test_plat_1_simultaneous_operations_on_one_record_make_one_chain(chain, world, app):
    from app.customers.shared.queries import get_customer

    @transactional
    def note():
        agent = world.actor("agent")
        customer = get_customer(chain, actor=agent, lock=True)
        audit.record(agent, "customer.test", customer, "Customer edited")

    assert race(app, [note] * 8) == [None] * 8
    numbers = db.session.query(OperationLog.number).filter_by(record_type="customer", record_id=chain)
    assert sorted(number for (number,) in numbers) == [*range(1, 14)]
    assert _broken() == ([], [])


def test_plat_1_what_is_undone_leaves_no_row(chain, world):
    @transactional
    def refused():
        from app.customers.shared.queries import get_customer

        agent = world.actor("agent")
        audit.record(agent, "customer.test", get_customer(chain, actor=agent), "Customer edited")
        raise LookupError

    with pytest.raises(LookupError):
        refused()
    assert db.session.get(AuditHead, ("customer", chain)).number == 5
    assert _broken() == ([], [])
