"""The job of birthdays (CUST-29)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from app.customers.contacts.birthdays import count_birthdays, remind_of_birthdays
from app.kernel.translation import N_

if TYPE_CHECKING:
    from app.kernel.jobs.registry import Report


def watch_birthdays(*, dry_run: bool = False) -> Report:
    """Make to-dos for the birthdays of customers and contacts."""
    return {N_("to-dos for birthdays"): count_birthdays() if dry_run else remind_of_birthdays()}
