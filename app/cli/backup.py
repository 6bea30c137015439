"""Backups (PLAT-11): one file with the database, the keys, the files, and a manifest with checksums.

Backups run while the application serves.  The archive is written under a temporary name, read back against
its checksums, and only then gets its final name; only its owner can read it, because it holds the keys.
"""

from __future__ import annotations

import hashlib
import io
import json
import os
import secrets
import shutil
import tarfile
import tempfile
import tomllib
import zlib
from dataclasses import asdict, dataclass, field
from pathlib import Path, PurePosixPath
from typing import IO, TYPE_CHECKING, Any

from app.cli import database_dumps as snapshots
from app.cli.database_dumps import OperationError
from app.cli.key_checks import find_key_mismatch
from app.kernel import clock
from app.kernel.keys import FILE_NAME as KEYS
from app.kernel.keys import parse_keys

if TYPE_CHECKING:
    from collections.abc import Iterator

    from app.kernel.keys import Keys
    from config import Settings


FORMAT = 1
MANIFEST = "manifest.json"
FILES = "files"
_CHUNK = 1024 * 1024
_MANIFEST_MAX = 256 * _CHUNK


@dataclass(frozen=True)
class Manifest:
    """The content of an archive.  ``members``: name → sha256; ``files`` says where attachments are."""

    version: str
    schema: str
    database: str
    made_at: str
    files: str
    members: dict[str, str]
    format: int = field(default=FORMAT)


def program_version() -> str:
    """Return the version of this program."""
    project = Path(__file__).resolve().parents[2] / "pyproject.toml"
    return str(tomllib.loads(project.read_text(encoding="utf-8"))["project"]["version"])


def files_directory(settings: Settings) -> Path | None:
    """Return the directory of attachments; None when a storage service keeps them."""
    scheme, _colon, path = settings.files_url.partition("://")
    return Path(path) if scheme == "file" else None


def create_backup(settings: Settings, directory: Path | None = None) -> Path:
    """Write a backup into the directory, ``backups`` in the data directory by default.  Return its file.

    :raises OperationError: when a part cannot be read; no file remains then.
    """
    directory = directory or settings.data_dir / "backups"
    try:
        return _create(settings, directory)
    except OSError as error:
        message = f"the backup cannot be written to {directory}: {error.strerror or error}"
        raise OperationError(message) from error


def _create(settings: Settings, directory: Path) -> Path:
    directory.mkdir(parents=True, exist_ok=True, mode=0o700)
    stamp = clock.to_local(clock.now()).strftime("%Y%m%d-%H%M%S")
    unfinished = directory / f".kepan-{stamp}-{secrets.token_hex(4)}.part"
    stage = Path(tempfile.mkdtemp(prefix=".kepan-", dir=directory))
    try:
        _write(settings, stage, unfinished)
        read_manifest(unfinished, check=True)
        return _publish(unfinished, directory / f"kepan-{stamp}.tar.gz")
    finally:
        shutil.rmtree(stage, ignore_errors=True)
        unfinished.unlink(missing_ok=True)


def _write(settings: Settings, stage: Path, target: Path) -> None:
    kind = snapshots.kind_of(settings.database_url)
    schema = snapshots.schema_of(settings.database_url)
    if not schema:
        message = "there is nothing to back up: the database is empty"
        raise OperationError(message)
    before = _read_keys(settings)
    database = stage / snapshots.MEMBERS[kind]
    snapshots.dump(settings.database_url, database)
    keys = _joined_keys(before, _read_keys(settings))
    check_keys(parse_keys(keys), kind, database)
    members: dict[str, str] = {}
    handle = os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "wb") as file:
        with tarfile.open(fileobj=file, mode="w:gz", compresslevel=6) as archive:
            members[database.name] = _add(archive, database.name, database)
            members[KEYS] = _add_text(archive, KEYS, keys)
            for name, path in _attachments(settings):
                members[name] = _add(archive, name, path)
            manifest = Manifest(
                version=program_version(),
                schema=schema,
                database=kind,
                made_at=clock.now().isoformat(timespec="seconds"),
                files="here" if files_directory(settings) else settings.files_url,
                members=members,
            )
            _add_text(archive, MANIFEST, json.dumps(asdict(manifest), indent=1))
        file.flush()
        os.fsync(file.fileno())


def check_keys(keys: Keys, kind: str, database: Path) -> None:
    """Refuse keys that do not belong to the dumped database: its values would be unreadable.

    :raises OperationError: when they were exchanged.
    """
    reason = find_key_mismatch(
        keys, lambda table, limit: snapshots.rows_of_dump(kind, database, table, limit)
    )
    if reason:
        message = f"these keys are not those of this database: {reason}"
        raise OperationError(message)


def _read_keys(settings: Settings) -> dict[str, Any]:
    content: dict[str, Any] = json.loads((settings.data_dir / KEYS).read_text(encoding="utf-8"))
    return content


def _joined_keys(before: dict[str, Any], after: dict[str, Any]) -> str:
    """Return the ciphers of both states: a rotation meanwhile must not leave the database without its old
    key.
    """
    ciphers = list(dict.fromkeys([*after["ciphers"], *before["ciphers"]]))
    return json.dumps({**after, "ciphers": ciphers}, indent=1)


def _attachments(settings: Settings) -> Iterator[tuple[str, Path]]:
    """Yield the attachments, after the database: every file that a row names existed before the row."""
    root = files_directory(settings)
    if root is None or not root.is_dir():
        return
    for path in sorted(root.rglob("*")):
        if path.is_file() and not path.is_symlink():
            yield f"{FILES}/{path.relative_to(root).as_posix()}", path


def _add(archive: tarfile.TarFile, name: str, path: Path) -> str:
    """Put a file into the archive.  Return its checksum."""
    with path.open("rb") as file:
        entry = archive.gettarinfo(arcname=name, fileobj=file)
        entry.mode, entry.uid, entry.gid, entry.uname, entry.gname = 0o600, 0, 0, "", ""
        reader = _Summing(file)
        archive.addfile(entry, reader)
    return reader.sha256.hexdigest()


def _add_text(archive: tarfile.TarFile, name: str, content: str) -> str:
    """Put a text into the archive, without a file of its own.  Return its checksum."""
    entry = tarfile.TarInfo(name)
    data = content.encode()
    entry.size, entry.mode = len(data), 0o600
    archive.addfile(entry, io.BytesIO(data))
    return hashlib.sha256(data).hexdigest()


class _Summing:
    """Reads a file and computes its checksum."""

    def __init__(self, file: IO[bytes]) -> None:
        self.file = file
        self.sha256 = hashlib.sha256()

    def read(self, size: int = -1) -> bytes:
        """Return the next bytes."""
        data = self.file.read(size)
        self.sha256.update(data)
        return data


def _publish(unfinished: Path, wanted: Path) -> Path:
    """Give the archive its final name, never that of an earlier one."""
    target, number = wanted, 1
    while target.exists():
        number += 1
        target = wanted.with_name(wanted.name.replace(".tar.gz", f"-{number}.tar.gz"))
    unfinished.replace(target)
    sync_directory(target.parent)
    return target


def sync_directory(directory: Path) -> None:
    """Make new names in the directory survive a power failure."""
    handle = os.open(directory, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def read_manifest(
    file: Path,
    *,
    check: bool = False,
    into: Path | None = None,
    only: frozenset[str] | None = None,
    memory: dict[str, bytes] | None = None,
) -> Manifest:
    """Return the manifest of an archive; ``check`` verifies every member, ``into`` also writes them there.

    :param only: the members that are written; all are read.
    :param memory: receives the key file, which is then not written.

    :raises OperationError: for a file that is not a backup, is damaged, or is from a newer program.
    """
    found: dict[str, str] = {}
    manifest: Manifest | None = None
    try:
        with tarfile.open(file, mode="r:gz") as archive:
            for entry in archive:
                content = _content(archive, entry)
                if entry.name == MANIFEST:
                    manifest = _parse_manifest(content.read(_MANIFEST_MAX))
                    break
                if memory is not None and entry.name == KEYS:
                    memory[KEYS] = content.read(_MANIFEST_MAX)
                    content = io.BytesIO(memory[KEYS])
                place = into if only is None or entry.name in only else None
                found[entry.name] = _copy(content, entry.name, place) if check or into else ""
    except (OSError, EOFError, zlib.error, tarfile.TarError, ValueError, TypeError) as error:
        message = f"{file.name} is no whole backup ({type(error).__name__}: {error})"
        raise OperationError(message) from error
    if manifest is None or {*manifest.members} != {*found}:
        message = f"{file.name} is no whole backup: its manifest is missing or does not fit"
        raise OperationError(message)
    wrong = [name for name, digest in found.items() if digest and digest != manifest.members[name]]
    if wrong:
        message = f"{file.name} is damaged: {wrong[0]} differs from its checksum"
        raise OperationError(message)
    return manifest


def _content(archive: tarfile.TarFile, entry: tarfile.TarInfo) -> IO[bytes]:
    path = PurePosixPath(entry.name)
    expected = entry.name in {MANIFEST, KEYS, *snapshots.MEMBERS.values()} or path.parts[:1] == (FILES,)
    content = archive.extractfile(entry) if entry.isreg() else None
    if content is None or path.is_absolute() or ".." in path.parts or "\\" in entry.name or not expected:
        message = f"unexpected member {entry.name!r}"
        raise ValueError(message)
    return content


def _parse_manifest(raw: bytes) -> Manifest:
    content = json.loads(raw)
    if content.get("format") != FORMAT:
        message = f"format {content.get('format')!r}, this program knows {FORMAT}"
        raise ValueError(message)
    return Manifest(**content)


def _copy(content: IO[bytes], name: str, into: Path | None) -> str:
    """Read a member to its end, into a file if given.  Return its checksum."""
    digest = hashlib.sha256()
    target: IO[bytes] | None = None
    if into is not None:
        path = into / name
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        target = os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb")
    try:
        while chunk := content.read(_CHUNK):
            digest.update(chunk)
            if target is not None:
                target.write(chunk)
        if target is not None:
            target.flush()
            os.fsync(target.fileno())
    finally:
        if target is not None:
            target.close()
    return digest.hexdigest()
