"""Settings of recycling (POOL-19)."""

from __future__ import annotations

from flask_babel import lazy_gettext as _

from app.customers.shared.settings import CUSTOMERS
from app.kernel.settings.declarations import Setting
from app.pool.recycling.models import MAX_DAYS

RECYCLING_DAYS = Setting(
    "recycling_days",
    30,
    _("Days until a customer is recycled"),
    _(
        "A personal customer without a follow-up for so many days goes into the public pool, where no rule "
        "says otherwise; 0: never."
    ),
    minimum=0,
    maximum=MAX_DAYS,
    group=CUSTOMERS,
)
RECYCLING_WARNING = Setting(
    "recycling_warning_days",
    3,
    _("Warning before recycling"),
    _("So many days before, the owner is warned; 0: not at all."),
    minimum=0,
    maximum=60,
    group=CUSTOMERS,
)
RECYCLE_WON = Setting(
    "recycle_won",
    default=False,
    label=_("Recycle won customers"),
    help=_("Otherwise customers whose deal is won stay with their owner, unless a rule names that status."),
    group=CUSTOMERS,
)
