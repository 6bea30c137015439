"""Tables of old imports are removed: they hold personal data that nobody needs any more (CUST-26)."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from sqlalchemy import exists, select

from app.customers.imports.models import ImportBatch
from app.customers.imports.settings import KEPT_DAYS
from app.kernel import clock
from app.kernel.database.session import db
from app.kernel.database.transactions import transactional
from app.kernel.files.storage import storage
from app.kernel.translation import N_

if TYPE_CHECKING:
    from sqlalchemy import ColumnElement

    from app.kernel.jobs.registry import Report


def _due() -> tuple[ColumnElement[bool], ...]:
    old = ImportBatch.created_at < clock.now() - timedelta(days=KEPT_DAYS)
    return old, ImportBatch.content_name.is_not(None), ImportBatch.state.not_in(("waiting", "running"))


def wanted() -> bool:
    """Return True if a table is due."""
    return bool(db.session.scalar(select(exists().where(*_due()))))


def forget_imports(*, dry_run: bool = False) -> Report:
    """Remove the tables of imports that are older than a week; their figures stay."""
    names = _forget(dry_run=dry_run)
    for name in [] if dry_run else names:
        storage().remove(name)  # after the commit: after a crash the sweep removes it
    return {N_("tables removed"): len(names)}


@transactional
def _forget(*, dry_run: bool) -> list[str]:
    found = list(db.session.scalars(select(ImportBatch).where(*_due())))
    return [name for one in found if (name := one.content_name if dry_run else one.forget())]
