"""Scheduled jobs of the pool (PLAT-4, POOL-24)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from app.kernel.translation import N_
from app.pool.clocks.services import (
    count_left_alone,
    count_waiting,
    release_left_alone,
    remind_of_pending,
    tell_managers_of_pending,
    warn_holders,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from app.kernel.jobs.registry import Report


def watch_pending(*, dry_run: bool = False) -> Report:
    """Remind handlers, then managers, of pending customers without a first follow-up."""
    if dry_run:
        return {N_("pending customers overdue"): count_waiting()}
    return {
        N_("handlers reminded of a first follow-up"): _all_of(remind_of_pending),
        N_("managers told of a late first follow-up"): _all_of(tell_managers_of_pending),
    }


def release_private(*, dry_run: bool = False) -> Report:
    """Warn holders, then release what they have neglected."""
    if dry_run:
        return {N_("private customers released"): count_left_alone()}
    return {
        N_("private customers released"): _all_of(release_left_alone),
        N_("holders warned of a release"): _all_of(warn_holders),
    }


def _all_of(step: Callable[[], int]) -> int:
    """Run batches, each in a transaction of its own, until nothing is left."""
    done = 0
    while found := step():
        done += found
    return done
