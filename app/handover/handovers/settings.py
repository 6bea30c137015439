"""Settings of handovers (HAND-7)."""

from __future__ import annotations

from flask_babel import lazy_gettext as _

from app.customers.shared.settings import CUSTOMERS
from app.kernel.settings.declarations import Setting

REMINDER_DAYS = Setting(
    "handover_reminder_days",
    2,
    _("Reminder of handovers"),
    _("Who has to act on a handover is reminded after so many days, and again after as many; 0: not at all."),
    minimum=0,
    maximum=30,
    group=CUSTOMERS,
)
