"""The duplicate finder as a scheduled job (CUST-9, PLAT-4)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from app.customers.merging.finder import count_pairs, find_pairs
from app.kernel.translation import N_

if TYPE_CHECKING:
    from app.kernel.jobs.registry import Report


def find_duplicates(*, dry_run: bool = False) -> Report:
    """Look for pairs of customers that are probably one."""
    return {N_("pairs that are probably one customer"): count_pairs() if dry_run else find_pairs()}
