"""Restoring a backup (PLAT-11): everything is laid out aside and checked, then put in place, all or nothing.

What decides is one fact: on SQLite the journal file, on PostgreSQL the mark that the load's transaction
leaves.  A restore that was interrupted is finished, or undone, when the application next starts.
"""

from __future__ import annotations

import json
import os
import secrets
import shutil
import sqlite3
from contextlib import closing
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from alembic.script import ScriptDirectory
from alembic.util import CommandError
from sqlalchemy import create_engine, text

from app.cli import database_dumps as snapshots
from app.cli.backup import FILES, Manifest, files_directory, read_manifest, sync_directory
from app.cli.database_dumps import MEMBERS, POSTGRES, SQLITE, OperationError
from app.cli.installation import MIGRATIONS
from app.kernel import clock
from app.kernel.keys import FILE_NAME as KEYS
from app.kernel.keys import read_keys

if TYPE_CHECKING:
    from config import Settings


JOURNAL = "restore.json"
_SQLITE_PARTS = ("", "-wal", "-shm")


@dataclass(frozen=True)
class Step:
    """One thing to put in place; what was there before is kept under ``old``."""

    staged: str
    target: str
    old: str


@dataclass(frozen=True)
class Restored:
    """What was restored, and where that which it replaced lies now."""

    manifest: Manifest
    replaced: list[Path]


def restore_backup(settings: Settings, file: Path, *, force: bool = False) -> Restored:
    """Put a backup in place of what is there; the application must not be running.

    :raises OperationError: when the backup does not fit, or there is data and ``force`` was not given;
        nothing is changed then.
    """
    finish_restore(settings)
    was_empty = _is_empty(settings)
    if not was_empty and not force:
        message = "refused: there is data here already; --force replaces it and keeps it aside"
        raise OperationError(message)
    mark = f"restore-{secrets.token_hex(8)}"
    stage = settings.data_dir / f".{mark}"
    stage.mkdir(mode=0o700)
    try:
        manifest = read_manifest(file, into=stage)
        _check(settings, manifest, stage)
        steps = _lay_out(settings, manifest, stage, mark)
        try:
            _decide(settings, manifest, stage, steps, mark)
        except BaseException:
            if not finish_restore(settings):
                _discard(settings, steps)
            raise
    finally:
        shutil.rmtree(stage, ignore_errors=True)
    finish_restore(settings)
    return Restored(manifest, _kept(steps, was_empty=was_empty))


def _is_empty(settings: Settings) -> bool:
    """Nobody has an account and no file lies here."""
    root = files_directory(settings)
    if root is not None and root.is_dir() and any(path.is_file() for path in root.rglob("*")):
        return False
    url = settings.database_url
    if snapshots.kind_of(url) == SQLITE and not Path(snapshots.sqlite_file(url)).exists():
        return True
    if not snapshots.schema_of(url):
        return True
    engine = create_engine(url)
    try:
        with engine.connect() as connection:
            return not connection.scalar(text("SELECT count(*) FROM ab_user"))
    finally:
        engine.dispose()


def _check(settings: Settings, manifest: Manifest, stage: Path) -> None:
    """The backup fits this program and this kind of database, and can be read."""
    kind = snapshots.kind_of(settings.database_url)
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
    try:
        _ = read_keys(stage).fernet
    except (OSError, ValueError, KeyError) as error:
        message = "the backup's key file cannot be read"
        raise OperationError(message) from error
    if kind == SQLITE:
        _refuse_while_running(Path(snapshots.sqlite_file(settings.database_url)))


def _refuse_while_running(database: Path) -> None:
    """SQLite leaves its write-ahead mode only when nobody else has the database open."""
    if not database.exists():
        return
    try:
        with closing(sqlite3.connect(database, timeout=0)) as connection:
            connection.execute("PRAGMA journal_mode=DELETE")
    except sqlite3.OperationalError as error:
        if "locked" in str(error):
            message = "the application is running; stop it first"
            raise OperationError(message) from error
    except sqlite3.DatabaseError:
        return  # damaged, and about to be replaced


def _lay_out(settings: Settings, manifest: Manifest, stage: Path, mark: str) -> list[Step]:
    """Put everything beside its place, on the same file system, under a hidden name."""
    targets = {KEYS: settings.data_dir / KEYS}
    if manifest.database == SQLITE:
        targets[MEMBERS[SQLITE]] = Path(snapshots.sqlite_file(settings.database_url))
    root = files_directory(settings)
    if root is not None and manifest.files == "here":
        targets[FILES] = root
        (stage / FILES).mkdir(exist_ok=True, mode=0o700)
    stamp = clock.to_local(clock.now()).strftime("%Y%m%d-%H%M%S")
    steps = []
    for name, target in targets.items():
        target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        staged = target.with_name(f".{target.name}.{mark}")
        shutil.move(stage / name, staged)
        sync_directory(target.parent)
        old = target.with_name(f"{target.name}.before-{stamp}-{mark[-4:]}")
        steps.append(Step(str(staged), str(target), str(old)))
    return steps


def _decide(settings: Settings, manifest: Manifest, stage: Path, steps: list[Step], mark: str) -> None:
    journal = settings.data_dir / JOURNAL
    unfinished = journal.with_suffix(".part")
    content = {"mark": mark, "database": manifest.database, "steps": [asdict(step) for step in steps]}
    with unfinished.open("w", encoding="utf-8") as file:
        json.dump(content, file)
        file.flush()
        os.fsync(file.fileno())
    unfinished.replace(journal)
    sync_directory(journal.parent)
    if manifest.database == POSTGRES:
        snapshots.load_postgres(stage / MEMBERS[POSTGRES], settings.database_url, mark)


def finish_restore(settings: Settings) -> bool:
    """Finish a restore that was decided, or undo one that was not.  Answers whether there was one."""
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
        _put(step)
    journal.unlink()
    sync_directory(journal.parent)
    return True


def _put(step: Step) -> None:
    """Move the old aside and the new in; does nothing when that was done before."""
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
        staged = Path(step.staged)
        if staged.is_dir():
            shutil.rmtree(staged)
        else:
            staged.unlink(missing_ok=True)


def _kept(steps: list[Step], *, was_empty: bool) -> list[Path]:
    """What was replaced; of an empty installation nothing is worth keeping."""
    replaced = [Path(step.old) for step in steps if Path(step.old).exists()]
    if not was_empty:
        return replaced
    for path in replaced:
        if path.is_dir():
            shutil.rmtree(path)
        else:
            path.unlink()
    return []
