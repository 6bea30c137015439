"""Settings of contracts and instalments (CUST-16)."""

from __future__ import annotations

from flask_babel import lazy_gettext as _

from app.customers.shared.settings import CUSTOMERS
from app.kernel.settings.declarations import Setting

REMINDER_DAYS = Setting(
    "contract_reminder_days",
    7,
    _("Reminder of contracts and instalments"),
    _("So many days before a contract ends or an instalment is due, its owner gets a to-do; 0: not at all."),
    minimum=0,
    maximum=90,
    group=CUSTOMERS,
)
