"""Scheduled jobs of referrals (PLAT-4): end protections, and warn brokers before (CH-17)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from app.channel.referrals.expiry import count_due, count_to_warn, expire_due_bindings, warn_due_bindings
from app.kernel.translation import N_

if TYPE_CHECKING:
    from collections.abc import Callable

    from app.kernel.jobs.registry import Report


def end_protections(*, dry_run: bool = False) -> Report:
    """Write the end of protections that are due."""
    return {N_("protections ended"): count_due() if dry_run else _all_of(expire_due_bindings)}


def warn_of_ends(*, dry_run: bool = False) -> Report:
    """Warn brokers whose protections end within the days of the setting."""
    return {
        N_("brokers warned of an ending protection"): count_to_warn()
        if dry_run
        else _all_of(warn_due_bindings)
    }


def _all_of(step: Callable[[], int]) -> int:
    """Run batches, each in a transaction of its own, until nothing is left."""
    done = 0
    while found := step():
        done += found
    return done
