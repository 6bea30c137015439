"""Settings of the pool's clocks (POOL-24)."""

from __future__ import annotations

from flask_babel import lazy_gettext as _

from app.customers.shared.settings import CUSTOMERS
from app.kernel.settings.declarations import Setting

PRIVATE_DAYS = Setting(
    "private_days",
    30,
    _("Days of a private customer"),
    _(
        "A privately held customer is released after so many days without a follow-up by its holder; "
        "0: never."
    ),
    minimum=0,
    maximum=3650,
    group=CUSTOMERS,
)
PRIVATE_WARNING = Setting(
    "private_warning_days",
    3,
    _("Warning before the release"),
    _("So many days before, the holder is warned; 0: not at all."),
    minimum=0,
    maximum=60,
    group=CUSTOMERS,
)
