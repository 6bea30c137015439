"""Scheduled jobs of contracts and instalments (CUST-16, PLAT-4)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from app.deals.payments.reminders import count_waiting, remind_of_contracts, remind_of_payments
from app.kernel.translation import N_

if TYPE_CHECKING:
    from collections.abc import Callable

    from app.kernel.jobs.registry import Report


def remind_of_deals(*, dry_run: bool = False) -> Report:
    """Make to-dos of contracts that end and instalments that are due."""
    if dry_run:
        contracts, payments = count_waiting()
    else:
        contracts, payments = _all_of(remind_of_contracts), _all_of(remind_of_payments)
    return {N_("contracts that end soon"): contracts, N_("instalments due soon"): payments}


def _all_of(step: Callable[[], int]) -> int:
    """Run batches, each in a transaction of its own, until nothing is left."""
    done = 0
    while found := step():
        done += found
    return done
