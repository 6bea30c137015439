"""PLAT-10, PLAT-11: the operator removes files that a crash left behind, and checks the file storage."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import func, select

from app.cli.doctor import Finding, check_installation
from app.customers.files.services import add_files
from app.kernel import clock
from app.kernel.access.guard import unscoped
from app.kernel.database.session import db
from app.kernel.files.attachments import Attachment
from app.kernel.files.storage import Storage, new_name, storage
from tests.support import documents as d
from tests.support.make import make_customer
from tests.support.processes.operate import command, succeed
from tests.support.web.clients import apart


@pytest.fixture
def left_behind(stored_app, database) -> str:
    """Store a record's file, and a file that no row names."""
    agent = database.world.actor("agent")

    def fill() -> str:
        add_files(make_customer(agent).id, files=[d.upload("a.jpg", d.jpeg())], actor=agent)
        name = new_name()
        storage().write(name, d.upload().content)
        return name

    return apart(stored_app, fill)


def test_plat_10_a_dry_run_only_says_what_would_go(stored_app, contents, left_behind):
    before = contents()
    assert succeed(stored_app, "sweep-files", "--dry-run").split("\n")[0] == "0 files would be removed"
    with clock.frozen(clock.now() + timedelta(days=2)):
        said = succeed(stored_app, "sweep-files", "--dry-run").splitlines()
    assert said == [left_behind, "1 files would be removed"]
    assert contents() == before


def test_plat_10_the_command_removes_what_no_row_names(stored_app, contents, left_behind):
    before = contents()
    assert succeed(stored_app, "sweep-files") == "0 files were removed\n"
    assert contents() == before, "of the last day nothing goes"
    with clock.frozen(clock.now() + timedelta(days=2)):
        assert succeed(stored_app, "sweep-files").splitlines() == [left_behind, "1 files were removed"]
        assert succeed(stored_app, "sweep-files") == "0 files were removed\n"
    assert contents() == before - {left_behind}


def _rows() -> int:
    with unscoped("test: what the table holds"):
        return db.session.scalar(select(func.count()).select_from(Attachment)) or 0


def _finding(app) -> Finding:
    return next(one for one in apart(app, check_installation) if one.subject == "files")


def test_plat_11_the_doctor_tries_the_storage_and_leaves_nothing(stored_app, contents, left_behind):
    before = contents(), apart(stored_app, _rows)
    assert _finding(stored_app).level == "ok"
    assert (contents(), apart(stored_app, _rows)) == before


@pytest.mark.parametrize("step", ["write", "read", "remove"])
def test_plat_11_the_doctor_names_the_step_that_fails(stored_app, monkeypatch, step):
    def refuse(*_args, **_kwargs):
        raise PermissionError

    monkeypatch.setattr(Storage, step, refuse)
    found = _finding(stored_app)
    assert found.level == "problem"
    assert {"write": "written", "read": "read", "remove": "deleted"}[step] in found.advice
    assert "PermissionError" in found.advice
    assert "check" in found.advice


def test_plat_11_the_doctor_reads_what_it_wrote(stored_app, monkeypatch):
    monkeypatch.setattr(Storage, "read", lambda _self, _name: iter([b"something else"]))
    assert (_finding(stored_app).level, "check the storage" in _finding(stored_app).advice) == (
        "problem",
        True,
    )


def test_plat_11_a_directory_that_cannot_be_is_a_problem(database, tmp_path):
    (tmp_path / "file").write_text("no directory")
    app = database.new_app({"KEPAN_FILES_URL": f"file://{tmp_path}/file/files"})
    found = _finding(app)
    assert (found.level, "owner" in found.advice) == ("problem", True)
    result = command(app, "doctor")
    assert result.exit_code == 1
    assert "files: a file cannot be written" in result.output


def test_plat_11_a_bucket_that_is_not_there_is_a_problem(database, s3):
    app = database.new_app({**s3, "KEPAN_FILES_URL": "s3://no-such-bucket/prefix"})
    found = _finding(app)
    assert (found.level, "KEPAN_FILES_*" in found.advice) == ("problem", True)
    assert s3["KEPAN_FILES_SECRET"] not in found.advice
