"""The operator's scheduled job (PLAT-4): the operation log is verified and anchored every day."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import current_app
from flask_babel import lazy_gettext as _

from app.audit.services import verify
from app.cli.audit_anchor import compare_anchor, renew_anchor
from app.cli.database_dumps import OperationError
from app.kernel.database.session import snapshot
from app.kernel.jobs.registry import Job, daily, register_job
from app.kernel.translation import N_

if TYPE_CHECKING:
    from app.kernel.jobs.registry import Report


def anchor_log(*, dry_run: bool = False) -> Report:
    """Verify every chain, compare the log with the anchor of the day before, and renew the anchor (PLAT-1).

    :raises OperationError: when a chain is broken, or anchored rows are missing: the run fails, and the
        anchor stays unchanged for the investigation.
    """
    path = current_app.config["KEPAN"].anchor_file
    with snapshot():
        broken = next(verify(), None)
        if broken is not None:
            message = f"broken: {broken.record_type} #{broken.record_id}, row {broken.number}"
            raise OperationError(message)
        if dry_run:
            compare_anchor(path)
            return {N_("anchors of the operation log renewed"): 0}
        renew_anchor(path)
    return {N_("anchors of the operation log renewed"): 1}


def register_jobs() -> None:
    """Declare the operator's scheduled jobs."""
    register_job(Job("anchor_log", _("Verify and anchor the operation log"), daily(4, 10), anchor_log))
