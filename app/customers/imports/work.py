"""The background run that writes an import, in one transaction (CUST-26, PLAT-5).

Its progress is that of the batch: nothing is written until all is; after a crash it begins anew, and finds
either everything written or nothing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from app.customers.imports.queries import get_import
from app.customers.imports.services import begin_import, write_import
from app.customers.shared.permissions import CustomerPermission
from app.kernel.database.session import db, transaction_intent
from app.kernel.errors import NotFound
from app.kernel.translation import N_
from app.system.runs.services import Result, start_run

if TYPE_CHECKING:
    from collections.abc import Mapping

    from app.customers.imports.models import ImportBatch
    from app.kernel.access.actor import Actor
    from app.kernel.exports.lists import ProgressMeter

KIND = "import"


def may_import(arguments: Mapping[str, Any], actor: Actor) -> bool:
    """Return True if the actor may write the import: it is their own, and imports are permitted."""
    if not (actor.may(CustomerPermission.IMPORT) and actor.may(CustomerPermission.CREATE)):
        return False
    try:
        get_import(arguments["import"], actor=actor)
    except NotFound:
        return False
    return True


def work_on_import(arguments: Mapping[str, Any], actor: Actor, meter: ProgressMeter) -> Result:
    """Write the import; one that was written before a crash stays as it is."""
    batch = get_import(arguments["import"], actor=actor)
    rows, is_waiting = batch.rows, batch.state == "waiting"
    db.session.rollback()  # what only reads cannot go on to write
    meter.expect(max(rows, 1))
    if is_waiting:
        with transaction_intent(to_change=True):
            write_import(arguments["import"], actor=actor)
    batch = get_import(arguments["import"], actor=actor)
    sentence = N_("“%(title)s”: %(created)s new, %(updated)s updated, %(errors)s with errors")
    figures = {"created": batch.created, "updated": batch.updated, "errors": batch.errors}
    return Result(notice=sentence, parameters=figures, about=batch)


def begin(pk: int, *, actor: Actor) -> ImportBatch:
    """Begin to write an import in the background.

    :raises Denied: ``import.not_open``; ``run.too_many``.
    """
    return begin_import(
        pk,
        actor=actor,
        start=lambda title, arguments: start_run(KIND, title=title[:120], arguments=arguments, actor=actor),
    )
