"""Settings of claiming from the public pool (POOL-20)."""

from __future__ import annotations

from flask_babel import lazy_gettext as _

from app.customers.shared.settings import CUSTOMERS
from app.kernel.settings.declarations import Setting

CLAIMS_A_DAY = Setting(
    "claims_a_day",
    10,
    _("Claims a day"),
    _("How many customers a person may claim from the public pool in one day; 0: none."),
    minimum=0,
    maximum=10_000,
    group=CUSTOMERS,
)
HELD_CEILING = Setting(
    "held_ceiling",
    300,
    _("Customers of one owner"),
    _("Whoever owns so many personal customers gets no more from the public pool."),
    minimum=0,
    maximum=100_000,
    group=CUSTOMERS,
)
FORMER_OWNER_DAYS = Setting(
    "former_owner_days",
    7,
    _("Days until the former owner may claim"),
    _(
        "So many days after a customer came into the public pool its former owner cannot claim it; "
        "0: at once."
    ),
    minimum=0,
    maximum=365,
    group=CUSTOMERS,
)
OWN_DEPARTMENT_HOURS = Setting(
    "own_department_hours",
    0,
    _("Hours of the own department"),
    _(
        "So many hours after a customer came into the public pool only its own department can claim it; "
        "0: everybody who sees it, at once."
    ),
    minimum=0,
    maximum=24 * 365,
    group=CUSTOMERS,
)
