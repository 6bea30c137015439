"""ACC-9, PLAT-11: the database knows its keys; with other keys nothing starts, and nothing is written."""

from __future__ import annotations

import json
import shutil

import pytest
from sqlalchemy import text

from app.cli.key_checks import unreadable_kinds
from app.cli.key_rotation import encrypted_columns
from app.kernel.database.key_fingerprints import FOREIGN, MISSING, UNMARKED, keys_problem
from app.kernel.database.session import Model, db
from app.kernel.keys import FILE_NAME, make_keys, read_keys
from config import StartError
from tests.support import make
from tests.support.databases.database import make_app
from tests.support.processes.operate import close, command, fresh_installation, succeed
from tests.support.web.clients import apart


@pytest.fixture
def other_node(database, tmp_path):
    """Return another machine over the same database, before it has a key file."""
    directory = tmp_path / "node"
    directory.mkdir()
    made = []

    def start():
        made.append(make_app(directory, database.url))
        return made[-1]

    start.directory = directory
    yield start
    for app in made:
        close(app)


def _log_rows(app) -> int:
    with app.app_context():
        found = db.session.scalar(text("SELECT count(*) FROM operation_log"))
        db.session.rollback()
        return found


def _refuses(app, advice: str) -> None:
    """Check that commands, readiness and pages do nothing, and that the operator is advised."""
    before = _log_rows(app)
    for words in (
        ["init"],
        ["jobs", "list"],
        ["create-admin", "--username", "x", "--name", "张三", "--password", "Kepan-test-2026"],
    ):
        refused = command(app, *words)
        assert refused.exit_code == 1
        assert advice in refused.stderr
        assert "Traceback" not in refused.output
    client = app.test_client()
    for path in ("/readyz", "/", "/api/v1/customers", "/m/"):
        assert client.get(path).status_code == 503, path
    assert client.get("/healthz").status_code == 200
    examined = command(app, "doctor")
    assert examined.exit_code == 1
    assert f"problem  keys: {advice}" in examined.output
    assert _log_rows(app) == before


def test_acc_9_without_its_keys_a_node_does_not_start(other_node):
    """It would create its own, accept duplicate numbers and break chains."""
    app = other_node()
    _refuses(app, MISSING)
    assert not (other_node.directory / FILE_NAME).exists(), "none are made"


def test_acc_9_with_the_keys_of_another_database_a_node_does_not_start(other_node):
    make_keys(other_node.directory)
    _refuses(other_node(), FOREIGN)


def test_acc_9_with_the_right_keys_it_starts(database, other_node):
    shutil.copy(database.directory / FILE_NAME, other_node.directory)
    app = other_node()
    assert app.test_client().get("/readyz").status_code == 200
    assert "problem" not in succeed(app, "doctor")


@pytest.mark.parametrize("part", ["index_key", "audit_key", "ciphers"])
def test_acc_9_every_part_of_the_keys_counts(database, other_node, tmp_path, part):
    make_keys(tmp_path / "foreign")
    foreign = json.loads((tmp_path / "foreign" / FILE_NAME).read_text())
    right = json.loads((database.directory / FILE_NAME).read_text())
    (other_node.directory / FILE_NAME).write_text(json.dumps({**right, part: foreign[part]}))
    app = other_node()
    assert apart(app, keys_problem) == FOREIGN
    assert app.test_client().get("/readyz").status_code == 503


def test_acc_9_an_exchanged_file_does_not_reach_a_running_process(database, world, tmp_path):
    """It continues with the keys that it has; the next start refuses the file."""
    path = database.directory / FILE_NAME
    kept = path.read_text()
    make_keys(tmp_path / "foreign")
    try:
        path.write_text((tmp_path / "foreign" / FILE_NAME).read_text())
        customer = make.make_customer(world.actor("agent"), phone="13800001111")
        assert customer.phone.reveal() == "13800001111"
        assert apart(database.new_app(), keys_problem) == FOREIGN
    finally:
        path.write_text(kept)
    assert apart(database.new_app(), keys_problem) == ""


def test_acc_9_keys_are_made_for_an_empty_database_only(database, tmp_path):
    with fresh_installation(database.backend, tmp_path / "new") as app:
        directory = app.config["KEPAN"].data_dir
        first = read_keys(directory)
        assert app.test_client().get("/readyz").status_code == 503
        succeed(app, "init")
        assert app.test_client().get("/readyz").status_code == 200
        (directory / FILE_NAME).unlink()
        again = make_app(directory, app.config["KEPAN"].database_url)
        assert apart(again, keys_problem) == MISSING
        make_keys(directory)
        assert read_keys(directory) != first
        close(again)


def _forget_fingerprint(database) -> None:
    with database.app.app_context():
        db.session.execute(text("DELETE FROM key_fingerprint"))
        db.session.commit()


def test_acc_9_a_database_from_before_fingerprints_is_looked_into(database, world, other_node):
    """The stored data decide which keys get a fingerprint at the first `init` of this version."""
    make.make_customer(world.actor("agent"))
    db.session.commit()
    _forget_fingerprint(database)
    make_keys(other_node.directory)
    refused = command(other_node(), "init")
    assert (refused.exit_code, "_cipher cannot be decrypted" in refused.stderr) == (1, True)
    right = database.new_app()
    assert apart(right, keys_problem) == UNMARKED
    succeed(right, "init")
    assert apart(right, keys_problem) == ""
    assert apart(other_node(), keys_problem) == FOREIGN


def test_acc_9_where_no_number_is_stored_the_log_decides(database, other_node):
    _forget_fingerprint(database)
    with database.app.app_context():
        assert _log_rows(database.app)
        for column in encrypted_columns():
            db.session.execute(
                text(f'UPDATE "{column.table.name}" SET "{column.name}" = NULL')
            ) if column.nullable else db.session.execute(text(f'DELETE FROM "{column.table.name}"'))
        db.session.commit()
    make_keys(other_node.directory)
    refused = command(other_node(), "init")
    assert (refused.exit_code, "operation log is sealed with another key" in refused.stderr) == (1, True)


def test_acc_9_a_rotation_keeps_the_fingerprint_true(database, world):
    path = database.directory / FILE_NAME
    kept = path.read_text()
    try:
        succeed(database.app, "rotate-keys")
        assert read_keys(database.directory).ciphers != tuple(json.loads(kept)["ciphers"])
        assert apart(database.new_app(), keys_problem) == ""
    finally:
        path.write_text(kept)


@pytest.mark.parametrize("which", range(2))
def test_plat_11_the_doctor_tries_every_kind_of_encrypted_value(database, world, which):
    """A single value encrypted with another key, the oldest or the newest, is enough."""
    made = [make.make_customer(world.actor("agent")).id for _ in range(2)]
    db.session.execute(
        text("UPDATE customer SET phone_cipher = 'gAAAAAB' WHERE id = :id"), {"id": made[which]}
    )
    db.session.commit()
    assert apart(database.app, unreadable_kinds) == ["customer.phone_cipher"]
    examined = command(database.app, "doctor")
    assert (examined.exit_code, "customer.phone_cipher" in examined.output) == (1, True)


def test_plat_11_every_encrypted_column_is_known_as_such():
    """Neither the rotation nor the doctor can miss a new column: they find columns by their type."""
    named = {
        f"{table.name}.{column.name}"
        for table in Model.metadata.sorted_tables
        for column in table.columns
        if column.name.endswith("_cipher")
    }
    found = {f"{column.table.name}.{column.name}" for column in encrypted_columns()}
    assert found == named
    assert len(found) >= 8


@pytest.mark.parametrize(
    "content",
    [
        "",
        "{}",
        "[]",
        "nonsense",
        '{"ciphers": ["short"], "index_key": "a", "audit_key": "b", "session_key": "c"}',
    ],
)
def test_plat_16_a_damaged_key_file_is_reported_in_a_sentence(tmp_path, content):
    (tmp_path / FILE_NAME).write_text(content)
    with pytest.raises(StartError, match=r"cannot be read .*put it back from a backup"):
        make_app(tmp_path)
