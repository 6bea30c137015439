"""PLAT-11: backup while the application works, restore elsewhere: no acknowledged change is lost, every
number can be read, and the chains of the operation log hold.
"""

from __future__ import annotations

import json
import stat
import tarfile
import threading
from unittest.mock import Mock

import pytest
from sqlalchemy import select, text

from app.cli.backup import program_version, read_manifest
from app.cli.installation import schema_head
from app.customers.shared.models import Customer
from app.kernel.access.guard import unscoped
from app.kernel.database.session import db
from tests.support import make
from tests.support.databases.database import make_app
from tests.support.processes.operate import close, command, fresh_installation, succeed
from tests.support.web.clients import ApiClient, apart

pytestmark = [pytest.mark.both, pytest.mark.process]


def _numbers(app) -> dict[str, str]:
    """Return code → full number of every customer."""

    def read() -> dict[str, str]:
        with unscoped("test: what was restored"):
            return {one.code: one.phone.reveal() for one in db.session.scalars(select(Customer))}

    return apart(app, read)


def _upload(database, name: str, content: bytes) -> None:
    path = database.directory / "files" / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)


class Writer(threading.Thread):
    """Creates customers over the API until it is stopped; remembers the acknowledged ones."""

    def __init__(self, app, number: int) -> None:
        super().__init__(daemon=True)
        self.client = ApiClient(app, "agent")
        self.number = number
        self.acknowledged: dict[str, str] = {}
        self.stopping = threading.Event()
        self.working = threading.Event()

    def run(self) -> None:
        for one in range(5000):
            phone = f"13{self.number}{one:08d}"
            answer = self.client.post("/customers", {"name": "在写", "phone": phone})
            if answer.status_code == 201:
                self.acknowledged[answer.get_json()["code"]] = phone
            if len(self.acknowledged) >= 3:
                self.working.set()
            if self.stopping.is_set():
                return


@pytest.mark.slow
def test_plat_11_restore_drill(database, tmp_path):
    """Create, back up while others write, restore elsewhere, examine."""
    _upload(database, "ab/cdef", b"a floor plan")
    writers = [Writer(database.app, number) for number in (5, 6)]
    for one in writers:
        one.start()
    for one in writers:
        assert one.working.wait(60)
    before = {code: phone for one in writers for code, phone in dict(one.acknowledged).items()}
    archive = succeed(database.new_app(), "backup", "--to", tmp_path / "kept").strip()
    for one in writers:
        one.stopping.set()
        one.join(60)
    with fresh_installation(database.backend, tmp_path / "elsewhere") as empty:
        said = succeed(empty, "restore", archive)
        assert "restored the backup of" in said
        again = make_app(empty.config["KEPAN"].data_dir, empty.config["KEPAN"].database_url)
        found = _numbers(again)
        assert before.items() <= found.items()
        assert len(before) >= 6
        assert "all chains hold" in succeed(again, "audit-verify")
        assert "problem" not in succeed(again, "doctor")
        data_dir = again.config["KEPAN"].data_dir
        assert (data_dir / "files" / "ab" / "cdef").read_bytes() == b"a floor plan"
        assert not list(data_dir.glob("*.before-*")), "of an empty installation nothing is kept"
        assert not [path.name for path in data_dir.glob(".*")], "nothing is left lying about"
        close(again)


def test_plat_11_a_backup_says_what_it_is_and_only_its_owner_reads_it(database, tmp_path):
    archive = tmp_path / "kept" / succeed(database.app, "backup", "--to", tmp_path / "kept").strip()
    assert stat.S_IMODE(archive.stat().st_mode) == 0o600
    assert [path.name for path in archive.parent.iterdir()] == [archive.name]
    manifest = read_manifest(archive, check=True)
    kind = {"sqlite": "sqlite", "postgres": "postgresql"}[database.backend]
    assert (manifest.database, manifest.schema) == (kind, schema_head())
    assert manifest.version == program_version() != ""
    assert manifest.made_at.endswith("+00:00")
    assert {"keys.json"} < set(manifest.members)
    with tarfile.open(archive) as opened:
        assert all(member.mode == 0o600 and member.isreg() for member in opened)


def test_plat_11_the_backup_lies_in_the_data_directory_by_default(database):
    first, second = (succeed(database.app, "backup").strip() for _ in range(2))
    assert first.startswith(str(database.directory / "backups"))
    assert first != second


def test_plat_11_a_rotation_meanwhile_loses_no_key(database, tmp_path, monkeypatch):
    """The database was copied with the old key; when the copy ends, the key file has only the new one."""
    from app.cli import database_dumps as snapshots

    keys = database.directory / "keys.json"
    original = keys.read_bytes()
    dump = snapshots.dump

    def rotated_meanwhile(url, target):
        dump(url, target)
        content = json.loads(original)
        keys.write_text(json.dumps({**content, "ciphers": ["bmV3" * 10 + "bmV="]}))

    monkeypatch.setattr(snapshots, "dump", rotated_meanwhile)
    try:
        archive = succeed(database.app, "backup", "--to", tmp_path).strip()
    finally:
        keys.write_bytes(original)
    with tarfile.open(archive) as opened:
        kept = json.load(opened.extractfile("keys.json"))["ciphers"]
    assert kept == ["bmV3" * 10 + "bmV=", *json.loads(original)["ciphers"]]


def test_plat_11_a_backup_that_fails_leaves_nothing(database, tmp_path, monkeypatch):
    from app.cli import database_dumps as snapshots

    monkeypatch.setattr(snapshots, "dump", Mock(side_effect=snapshots.OperationError("no room")))
    result = command(database.app, "backup", "--to", tmp_path)
    assert (result.exit_code, result.output.strip()) == (1, "no room")
    assert list(tmp_path.iterdir()) == []


def test_plat_11_an_empty_database_is_not_backed_up(database, tmp_path):
    with fresh_installation(database.backend, tmp_path / "empty") as empty:
        result = command(empty, "backup")
    assert result.exit_code == 1
    assert "nothing to back up" in result.output


def test_plat_11_a_number_is_not_readable_in_the_archive_without_its_keys(world, database, tmp_path):
    """ACC-9: the database in the archive holds no full number."""
    phone = make.next_phone()
    make.make_customer(world.actor("agent"), phone=phone)
    db.session.execute(text("SELECT 1"))
    db.session.commit()
    archive = succeed(database.app, "backup", "--to", tmp_path).strip()
    with tarfile.open(archive) as opened:
        for member in opened:
            assert phone.encode() not in opened.extractfile(member).read()
