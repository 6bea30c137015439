"""An anchor of the operation log outside the database (PLAT-1, ADR 10).

With write access to the database and an earlier copy of it, rows and end marks can be put back together so
that the chains hold.  The anchor is a small file, stored elsewhere, with the number of rows up to a moment
and their digest; it is sealed with the audit key.
"""

from __future__ import annotations

import hashlib
import json
import os
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from sqlalchemy import select

from app.audit.models import OperationLog
from app.cli.database_dumps import OperationError
from app.kernel import clock
from app.kernel.database.session import db
from app.kernel.keys import keys

if TYPE_CHECKING:
    from pathlib import Path


# A row's moment is a little before its commit: among younger rows others may still appear.
SETTLED = timedelta(hours=1)
_BATCH = 5000
_Values = dict[str, str | int]


@dataclass(frozen=True)
class Anchor:
    """The log up to a moment: the number of its rows, and a digest of their seals in order."""

    until: datetime
    rows: int
    digest: str

    def values(self) -> _Values:
        """Return the anchor as it is written."""
        return {**asdict(self), "until": self.until.isoformat()}


def renew_anchor(path: Path) -> str:
    """Compare the log with the anchor in the file, then write a newer one.  Return a description of the
    result.

    :raises OperationError: when anchored rows are missing or differ, or the file has no valid seal; it is
        kept.
    """
    known = compare_anchor(path)
    said = f"the log agrees with the anchor of {known.until.isoformat()}; " if known else ""
    present = _present_anchor(clock.now() - SETTLED)
    _write(path, present)
    return f"{said}anchored {present.rows} rows up to {present.until.isoformat()}"


def compare_anchor(path: Path) -> Anchor | None:
    """Compare the log with the anchor in the file.  Return the anchor; None when there is no file.

    :raises OperationError: when anchored rows are missing or differ, or the file has no valid seal.
    """
    if not path.exists():
        return None
    known = _read(path)
    now = _present_anchor(known.until)
    if now != known:
        difference = "gone" if now.rows < known.rows else "not what they were"
        message = (
            f"the log up to {known.until.isoformat()} had {known.rows} rows when it was anchored and has "
            f"{now.rows} now: rows are {difference}"
        )
        raise OperationError(message)
    return known


def _present_anchor(until: datetime) -> Anchor:
    digest, rows = hashlib.sha256(), 0
    seals = select(OperationLog.seal).where(OperationLog.at <= until).order_by(OperationLog.id)
    for seal in db.session.scalars(seals.execution_options(yield_per=_BATCH)):
        digest.update(seal.encode() + b"\n")
        rows += 1
    return Anchor(until, rows, digest.hexdigest())


def _seal(values: _Values) -> str:
    return keys().seal(json.dumps(["anchor", values], sort_keys=True).encode())


def _read(path: Path) -> Anchor:
    try:
        values = json.loads(path.read_text(encoding="utf-8"))
        seal = values.pop("seal")
        found = Anchor(datetime.fromisoformat(values["until"]), values["rows"], values["digest"])
    except (ValueError, KeyError, AttributeError, TypeError):
        message = f"{path} is no anchor of the operation log"
        raise OperationError(message) from None
    if seal != _seal(found.values()):
        message = f"{path} was changed, or written with another installation's key"
        raise OperationError(message)
    return found


def _write(path: Path, anchor: Anchor) -> None:
    """Replace the file atomically."""
    values = anchor.values()
    beside = path.with_name(f"{path.name}.new")
    beside.unlink(missing_ok=True)
    handle = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        json.dump({**values, "seal": _seal(values)}, file, indent=1)
        file.write("\n")
    beside.replace(path)
