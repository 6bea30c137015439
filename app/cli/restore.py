"""Restoring a backup (PLAT-11): everything is prepared and checked first, then put in place, all or nothing.

A single fact decides whether a restore happened: on SQLite the journal file, on PostgreSQL the mark that the
load's transaction leaves. An interrupted restore is finished, or undone, when the application next starts;
its prepared files, including keys, are removed then. The replaced state is kept until ``drop-old`` removes
it.
"""

from __future__ import annotations

import fcntl
import json
import os
import secrets
import shutil
import sqlite3
import tempfile
from contextlib import closing, contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from alembic.script import ScriptDirectory
from alembic.util import CommandError
from sqlalchemy import create_engine, text
from sqlalchemy.exc import DBAPIError

from app.cli import database_dumps as snapshots
from app.cli.backup import FILES, Manifest, check_keys, files_directory, read_manifest, sync_directory
from app.cli.database_dumps import MEMBERS, POSTGRES, SQLITE, OperationError
from app.cli.installation import MIGRATIONS
from app.cli.starting import damage
from app.kernel import clock
from app.kernel.keys import FILE_NAME as KEYS
from app.kernel.keys import parse_keys, read_keys

if TYPE_CHECKING:
    from collections.abc import Iterator

    from app.kernel.keys import Keys
    from config import Settings


JOURNAL = "restore.json"
_MARK = "restore-"
_KEPT = ".before-"
_SQLITE_PARTS = ("", "-wal", "-shm")


@dataclass(frozen=True)
class Step:
    """One file to put in place; the previous one is kept under ``old``."""

    staged: str
    target: str
    old: str


@dataclass(frozen=True)
class Restored:
    """The result of a restore, and where the replaced state is: files, and on PostgreSQL a schema."""

    manifest: Manifest
    replaced: list[Path]
    schema: str


def restore_backup(settings: Settings, file: Path, *, force: bool = False) -> Restored:
    """Replace the installation's state by a backup; the application must not be running.

    :raises OperationError: when the backup does not fit, or there is data and ``force`` was not given;
        nothing is changed then.
    """
    finish_restore(settings)
    with _restore_lock(settings) as alone:
        if not alone:
            message = "another restore is under way here"
            raise OperationError(message)
        return _restore(settings, file, force=force)


def _restore(settings: Settings, file: Path, *, force: bool) -> Restored:
    was_empty = _is_empty(settings)
    if not was_empty and not force:
        message = "refused: there is data here already; --force replaces it and keeps the replaced data"
        raise OperationError(message)
    mark = f"{_MARK}{secrets.token_hex(8)}"
    stage = settings.data_dir / f".{mark}"
    stage.mkdir(mode=0o700)
    stamp = f"{clock.to_local(clock.now()):%Y%m%d-%H%M%S}-{mark[-4:]}"
    schema = "" if was_empty else snapshots.KEPT_SCHEMA + stamp.replace("-", "_")
    try:
        manifest = read_manifest(file, into=stage)
        _check(snapshots.kind_of(settings.database_url), manifest, stage, _staged_keys(stage))
        _refuse_while_running(settings)
        steps = _prepare_files(settings, manifest, stage, mark, stamp)
        try:
            _make_final(settings, manifest, stage, steps, mark, schema)
        except BaseException:
            if not _finish(settings):
                _discard(settings, steps)
            raise
    except OSError as error:
        message = f"the backup cannot be laid out in {settings.data_dir}: {error.strerror or error}"
        raise OperationError(message) from error
    finally:
        shutil.rmtree(stage, ignore_errors=True)
    _finish(settings)
    if manifest.database == SQLITE:
        schema = ""
    return Restored(manifest, _kept(steps, was_empty=was_empty), schema)


def check_archive(settings: Settings, file: Path) -> Manifest:
    """Read an archive as a restore would, up to the point where it changes something (``restore --check``).

    The database is extracted outside of the installation while it is read; the keys stay in memory.

    :raises OperationError: when a restore would refuse the archive.
    """
    with tempfile.TemporaryDirectory(prefix="kepan-check-") as directory:
        stage = Path(directory)
        kept: dict[str, bytes] = {}
        manifest = read_manifest(file, into=stage, only=frozenset(MEMBERS.values()), memory=kept)
        try:
            keys = parse_keys(kept[KEYS].decode())
        except (KeyError, ValueError, TypeError) as error:
            raise OperationError(_NO_KEYS) from error
        _check(snapshots.kind_of(settings.database_url), manifest, stage, keys)
    return manifest


@contextmanager
def _restore_lock(settings: Settings) -> Iterator[bool]:
    """Hold the lock that allows only one process to restore into the data directory; yield whether it was
    free.

    The operating system releases the lock when a process is killed.
    """
    handle = os.open(settings.data_dir, os.O_RDONLY)
    try:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            yield False
        else:
            yield True
    finally:
        os.close(handle)


def _is_empty(settings: Settings) -> bool:
    """Return True if there is no account and no file."""
    root = files_directory(settings)
    if root is not None and root.is_dir() and any(path.is_file() for path in root.rglob("*")):
        return False
    url = settings.database_url
    if snapshots.kind_of(url) == SQLITE and not Path(snapshots.sqlite_file(url)).exists():
        return True
    engine = create_engine(url)
    try:
        if not snapshots.schema_of(url):
            return True
        with engine.connect() as connection:
            return not connection.scalar(text("SELECT count(*) FROM ab_user"))
    except DBAPIError as error:
        if damage(settings, error):
            return False  # data may still be rescued from it
        raise
    finally:
        engine.dispose()


_NO_KEYS = "the backup's key file cannot be read"


def _staged_keys(stage: Path) -> Keys:
    try:
        return read_keys(stage)
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise OperationError(_NO_KEYS) from error


def _check(kind: str, manifest: Manifest, stage: Path, keys: Keys) -> None:
    """Check that the backup fits this program and this kind of database, is complete, and has its database's
    keys.
    """
    if manifest.database != kind:
        message = f"this backup is of {manifest.database}, the configured database is {kind}"
        raise OperationError(message)
    try:
        ScriptDirectory(str(MIGRATIONS)).get_revision(manifest.schema)
    except CommandError as error:
        message = (
            f"this backup has schema {manifest.schema}, which this program does not know; use a newer one"
        )
        raise OperationError(message) from error
    snapshots.check_dump(kind, stage / MEMBERS[kind])
    check_keys(keys, kind, stage / MEMBERS[kind])


def _refuse_while_running(settings: Settings) -> None:
    """Refuse while another process has the database open: SQLite leaves its write-ahead mode only without
    others.

    On PostgreSQL the load checks once more, when it holds all locks.
    """
    if snapshots.kind_of(settings.database_url) == POSTGRES:
        others = snapshots.others_connected(settings.database_url)
        if others:
            message = f"{others} other connections to the database: {snapshots.STOP_FIRST}"
            raise OperationError(message)
        return
    database = Path(snapshots.sqlite_file(settings.database_url))
    if not database.exists():
        return
    try:
        with closing(sqlite3.connect(database, timeout=0)) as connection:
            connection.execute("PRAGMA journal_mode=DELETE")
    except sqlite3.OperationalError as error:
        if "locked" in str(error):
            raise OperationError(snapshots.STOP_FIRST) from error
    except sqlite3.DatabaseError:
        return  # damaged, and about to be replaced


def _prepare_files(settings: Settings, manifest: Manifest, stage: Path, mark: str, stamp: str) -> list[Step]:
    """Extract everything beside its target, on the same file system, under a hidden name."""
    targets = {KEYS: settings.data_dir / KEYS}
    if manifest.database == SQLITE:
        targets[MEMBERS[SQLITE]] = Path(snapshots.sqlite_file(settings.database_url))
    root = files_directory(settings)
    if root is not None and manifest.files == "here":
        targets[FILES] = root
        (stage / FILES).mkdir(exist_ok=True, mode=0o700)
    steps = []
    for name, target in targets.items():
        target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        staged = target.with_name(f".{target.name}.{mark}")
        shutil.move(stage / name, staged)
        sync_directory(target.parent)
        old = target.with_name(f"{target.name}{_KEPT}{stamp}")
        steps.append(Step(str(staged), str(target), str(old)))
    return steps


def _make_final(
    settings: Settings, manifest: Manifest, stage: Path, steps: list[Step], mark: str, schema: str
) -> None:
    """Make the restore final: before this step nothing was changed, after it everything is completed."""
    journal = settings.data_dir / JOURNAL
    unfinished = journal.with_suffix(".part")
    anchor = settings.anchor_file
    content = {
        "mark": mark,
        "database": manifest.database,
        "steps": [asdict(step) for step in steps],
        # The restored log is older than its anchor: a new anchor is begun.
        "anchor": [str(anchor), f"{anchor}{_KEPT}{mark[-4:]}"],
    }
    with unfinished.open("w", encoding="utf-8") as file:
        json.dump(content, file)
        file.flush()
        os.fsync(file.fileno())
    unfinished.replace(journal)
    sync_directory(journal.parent)
    if manifest.database == POSTGRES:
        snapshots.load_postgres(stage / MEMBERS[POSTGRES], settings.database_url, mark, schema)


def finish_restore(settings: Settings) -> bool:
    """Finish a restore that was final, or undo one that was not.  Return whether there was one.

    The prepared files of a killed restore are removed as well; those of a running one are not touched.
    """
    if not _prepared_files(settings) and not (settings.data_dir / JOURNAL).exists():
        return False
    with _restore_lock(settings) as alone:
        if not alone:
            return False
        found = _finish(settings)
        for path in _prepared_files(settings):
            _remove(path)
    return found


def _prepared_files(settings: Settings) -> list[Path]:
    """Return the files that restores have prepared beside their targets under hidden names, including
    keys.
    """
    return _matching(settings, f".{_MARK}*", f".*.{_MARK}*")


def _matching(settings: Settings, *patterns: str) -> list[Path]:
    """Return matching entries of the directories that a restore writes to: of the data, the database and the
    files.
    """
    places = {settings.data_dir}
    if snapshots.kind_of(settings.database_url) == SQLITE:
        places.add(Path(snapshots.sqlite_file(settings.database_url)).parent)
    root = files_directory(settings)
    if root is not None:
        places.add(root.parent)
    return sorted({path for place in places for pattern in patterns for path in place.glob(pattern)})


def _remove(path: Path) -> None:
    if path.is_dir():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)


def _finish(settings: Settings) -> bool:
    journal = settings.data_dir / JOURNAL
    if not journal.exists():
        return False
    content = json.loads(journal.read_text(encoding="utf-8"))
    steps = [Step(**step) for step in content["steps"]]
    if (
        content["database"] == POSTGRES
        and snapshots.mark_of_postgres(settings.database_url) != content["mark"]
    ):
        _discard(settings, steps)
        return True
    for step in steps:
        _replace_file(step)
    anchor, kept = map(Path, content["anchor"])
    if anchor.exists():
        anchor.replace(kept)
    journal.unlink()
    sync_directory(journal.parent)
    return True


def _replace_file(step: Step) -> None:
    """Move the old file away and the new one in; does nothing when this was done before."""
    staged, target = Path(step.staged), Path(step.target)
    if not staged.exists():
        return
    for part in _SQLITE_PARTS:
        present = Path(step.target + part)
        if present.exists():
            present.replace(step.old + part)
    staged.replace(target)
    sync_directory(target.parent)


def _discard(settings: Settings, steps: list[Step]) -> None:
    (settings.data_dir / JOURNAL).unlink(missing_ok=True)
    for step in steps:
        _remove(Path(step.staged))


def _kept(steps: list[Step], *, was_empty: bool) -> list[Path]:
    """Return the replaced files; those of an empty installation are not kept."""
    replaced = [Path(step.old) for step in steps if Path(step.old).exists()]
    if not was_empty:
        return replaced
    for path in replaced:
        _remove(path)
    return []


def kept_states(settings: Settings) -> list[Path | str]:
    """Return the states that restores have replaced and kept: files and directories, and on PostgreSQL names
    of schemas.
    """
    return [*_matching(settings, f"*{_KEPT}*"), *snapshots.kept_schemas(settings.database_url)]


def drop_kept(settings: Settings, kept: Path | str) -> None:
    """Delete one of :func:`kept_states` for good."""
    if isinstance(kept, Path):
        _remove(kept)
    else:
        snapshots.drop_schema(settings.database_url, kept)
