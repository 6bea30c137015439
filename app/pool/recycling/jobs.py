"""The nightly job that recycles customers left alone (PLAT-4, POOL-19)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from app.kernel.translation import N_
from app.pool.recycling.queries import companies, rehearse, rules_of
from app.pool.recycling.services import recycle_left_alone, warn_owners

if TYPE_CHECKING:
    from collections.abc import Callable

    from app.kernel.jobs.registry import Report
    from app.pool.recycling.services import Recycled


def recycle_customers(*, dry_run: bool = False) -> Report:
    """Recycle what is due, then warn the owners of what is due soon."""
    if dry_run:
        found = [rehearse(one, rules_of(one)) for one in companies()]
        gone, stayed, warned = sum(one.total for one in found), sum(len(one.passed_over) for one in found), 0
    else:
        gone, stayed = _all_of(recycle_left_alone)
        warned, _nobody = _all_of(warn_owners)
    return {
        N_("customers put into the public pool"): gone,
        N_("customers that stay for a reason"): stayed,
        N_("owners warned"): warned,
    }


def _all_of(step: Callable[..., Recycled]) -> tuple[int, int]:
    """Run batches, each in a transaction of its own, through the customers of every company."""
    done = stayed = 0
    for company_id in companies():
        after = 0
        while (found := step(company_id, after=after)).last_id:
            done, stayed, after = done + found.done, stayed + len(found.passed_over), found.last_id
    return done, stayed
