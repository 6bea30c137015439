"""Reading a table that somebody sent: in another process, which may die of it (CUST-34)."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from tempfile import NamedTemporaryFile, TemporaryFile
from threading import BoundedSemaphore
from typing import IO

import structlog
from flask_babel import lazy_gettext as _

from app.kernel.database.transactions import end_reading
from app.kernel.errors import Decision, Denied
from app.kernel.exports.spreadsheets import temporary_directory
from app.kernel.files.storage import CHUNK
from app.kernel.sheets import child
from app.kernel.sheets.child.cells import SECONDS
from app.kernel.sheets.problems import unreadable
from app.kernel.sheets.tables import Sheet, read_lines

log = structlog.get_logger("kepan.sheets")

MAX_BYTES = 20 * 1024 * 1024
_AT_ONCE, _PATIENCE = 2, 20  # processes, seconds
_CPU_USED_UP = -24  # ended by SIGXCPU
# The child is no part of the application for its own process: importing that would take longer than reading.
_PROGRAM = (
    "import sys; sys.path.append(sys.argv[1]); from child.main import main; sys.exit(main(sys.argv[2]))"
)
_places = BoundedSemaphore(_AT_ONCE)
BUSY = Decision(
    allowed=False,
    code="busy",
    message=_("Several tables are being read at this moment; please send it again in a few seconds"),
    status=503,
)


def read_sheets(content: IO[bytes]) -> list[Sheet]:
    """Return the sheets of a table.

    :raises Denied: ``sheet.…`` (422) with what the file is and the way out; ``busy`` (503).
    """
    end_reading()
    if not _places.acquire(timeout=_PATIENCE):
        raise Denied(BUSY)
    try:
        return _read(content)
    finally:
        _places.release()


def _read(content: IO[bytes]) -> list[Sheet]:
    folder = temporary_directory()
    with NamedTemporaryFile(dir=folder) as source, TemporaryFile(dir=folder) as target:
        content.seek(0)
        while piece := content.read(CHUNK):
            source.write(piece)
        source.flush()
        if source.tell() > MAX_BYTES:
            raise unreadable(code="too_large")
        _run(source.name, target)
        target.seek(0)
        try:
            sheets = [*read_lines(target)]
        except ValueError as error:  # a refusal, or half a line of a child that was ended
            raise unreadable(str(error.args[0])) from None
    if not any(sheet.rows for sheet in sheets):
        raise unreadable(code="no_rows")
    return sheets


def _run(path: str, target: IO[bytes]) -> None:
    """Run the reader.

    :raises Denied: ``sheet.too_slow`` or ``sheet.too_large`` when it was ended at its limits.
    """
    folder = str(Path(child.__file__).parents[1])
    command = [sys.executable, "-I", "-X", "utf8", "-c", _PROGRAM, folder, path]
    try:
        ended = subprocess.run(  # noqa: S603 - our own program, on a file whose name we made
            command,
            stdin=subprocess.DEVNULL,
            stdout=target,
            stderr=subprocess.DEVNULL,
            timeout=SECONDS,
            check=False,
            env={},
            cwd=str(Path(path).parent),
        )
    except subprocess.TimeoutExpired:
        raise unreadable(code="too_slow") from None
    if ended.returncode != 0:
        log.warning("sheet_reader_ended", code=ended.returncode)
        raise unreadable(code="too_slow" if ended.returncode == _CPU_USED_UP else "too_large")
