"""PLAT-1, PLAT-12: chains of the operation log that earlier versions sealed are valid after an upgrade, on
both databases.

The code of revision 0001 wrote the rows (``tests/fixtures/revision_0001``).
"""

from __future__ import annotations

import shutil
import sqlite3
import stat
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace

import pytest
from flask_migrate import upgrade
from sqlalchemy import inspect, select, text

from app import create_app
from app.audit import services as audit
from app.audit.models import AuditHead, OperationLog
from app.audit.seals import CURRENT, FIRST, MARKED, mark_after, row_content
from app.cli.backup import read_manifest
from app.cli.installation import MIGRATIONS, ensure_initialised, initialise, schema_head, schema_now
from app.customers.follow_ups.services import follow_up
from app.customers.shared.queries import get_customer
from app.kernel.database.session import db
from app.kernel.keys import keys, make_keys
from app.org.sessions.actors import actor_by_username
from config import StartError
from tests.support.databases.empty import empty_database
from tests.support.processes.server import Server

FIXTURE = Path(__file__).parents[1] / "fixtures" / "revision_0001"
BACKENDS = ["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)]


@contextmanager
def revision_1(backend, directory, *, foreign=False):
    """Return an application over the database of revision 0001."""
    with empty_database(backend, directory) as url:
        script = (FIXTURE / f"{backend}.sql").read_text(encoding="utf-8")
        if backend == "sqlite":
            with closing(sqlite3.connect(url.removeprefix("sqlite:///"))) as connection:
                connection.executescript(script)
        if foreign:
            make_keys(directory)
        else:
            shutil.copy(FIXTURE / "keys.json", directory)
        app = create_app({"KEPAN_DATA_DIR": str(directory), "KEPAN_DATABASE_URL": url})
        with app.app_context():
            try:
                if backend == "postgres":
                    with db.engine.begin() as connection:
                        connection.connection.driver_connection.execute(script)
                yield app
            finally:
                db.session.remove()
                db.engine.dispose()


@pytest.fixture(params=BACKENDS)
def old(request, tmp_path):
    with revision_1(request.param, tmp_path) as app:
        assert schema_now() == "0001"
        yield app


def _broken():
    db.session.rollback()
    return [(row.record_type, row.record_id, row.number, row.reason) for row in audit.verify()]


def _rows(pk):
    rows = select(OperationLog).where(OperationLog.record_type == "customer", OperationLog.record_id == pk)
    return list(db.session.scalars(rows.order_by(OperationLog.number)))


def test_plat_1_plat_12_chains_of_revision_0001_hold_after_the_upgrade(old):
    seals = "SELECT id, seal FROM operation_log ORDER BY id"
    with db.engine.connect() as connection:
        before = connection.execute(text(seals)).all()
    initialise()
    assert schema_now() == schema_head()
    assert _broken() == []
    assert len(before) == 67
    rows = db.session.scalars(select(OperationLog).order_by(OperationLog.id)).all()
    assert [(row.id, row.seal) for row in rows[:67]] == before, "an anchor goes on holding"
    assert {row.seal_version for row in rows[:67]} == {FIRST}
    heads = db.session.scalars(select(AuditHead)).all()
    assert all(audit.end_holds(head) for head in heads)
    assert {head.seal for head in heads}.isdisjoint(seal for _pk, seal in before)
    db.session.rollback()
    result = old.test_cli_runner().invoke(args=["kepan", "audit-verify"])
    assert (result.exit_code, result.stderr, result.exception) == (0, "", None)


def test_plat_1_an_old_chain_continues(old):
    initialise()
    agent = actor_by_username("agent")
    follow_up(1, content="客户来电", method="phone", actor=agent)
    assert [row.seal_version for row in _rows(1)] == [FIRST] * 5 + [CURRENT]
    assert _broken() == []
    assert get_customer(1, actor=agent).phone.reveal() == "13812345670"
    assert "王女士0" in str(_rows(1)[2].differences)


@pytest.mark.parametrize(
    ("tampering", "named"),
    [
        ("UPDATE operation_log SET actor_name = 'x' WHERE {} AND number = 2", ("customer", 1, 2, "changed")),
        ("DELETE FROM operation_log WHERE {} AND number = 2", ("customer", 1, 3, "missing")),
        ("DELETE FROM operation_log WHERE {} AND number = 5", ("customer", 1, 5, "cut")),
        ("DELETE FROM audit_head WHERE {}", ("customer", 1, 5, "headless")),
    ],
)
def test_plat_1_an_upgrade_heals_no_broken_chain(old, tampering, named):
    with db.engine.begin() as connection:
        connection.execute(text(tampering.format("record_type = 'customer' AND record_id = 1")))
    initialise()
    assert _broken() == [named]


def test_plat_1_an_old_version_lets_no_end_be_cut_after_the_upgrade(old):
    """Revision 0001 marked the end with the last row's seal, which anyone could copy; after the upgrade this
    is detected.
    """
    initialise()
    one = "record_type = 'customer' AND record_id = 1"
    with db.engine.begin() as connection:
        connection.execute(text(f"DELETE FROM operation_log WHERE {one} AND number = 5"))
        last = f"SELECT seal FROM operation_log WHERE {one} AND number = 4"
        connection.execute(text(f"UPDATE audit_head SET number = 4, seal = ({last}) WHERE {one}"))
    assert _broken() == [("customer", 1, 5, "cut")]


def test_plat_1_chains_that_code_between_both_went_on_with_hold(old):
    """Revisions 0002 to 0014 continued such a chain from the copied seal, and marked its new end."""
    upgrade(directory=str(MIGRATIONS), revision="0014")
    row = SimpleNamespace(
        record_type="customer", record_id=1, number=6, at=datetime(2026, 11, 21, 8, 0, tzinfo=UTC),
        actor_id=1, actor_name="何若兰", operation="customer.update", sentence="编辑客户",
        message="Customer edited", open_parameters={}, open_differences={}, source="", request_id="",
        company_id=1,
    )  # fmt: skip
    with db.engine.begin() as connection:
        one = "record_type = 'customer' AND record_id = 1"
        copied = connection.execute(text(f"SELECT seal FROM audit_head WHERE {one}")).scalar_one()
        for row.number in (6, 7):
            row.seal = keys().seal(row_content(row, MARKED, copied))
            insert = text(
                "INSERT INTO operation_log (record_type, record_id, number, at, actor_id, actor_name, operation,"
                " sentence, message, parameters, differences, source, request_id, company_id, seal)"
                " VALUES ('customer', 1, :number, :at, 1, '何若兰', 'customer.update', '编辑客户',"
                " 'Customer edited', '{}', '{}', '', '', 1, :seal)"
            )
            connection.execute(
                insert, {"number": row.number, "at": "2026-11-21 08:00:00.000000", "seal": row.seal}
            )
            copied = mark_after(row)
        connection.execute(
            text(f"UPDATE audit_head SET number = 7, seal = :seal WHERE {one}"), {"seal": copied}
        )
    initialise()
    assert _broken() == []
    assert [row.seal_version for row in _rows(1)] == [FIRST] * 6 + [MARKED]


@pytest.mark.parametrize("backend", BACKENDS)
def test_acc_9_a_log_of_other_keys_is_not_upgraded(backend, tmp_path):
    with revision_1(backend, tmp_path, foreign=True):
        with pytest.raises(StartError):
            initialise()
        with pytest.raises(StartError, match="no row of the operation log"):
            upgrade(directory=str(MIGRATIONS))
        assert "seal_version" not in {
            column["name"] for column in inspect(db.engine).get_columns("operation_log")
        }


def test_plat_12_a_backup_is_made_before_the_upgrade_and_kept(old, capsys):
    directory = old.config["KEPAN"].data_dir / "backups"
    assert ensure_initialised()
    (made,) = directory.iterdir()
    assert str(made) in capsys.readouterr().out
    assert stat.S_IMODE(made.stat().st_mode) == 0o600
    assert read_manifest(made, check=True).schema == "0001"
    assert not ensure_initialised()
    assert [*directory.iterdir()] == [made]
    assert "backup" not in capsys.readouterr().out


def test_plat_12_without_a_backup_nothing_is_upgraded(old):
    (old.config["KEPAN"].data_dir / "backups").write_text("in the way")
    with pytest.raises(StartError, match=r"no backup could be made before the upgrade .*--no-backup"):
        ensure_initialised()
    assert schema_now() == "0001"
    done = old.test_cli_runner().invoke(args=["kepan", "init", "--no-backup"])
    assert (done.exit_code, schema_now()) == (0, schema_head())


def test_plat_12_the_backup_of_before_can_be_restored_and_upgraded(old):
    ensure_initialised()
    directory = old.config["KEPAN"].data_dir / "backups"
    (made,) = directory.iterdir()
    db.session.remove()
    db.engine.dispose()
    done = old.test_cli_runner().invoke(args=["kepan", "restore", str(made), "--force"])
    assert (done.exit_code, done.exception) == (0, None), done.output
    assert [*directory.iterdir()] == [made], "what was restored is still in its file"
    assert _broken() == []


def test_plat_12_run_py_backs_up_before_it_migrates(tmp_path):
    with closing(sqlite3.connect(tmp_path / "kepan.db")) as connection:
        connection.executescript((FIXTURE / "sqlite.sql").read_text(encoding="utf-8"))
    shutil.copy(FIXTURE / "keys.json", tmp_path)
    log = tmp_path / "server.log"
    with Server(tmp_path, log):
        (made,) = (tmp_path / "backups").iterdir()
        assert str(made) in log.read_text(encoding="utf-8")
