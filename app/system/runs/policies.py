"""Policies of background runs: pure rules, no queries (PLAT-5)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask_babel import lazy_gettext as _

from app.kernel.errors import ALLOW, Decision, conflict

if TYPE_CHECKING:
    from app.kernel.access.actor import Actor
    from app.system.runs.models import BackgroundRun


MAX_RUNS = 5


def can_begin_run(under_way: int) -> Decision:
    """PLAT-5: limited per person; ``under_way`` is the number of the person's runs that have not ended."""
    if under_way < MAX_RUNS:
        return ALLOW
    return conflict("run.too_many", _("%(n)s of your runs are not finished yet; wait for one", n=MAX_RUNS))


def can_cancel_run(_actor: Actor, run: BackgroundRun) -> Decision:
    """PLAT-5: while it is waiting or running."""
    if run.is_under_way:
        return ALLOW
    return conflict("run.over", _("This run has ended already"))


def can_fetch_result(run: BackgroundRun) -> Decision:
    """PLAT-5: once it is done, until its file expires."""
    if run.has_file:
        return ALLOW
    return conflict("run.no_file", _("There is no file: the run has not finished, or its file was removed"))
