"""Settings of credit (CUST-18)."""

from __future__ import annotations

from flask_babel import lazy_gettext as _

from app.customers.shared.settings import CUSTOMERS
from app.kernel.settings.declarations import Setting

OVERDUE_STOPS_SIGNING = Setting(
    "overdue_stops_signing",
    default=False,
    label=_("Overdue instalments stop signing"),
    help=_("No new contract is signed with a customer who has an overdue instalment."),
    group=CUSTOMERS,
)
