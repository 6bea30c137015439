"""PLAT-1, ADR 10: the anchor reveals when rows and end marks were replaced by an earlier copy of the
database.
"""

from __future__ import annotations

import json
import stat
from datetime import timedelta
from types import SimpleNamespace

import pytest
from sqlalchemy import text

from app.audit import services as audit
from app.kernel import clock
from app.kernel.database.session import db
from app.kernel.database.transactions import transactional
from tests.support.make import make_customer
from tests.support.processes.operate import command, succeed

HEAD = "WHERE record_type = 'customer'"


@transactional
def _append(world, customer):
    return audit.record(world.actor("agent"), "customer.test", customer, "Customer edited")


def _hour(number: int):
    """Set the clock this many hours after the start of the test."""
    return clock.frozen(clock.now() + timedelta(hours=number))


def _note(world, customer, hour: int) -> None:
    with _hour(hour):
        _append(world, customer)


def _verify(app, path, hour: int):
    db.session.commit()
    with _hour(hour):
        return command(app, "audit-verify", "--anchor", path)


def _mark() -> dict:
    return dict(
        db.session.execute(text(f"SELECT number AS n, seal AS s FROM audit_head {HEAD}")).one()._mapping
    )


def _put_back(mark) -> None:
    """Restore an earlier end mark, as a person with a copy but without the key would; the chain alone does
    not reveal it.
    """
    db.session.execute(text(f"DELETE FROM operation_log {HEAD} AND number > :n"), {"n": mark["n"]})
    db.session.execute(text(f"UPDATE audit_head SET number = :n, seal = :s {HEAD}"), mark)
    db.session.commit()
    assert [*audit.verify()] == []


@pytest.fixture
def anchor(world, app, tmp_path):
    """Return the anchor file of a log of two rows, written at the third hour, and the customer."""
    made = make_customer(world.actor("agent"))
    customer = SimpleNamespace(__audit__="customer", id=made.id, company_id=made.company_id)
    _append(world, customer)
    path = tmp_path / "anchor.json"
    done = _verify(app, path, 3)
    assert (done.exit_code, "all chains hold" in done.output) == (0, True)
    return path, customer


def test_plat_1_an_anchor_is_compared_and_renewed(app, world, anchor):
    path, customer = anchor
    before = json.loads(path.read_text())
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    _note(world, customer, 4)
    again = _verify(app, path, 6)
    assert (again.exit_code, again.stderr) == (0, "")
    after = json.loads(path.read_text())
    assert after["rows"] == before["rows"] + 1
    assert after["until"] > before["until"]
    assert "agrees" in again.output


def test_plat_1_removed_anchored_rows_are_reported(app, world, anchor):
    path, customer = anchor
    mark = _mark()
    _note(world, customer, 4)
    assert _verify(app, path, 6).exit_code == 0
    kept = path.read_text()
    _put_back(mark)
    verified = _verify(app, path, 7)
    assert (verified.exit_code, "rows are gone" in verified.stderr) == (1, True)
    assert path.read_text() == kept, "the anchor stays for who looks into it"


def test_plat_1_rows_newer_than_the_anchor_are_not_missed(app, world, anchor):
    """So the anchor is renewed often, and kept where the database's administrator cannot write."""
    path, customer = anchor
    mark = _mark()
    _note(world, customer, 4)
    _put_back(mark)
    assert _verify(app, path, 6).exit_code == 0


def test_plat_1_a_removed_chain_is_reported(app, anchor):
    path, _customer = anchor
    for table in ("operation_log", "audit_head"):
        db.session.execute(text(f"DELETE FROM {table} {HEAD}"))
    db.session.commit()
    assert [*audit.verify()] == []
    assert "rows are gone" in _verify(app, path, 4).stderr


def test_plat_1_rows_of_another_history_are_reported(app, world, anchor):
    """The same number of rows, sealed with the key, but other ones: a database restored and used again."""
    path, customer = anchor
    for table in ("operation_log", "audit_head"):
        db.session.execute(text(f"DELETE FROM {table} {HEAD}"))
    db.session.commit()
    db.session.expunge_all()
    for hour in (0, 1):
        _note(world, customer, hour)
    verified = _verify(app, path, 4)
    assert (verified.exit_code, "rows are not what they were" in verified.stderr) == (1, True)


def test_plat_1_the_last_hour_is_not_anchored_yet(app, world, anchor):
    """A row that is committed late has an earlier moment than the anchor."""
    path, customer = anchor
    rows = json.loads(path.read_text())["rows"]
    _note(world, customer, 5)
    with clock.frozen(clock.now() + timedelta(hours=5, minutes=50)):
        db.session.commit()
        succeed(app, "audit-verify", "--anchor", path)
    assert json.loads(path.read_text())["rows"] == rows
    assert _verify(app, path, 7).exit_code == 0
    assert json.loads(path.read_text())["rows"] == rows + 1


@pytest.mark.parametrize(
    "change", [{"rows": 1}, {"until": "2020-01-01T00:00:00+00:00"}, {"digest": "0" * 64}, {"seal": "x"}]
)
def test_plat_1_a_forged_anchor_is_refused(app, anchor, change):
    path, _customer = anchor
    path.write_text(json.dumps({**json.loads(path.read_text()), **change}))
    verified = _verify(app, path, 4)
    assert (verified.exit_code, "was changed" in verified.stderr) == (1, True)


@pytest.mark.parametrize(
    "content", ["", "{}", "[]", "nonsense", '{"seal": 1, "until": 2, "rows": "x", "digest": 3}']
)
def test_plat_1_a_file_that_is_no_anchor_stays_unchanged(app, world, tmp_path, content):
    path = tmp_path / "notes.txt"
    path.write_text(content)
    verified = command(app, "audit-verify", "--anchor", path)
    assert (verified.exit_code, "is no anchor" in verified.stderr) == (1, True)
    assert path.read_text() == content


def test_plat_1_a_broken_chain_is_not_anchored(app, world, anchor):
    path, _customer = anchor
    before = path.read_text()
    db.session.execute(text(f"UPDATE operation_log SET sentence = 'x' {HEAD}"))
    db.session.commit()
    verified = _verify(app, path, 4)
    assert (verified.exit_code, "changed" in verified.stderr) == (1, True)
    assert path.read_text() == before


def _without_customers() -> None:
    for table in ("operation_log", "audit_head"):
        db.session.execute(text(f"DELETE FROM {table} {HEAD}"))
    db.session.commit()
    assert [*audit.verify()] == [], "the chains that are left hold"
    db.session.rollback()


@pytest.fixture
def anchored(world, database):
    """Run the daily job on the application; return its anchor file."""
    make_customer(world.actor("agent"))
    db.session.commit()
    path = database.app.config["KEPAN"].anchor_file
    with _hour(3):
        succeed(database.app, "jobs", "run", "anchor_log")
    yield path
    path.unlink(missing_ok=True)


def test_plat_1_the_daily_job_anchors_by_itself(app, anchored):
    assert anchored.parent == app.config["KEPAN"].data_dir
    assert stat.S_IMODE(anchored.stat().st_mode) == 0o600
    assert "operation log: agrees with the anchor" in succeed(app, "doctor")


def test_plat_1_a_removed_chain_is_found_without_naming_an_anchor(app, anchored):
    """`doctor`, `audit-verify` and the next run of the job find it; the run fails and keeps the anchor."""
    kept = anchored.read_text()
    _without_customers()
    examined = command(app, "doctor")
    assert "problem  operation log" in examined.output, examined.output
    assert "rows are gone" in examined.output
    verified = command(app, "audit-verify")
    assert (verified.exit_code, "rows are gone" in verified.stderr) == (1, True)
    with _hour(6):
        again = command(app, "jobs", "run", "anchor_log")
    assert (again.exit_code, "failed OperationError" in again.stderr) == (1, True)
    assert anchored.read_text() == kept


def test_plat_1_a_broken_chain_is_not_anchored_by_the_job(app, anchored):
    kept = anchored.read_text()
    db.session.execute(text(f"UPDATE operation_log SET sentence = 'x' {HEAD}"))
    db.session.commit()
    with _hour(6):
        assert command(app, "jobs", "run", "anchor_log").exit_code == 1
    assert anchored.read_text() == kept


def test_plat_1_a_dry_run_renews_no_anchor(app, anchored):
    kept = anchored.read_text()
    with _hour(6):
        assert "renewed: 0" in succeed(app, "jobs", "run", "anchor_log", "--dry-run")
    assert anchored.read_text() == kept


def test_plat_1_an_anchor_that_was_not_renewed_is_a_warning(app, anchored):
    with _hour(24 * 4):
        assert "warning  operation log: was last anchored" in command(app, "doctor").output
    anchored.unlink()
    assert "warning  operation log: has no anchor here" in succeed(app, "doctor")
