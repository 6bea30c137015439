"""Settings of contacts (CUST-29)."""

from __future__ import annotations

from flask_babel import lazy_gettext as _

from app.customers.shared.settings import CUSTOMERS
from app.kernel.settings.declarations import Setting

BIRTHDAY_DAYS = Setting(
    "birthday_days",
    3,
    _("Days before a birthday"),
    _(
        "So many days before the birthday of a customer or a contact the owner gets a to-do; where that is "
        "a day off, on the working day before."
    ),
    minimum=0,
    maximum=30,
    group=CUSTOMERS,
)
