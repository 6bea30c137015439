"""PLAT-11: a restore refuses unfit backups, is never half done, and keeps the state that it replaces."""

from __future__ import annotations

import gzip
import hashlib
import io
import json
import tarfile
from contextlib import contextmanager
from pathlib import Path

import pytest
from sqlalchemy import func, select, text

from app.cli import database_dumps as snapshots
from app.cli import restore
from app.customers.shared.models import Customer
from app.kernel.access.guard import unscoped
from app.kernel.database.session import db
from app.kernel.keys import make_keys
from tests.support import make
from tests.support.databases.database import make_app
from tests.support.processes.operate import close, command, fresh_installation, succeed
from tests.support.web.clients import apart

pytestmark = [pytest.mark.both, pytest.mark.process]


@pytest.fixture
def archive(database, tmp_path) -> Path:
    """Return a backup of the world with two customers and one attached file."""
    agent = database.world.actor("agent")
    apart(database.app, lambda: [make.make_customer(agent, name=name).id for name in ("甲", "乙")])
    attached = database.directory / "files" / "plan"
    attached.parent.mkdir(exist_ok=True)
    attached.write_bytes(b"plan")
    return Path(succeed(database.app, "backup", "--to", tmp_path / "kept").strip())


def _state(app) -> tuple[list[str], bool]:
    """Return the names of the customers, and whether their numbers can be read with the present keys."""

    def read() -> tuple[list[str], bool]:
        with unscoped("test: what is there now"):
            found = list(db.session.scalars(select(Customer).order_by(Customer.id)))
        return [one.name for one in found], all(one.phone.reveal() for one in found)

    again = make_app(app.config["KEPAN"].data_dir, app.config["KEPAN"].database_url)
    try:
        return apart(again, read)
    finally:
        close(again)


@contextmanager
def _occupied(database, directory):
    """Create another installation with a customer and a file of its own."""
    with fresh_installation(database.backend, directory) as app:
        succeed(app, "init")
        _own_customer(app)
        (directory / "files").mkdir()
        (directory / "files" / "own").write_bytes(b"own")
        close(app)
        yield app


def _own_customer(app) -> None:
    from app.kernel.access.actor import SYSTEM
    from app.org.accounts.services import create_account

    apart(
        app,
        lambda: (
            create_account(
                username="boss", name="老板", password="Blaue-Wiese-2026", roles=["Admin"], actor=SYSTEM
            ).id
        ),
    )


def _accounts(app) -> int:
    again = make_app(app.config["KEPAN"].data_dir, app.config["KEPAN"].database_url)
    try:
        return apart(again, lambda: db.session.scalar(text("SELECT count(*) FROM ab_user")))
    finally:
        close(again)


def test_plat_11_data_is_replaced_only_by_force_and_kept(database, archive, tmp_path):
    with _occupied(database, tmp_path / "there") as there:
        result = command(there, "restore", archive)
        assert result.exit_code == 1
        assert "--force" in result.output
        assert _accounts(there) == 1
        said = succeed(there, "restore", archive, "--force")
        assert _state(there) == (["甲", "乙"], True)
        data_dir = there.config["KEPAN"].data_dir
        assert [path.name for path in (data_dir / "files").iterdir()] == ["plan"]
        kept = [Path(line.split("kept as ")[1]) for line in said.splitlines() if "kept as" in line]
        assert {path.name.split(".before")[0] for path in kept} >= {"keys.json", "files"}
        assert (next(path for path in kept if path.is_dir()) / "own").read_bytes() == b"own"


def _broken(archive: Path, how: str) -> Path:
    """Return a damaged copy of the archive."""
    target = archive.with_name(f"{how}.tar.gz")
    if how == "cut":
        target.write_bytes(archive.read_bytes()[:-2000])
    elif how == "no archive":
        target.write_bytes(b"hello")
    elif how == "no tar":
        target.write_bytes(gzip.compress(b"hello"))
    elif how == "flipped":
        raw = bytearray(archive.read_bytes())
        raw[len(raw) // 2] ^= 1
        target.write_bytes(raw)
    else:
        _rewrite(archive, target, how)
    return target


def _rewrite(archive: Path, target: Path, how: str) -> None:
    with tarfile.open(archive) as old, tarfile.open(target, "w:gz") as new:
        for entry in old:
            content = old.extractfile(entry).read()
            if how == "other keys" and entry.name == "keys.json":
                content = content.replace(b"session_key", b"sessions_key")
            if how == "climbs out" and entry.name == "files/plan":
                entry.name = "files/../../plan"
            if how == "a stranger" and entry.name == "files/plan":
                entry.name = "plan"
            if entry.name == "manifest.json":
                content = _manifest(content, how)
            if how == "a link" and entry.name == "files/plan":
                entry.type, entry.linkname = tarfile.SYMTYPE, "/etc/passwd"
            entry.size = len(content) if entry.isreg() else 0
            new.addfile(entry, io.BytesIO(content))


def _manifest(content: bytes, how: str) -> bytes:
    manifest = json.loads(content)
    manifest |= {
        "newer schema": {"schema": "9999"},
        "other database": {"database": "oracle"},
        "newer format": {"format": 2},
        "odd manifest": {"surprise": 1},
    }.get(how, {})
    if how == "missing member":
        manifest["members"]["files/lost"] = "0" * 64
    return json.dumps(manifest).encode()


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)  # archives are the same for both
@pytest.mark.parametrize(
    "how",
    [
        "cut", "no archive", "no tar", "flipped", "other keys", "climbs out", "a stranger", "a link",
        "newer schema", "other database", "newer format", "odd manifest", "missing member",
    ],
)  # fmt: skip
def test_plat_11_what_does_not_fit_is_refused_and_nothing_changes(database, archive, tmp_path, how):
    broken = _broken(archive, how)
    with _occupied(database, tmp_path / "there") as there:
        data_dir = there.config["KEPAN"].data_dir
        before = sorted(path.name for path in data_dir.iterdir())
        result = command(there, "restore", broken, "--force")
        assert result.exit_code == 1, result.output
        assert "Traceback" not in result.output
        assert sorted(path.name for path in data_dir.iterdir()) == before
        assert _accounts(there) == 1
    assert not (tmp_path / "plan").exists()


class Crash(BaseException):
    """A power failure."""


def _crash_at(monkeypatch, number: int) -> None:
    """Stop the program at its ``number``-th renaming, before it is done; nothing is cleaned up."""
    done = 0
    replace = Path.replace

    def counted(self: Path, target):
        nonlocal done
        done += 1
        if done >= number:
            raise Crash
        return replace(self, target)

    monkeypatch.setattr(Path, "replace", counted)
    monkeypatch.setattr(restore, "_discard", lambda *_: None)
    monkeypatch.setattr(restore.shutil, "rmtree", lambda *_, **__: None)


@pytest.mark.parametrize("moment", [1, 2, 3, 4, 6])
def test_plat_11_a_restore_cut_short_is_whole_after_the_next_start(
    database, archive, tmp_path, monkeypatch, moment
):
    with _occupied(database, tmp_path / "there") as there:
        settings = there.config["KEPAN"]
        with monkeypatch.context() as patched:
            _crash_at(patched, moment)
            try:
                restore.restore_backup(settings, archive, force=True)
                finished = True
            except Crash:
                finished = False
        names, readable = _state(there)  # starts the application again
        files = [path.name for path in (settings.data_dir / "files").iterdir()]
        assert readable
        assert (names, files) in [(["甲", "乙"], ["plan"]), ([], ["own"])]
        assert (names, files) == ((["甲", "乙"], ["plan"]) if moment > 1 or finished else ([], ["own"]))
        assert not (settings.data_dir / restore.JOURNAL).exists()
        hidden = [path.name for path in settings.data_dir.iterdir() if path.name.startswith(".")]
        assert hidden == [], "what was laid out, keys among it, is gone"


def test_plat_11_another_process_does_not_disturb_a_running_restore(database, archive, tmp_path):
    """A start in between must not remove the prepared files; a second restore is refused."""
    with _occupied(database, tmp_path / "there") as there:
        settings = there.config["KEPAN"]
        stage = settings.data_dir / ".restore-0123456789abcdef"
        stage.mkdir()
        (stage / "keys.json").write_text("{}")
        with restore._restore_lock(settings) as alone:
            assert alone
            assert _accounts(there) == 1  # starts the application
            assert (stage / "keys.json").exists()
            refused = command(there, "restore", archive, "--force")
            assert (refused.exit_code, "another restore" in refused.stderr) == (1, True)
        assert _accounts(there) == 1
        assert not stage.exists()


def _with_other_keys(archive: Path, directory: Path) -> Path:
    """Return the archive with the keys of another installation, and matching checksums."""
    make_keys(directory)
    keys = (directory / "keys.json").read_bytes()
    target = archive.with_name("exchanged.tar.gz")
    with tarfile.open(archive) as old, tarfile.open(target, "w:gz") as new:
        for entry in old:
            content = old.extractfile(entry).read()
            if entry.name == "keys.json":
                content = keys
            if entry.name == "manifest.json":
                manifest = json.loads(content)
                manifest["members"]["keys.json"] = hashlib.sha256(keys).hexdigest()
                content = json.dumps(manifest).encode()
            entry.size = len(content)
            new.addfile(entry, io.BytesIO(content))
    return target


def _everything(app) -> dict[str, bytes]:
    """Return all files of the data directory; of SQLite's shared memory only its existence."""
    root = app.config["KEPAN"].data_dir
    return {
        str(path.relative_to(root)): b"" if path.name.endswith("-shm") else path.read_bytes()
        for path in sorted(root.rglob("*"))
        if path.is_file()
    }


@pytest.mark.parametrize("with_fingerprint", [True, False])
def test_plat_11_exchanged_keys_are_found_in_the_archive(database, archive, tmp_path, with_fingerprint):
    """ACC-9: by the fingerprint in its database, and in older archives by the encrypted values."""
    if not with_fingerprint:
        apart(
            database.app,
            lambda: (db.session.execute(text("DELETE FROM key_fingerprint")), db.session.commit())[:0],
        )
        archive = Path(succeed(database.app, "backup", "--to", tmp_path / "old").strip())
    exchanged = _with_other_keys(archive, tmp_path / "foreign")
    with _occupied(database, tmp_path / "there") as there:
        before = _everything(there)
        for words in (["--check"], ["--force"]):
            refused = command(there, "restore", exchanged, *words)
            assert (refused.exit_code, "not those of this database" in refused.stderr) == (1, True)
        close(there)
        assert _everything(there) == before
        assert _accounts(there) == 1


def test_plat_11_an_archive_is_checked_without_touching_anything(database, archive, tmp_path):
    with _occupied(database, tmp_path / "there") as there:
        before = _everything(there)
        assert "is whole, fits this program, and its keys are its database's" in succeed(
            there, "restore", archive, "--check"
        )
        cut = _broken(archive, "cut")
        assert command(there, "restore", cut, "--check").exit_code == 1
        close(there)
        assert _everything(there) == before
        assert _accounts(there) == 1


@pytest.mark.postgres
@pytest.mark.parametrize("database", ["postgres"], indirect=True)  # SQLite's old file is kept beside the new
def test_plat_11_the_old_schema_is_kept_until_it_is_dropped(database, archive, tmp_path):
    with _occupied(database, tmp_path / "there") as there:
        said = succeed(there, "restore", archive, "--force")
        (schema,) = (line.split("kept as schema ")[1] for line in said.splitlines() if "as schema" in line)
        old = text(f'SELECT username FROM "{schema}".ab_user')
        assert apart(there, lambda: db.session.scalar(old)) == "boss"
        close(there)
        assert schema in succeed(there, "drop-old")
        again = Path(succeed(there, "backup").strip())
        assert apart(there, lambda: db.session.scalar(old)) == "boss", "listing removes nothing"
        close(there)
        succeed(there, "restore", again, "--force")  # a backup holds the present state only
        assert _state(there) == (["甲", "乙"], True)
        removed = succeed(there, "drop-old", "--yes")
        assert f"removed {schema}" in removed
        assert succeed(there, "drop-old").strip() == "nothing was kept"
        assert _state(there) == (["甲", "乙"], True)


def test_plat_11_what_a_restore_replaced_is_removed_by_a_command_only(database, archive, tmp_path):
    with _occupied(database, tmp_path / "there") as there:
        succeed(there, "restore", archive, "--force")
        data_dir = there.config["KEPAN"].data_dir
        assert list(data_dir.glob("keys.json.before-*"))
        listed = succeed(there, "drop-old")
        assert "keys.json.before-" in listed
        assert list(data_dir.glob("keys.json.before-*"))
        succeed(there, "drop-old", "--yes")
        assert not list(data_dir.glob("*.before-*"))
        assert _state(there) == (["甲", "乙"], True)


@pytest.mark.postgres
@pytest.mark.parametrize("database", ["postgres"], indirect=True)  # SQLite has one lock for everything
def test_plat_11_who_connects_during_the_check_is_found_by_the_load(database, archive, tmp_path, monkeypatch):
    monkeypatch.setattr(snapshots, "others_connected", lambda _url: 0)
    with _occupied(database, tmp_path / "there") as there, there.app_context():
        db.session.execute(text("SELECT 1"))
        refused = command(
            make_app(tmp_path / "there", there.config["KEPAN"].database_url), "restore", archive, "--force"
        )
        assert (refused.exit_code, "the application is running; stop it first" in refused.stderr) == (1, True)
        assert db.session.scalar(text("SELECT count(*) FROM ab_user")) == 1


@pytest.mark.postgres
@pytest.mark.parametrize("database", ["postgres"], indirect=True)  # SQLite's file is put in place whole
def test_plat_11_a_load_that_fails_changes_nothing(database, archive, tmp_path, monkeypatch):
    """The database refuses the dump after the load has begun: keys and files stay too."""
    run = snapshots._run

    def failing(words, url, **kwargs):
        run(words, url, **kwargs)
        if words[0] == "pg_restore" and "output" in kwargs:
            kwargs["output"].write(b"\nSELECT 1/0;\n")

    monkeypatch.setattr(snapshots, "_run", failing)
    with _occupied(database, tmp_path / "there") as there:
        keys = (there.config["KEPAN"].data_dir / "keys.json").read_bytes()
        result = command(there, "restore", archive, "--force")
        assert result.exit_code == 1
        assert "psql failed" in result.output
        assert (there.config["KEPAN"].data_dir / "keys.json").read_bytes() == keys
        assert _accounts(there) == 1
        assert not (there.config["KEPAN"].data_dir / restore.JOURNAL).exists()


def test_plat_11_a_running_application_prevents_the_restore(database, archive, tmp_path):
    """It would continue to write into the replaced files."""
    with _occupied(database, tmp_path / "there") as there, there.app_context():
        assert db.session.scalar(select(func.count()).select_from(db.metadata.tables["ab_user"])) == 1
        again = make_app(tmp_path / "there", there.config["KEPAN"].database_url)
        result = command(again, "restore", archive, "--force")
        assert result.exit_code == 1
        assert "running" in result.output
