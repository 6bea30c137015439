"""Checks of an installation for the operator, with advice (PLAT-11)."""

from __future__ import annotations

import os
import shutil
import stat
from dataclasses import dataclass
from datetime import timedelta
from io import BytesIO
from typing import TYPE_CHECKING

from flask import current_app
from sqlalchemy import func, select
from sqlalchemy.exc import DBAPIError, SQLAlchemyError

from app.cli.audit_anchor import compare_anchor
from app.cli.database_dumps import OperationError
from app.cli.exposure import has_demo_accounts
from app.cli.installation import has_accounts, schema_head, schema_now
from app.cli.key_checks import unreadable_kinds
from app.cli.readiness import redis_answers
from app.cli.starting import damage, private_files
from app.kernel import clock
from app.kernel.database.key_fingerprints import MISSING, keys_problem
from app.kernel.database.session import db, is_postgres, snapshot
from app.kernel.files.storage import new_name, storage
from app.kernel.jobs.lease import read_lease
from app.kernel.keys import FILE_NAME, read_keys
from app.kernel.network import forwarded_without_trust

if TYPE_CHECKING:
    from config import Settings


_RECENT = timedelta(days=7)
_MIN_FREE = 512 * 1024 * 1024
_ANCHOR_AGE = timedelta(days=3)
_PROBE = b"kepan doctor"


@dataclass(frozen=True)
class Finding:
    """``level``: ok, warning, or problem (must be fixed)."""

    level: str
    subject: str
    advice: str


def check_installation() -> list[Finding]:
    """Run every check, in order; stop at the database when it does not respond."""
    settings: Settings = current_app.config["KEPAN"]
    findings = [*_exposure(settings), _limits(settings), _keys(settings), _storage(settings), _files()]
    try:
        findings += _database()
    except SQLAlchemyError as error:
        db.session.rollback()
        damaged = damage(settings, error) if isinstance(error, DBAPIError) else ""
        advice = damaged or f"does not answer ({type(error).__name__}); check it"
        findings.append(Finding("problem", "database", advice))
    return findings


def _exposure(settings: Settings) -> list[Finding]:
    """Check who can reach the server, and whether its settings suit that (PLAT-16)."""
    found = []
    if settings.unsafe_switches:
        names = ", ".join(settings.unsafe_switches)
        found.append(Finding("warning", "switches", f"{names}: for development; remove before others come"))
    forwarded_at = forwarded_without_trust(settings.data_dir)
    if not settings.proxies and forwarded_at and clock.now() - forwarded_at < _RECENT:
        when = forwarded_at.isoformat(timespec="seconds")
        advice = (
            f"requests through a proxy arrived ({when}) and none is trusted: all visitors share one address; "
            "set KEPAN_PROXIES to the number of your proxies"
        )
        found.append(Finding("warning", "proxies", advice))
    if settings.is_exposed and not settings.public_url:
        advice = f"QR codes lead to {settings.base_url}; set KEPAN_PUBLIC_URL to the address that people use"
        found.append(Finding("warning", "address", advice))
    return found or [Finding("ok", "configuration", f"data in {settings.data_dir}")]


def _limits(settings: Settings) -> Finding:
    if redis_answers(settings):
        return Finding("ok", "limits", "shared through Redis" if settings.redis_url else "each process's own")
    advice = "Redis does not answer; each process counts for itself meanwhile; check KEPAN_REDIS_URL"
    return Finding("problem", "limits", advice)


def _keys(settings: Settings) -> Finding:
    path = settings.data_dir / FILE_NAME
    if not path.exists():
        return Finding("problem", "keys", MISSING)
    for one in (path, *private_files(settings)):
        if stat.S_IMODE(one.stat().st_mode) & 0o077:
            return Finding("problem", "keys", f"others can read {one}; chmod 600 {one}")
    if len(read_keys(settings.data_dir).ciphers) > 1:
        return Finding("warning", "keys", "a rotation is unfinished; flask kepan rotate-keys goes on with it")
    return Finding("ok", "keys", "present and private; back them up with the database")


def _storage(settings: Settings) -> Finding:
    if not os.access(settings.data_dir, os.W_OK):
        return Finding("problem", "storage", "the data directory cannot be written; change its owner")
    free = shutil.disk_usage(settings.data_dir).free
    if free < _MIN_FREE:
        return Finding("problem", "storage", "less than 512 MB free; make room")
    return Finding("ok", "storage", f"{free // 2**30} GB free")


def _files() -> Finding:
    """Check that a probe can be written, read and deleted in the file storage (PLAT-10)."""
    place, name = storage(), new_name()
    advice = "check its owner and the space" if place.is_local else "check KEPAN_FILES_* and the key's rights"
    step = "written"
    try:
        place.write(name, BytesIO(_PROBE))
        step = "read"
        if b"".join(place.read(name)) != _PROBE:
            return Finding("problem", "files", "what was written is not what is read; check the storage")
        step = "deleted"
        place.remove(name)
    except Exception as error:  # noqa: BLE001 - whatever fails, files cannot be kept there
        where = "the directory" if place.is_local else "the bucket"
        why = type(error).__name__
        return Finding("problem", "files", f"a file cannot be {step} in {where} ({why}); {advice}")
    return Finding("ok", "files", "can be written, read and deleted")


def _database() -> list[Finding]:
    problem = keys_problem()
    if problem:
        return [Finding("problem", "keys", problem)]
    now, head = schema_now(), schema_head()
    if now != head:
        return [Finding("problem", "schema", f"is {now or 'empty'}, the code needs {head}; flask kepan init")]
    findings = [Finding("ok", "schema", f"revision {head}"), _clock(), _readable(), _anchor(), _jobs()]
    if has_demo_accounts():
        advice = "demo accounts with a known password can sign in; keep no real customers here"
        findings.append(Finding("warning", "demo", advice))
    if not has_accounts():
        findings.append(Finding("warning", "accounts", "nobody can sign in yet; flask kepan create-admin"))
    return findings


def _clock() -> Finding:
    if not is_postgres():
        return Finding("ok", "clock", f"{clock.now().isoformat(timespec='seconds')}")
    drift = abs(db.session.scalars(select(func.now())).one() - clock.now())
    if drift > timedelta(seconds=5):
        return Finding("problem", "clock", f"differs from the database's by {drift}; synchronise both")
    return Finding("ok", "clock", "agrees with the database's")


def _jobs() -> Finding:
    found = read_lease()
    if found.is_ahead:
        advice = "a clock was wrong; the next runner takes it over, start one where none is running"
        return Finding("warning", "jobs", f"the lease of {found.holder} ends too far in the future: {advice}")
    if not found.held:
        return Finding("warning", "jobs", "no runner; start python run.py or flask kepan jobs")
    return Finding("ok", "jobs", f"run by {found.holder}")


def _anchor() -> Finding:
    """Check that all anchored rows of the operation log exist (PLAT-1)."""
    path = current_app.config["KEPAN"].anchor_file
    with snapshot():
        try:
            found = compare_anchor(path)
        except OperationError as error:
            return Finding("problem", "operation log", f"{error}; find out who could write the database")
    if found is None:
        return Finding("warning", "operation log", "has no anchor here; the job anchor_log writes one a day")
    if clock.now() - found.until > _ANCHOR_AGE:
        advice = f"was last anchored up to {found.until.isoformat()}; look at the job anchor_log"
        return Finding("warning", "operation log", advice)
    return Finding("ok", "operation log", f"agrees with the anchor of {found.until.isoformat()}")


def _readable() -> Finding:
    """Check that the oldest and the newest of every kind of encrypted value can be decrypted."""
    unreadable = unreadable_kinds()
    if unreadable:
        return Finding(
            "problem",
            "encrypted values",
            f"cannot all be decrypted: {', '.join(unreadable)}; was another key file in use for a time?"
            " Stop, and restore the backup from before",
        )
    return Finding("ok", "encrypted values", "a sample of every kind can be decrypted")
