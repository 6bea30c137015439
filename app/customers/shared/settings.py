"""Settings of the customer file."""

from __future__ import annotations

import re
from functools import partial
from typing import TYPE_CHECKING

from flask_babel import lazy_gettext as _

from app.customers.shared.permissions import CustomerPermission
from app.kernel.settings.declarations import Setting, SettingFamily, SettingGroup
from app.org.roles.queries import roles_that_may

if TYPE_CHECKING:
    from app.kernel.access.actor import Actor
    from app.kernel.errors import Sentence

CUSTOMERS = SettingGroup("customers", _("Customers"), 20)
NUMBERS = SettingGroup("numbers", _("Phone numbers"), 30)

DEDUPE_MODE = Setting(
    "dedupe_mode",
    "by_owner",
    _("Customers with the same number"),
    _(
        "A brokerage lets several agents hold the same person, within the rules of the pool. An office "
        "of one sales team keeps each number once; that rule needs a file without duplicates."
    ),
    choices={
        "by_owner": _("Allowed for different owners"),
        "global": _("Each number once in the whole system"),
    },
    group=CUSTOMERS,
)
OPEN_SHELVING = Setting(
    "open_shelving",
    default=False,
    label=_("Open shelving"),
    help=_(
        "Colleagues of the owner's department may open a personal customer while it is off shelf, and "
        "put it back on shelf."
    ),
    group=CUSTOMERS,
)
PRIVATE_CEILING = Setting(
    "private_ceiling",
    100,
    _("Privately held customers"),
    _("How many platform customers a person may hold privately at once."),
    minimum=0,
    maximum=100_000,
    group=CUSTOMERS,
)
PENDING_HOURS = Setting(
    "pending_hours",
    8,
    _("Hours of a pending customer"),
    _(
        "Working hours until a pending customer reminds its handler of the first follow-up, and after "
        "twice that time the manager; 0: never."
    ),
    minimum=0,
    maximum=1000,
    group=CUSTOMERS,
)
ACTIVE_DAYS = Setting(
    "active_days",
    90,
    _("Days of an active customer"),
    _("A customer without a follow-up for longer than this counts as inactive."),
    minimum=1,
    maximum=3650,
    group=CUSTOMERS,
)
GRADES = SettingGroup("grades", _("Grades of customers"), 25)


def _decimal_error(text: str) -> Sentence:
    """Return the error of a threshold's text: a number from 0 with at most two decimals."""
    return "" if _THRESHOLD.fullmatch(text) else _("A number from 0, with at most two decimals")


_THRESHOLD = re.compile(r"\d{1,13}(\.\d{1,2})?")
_threshold = partial(Setting, check=_decimal_error, group=GRADES)
A_REVENUE = _threshold(
    "grade_a_revenue", "1000000", _("Revenue of grade A"), _("Grade A has a higher yearly revenue."),
    unit=_("CNY"),
)  # fmt: skip
A_YEARS = _threshold(
    "grade_a_years", "3", _("Years of grade A"), _("Grade A has more years of cooperation."), unit=_("years")
)
B_REVENUE = _threshold(
    "grade_b_revenue", "500000", _("Revenue of grade B"), _("Grade B has at least this yearly revenue."),
    unit=_("CNY"),
)  # fmt: skip
B_YEARS = _threshold(
    "grade_b_years", "1", _("Years of grade B"), _("Grade B has at least so many years of cooperation."),
    unit=_("years"),
)  # fmt: skip
C_REVENUE = _threshold(
    "grade_c_revenue", "100000", _("Revenue of grade C"),
    _("Grade C has at least this yearly revenue. After a change all customers are graded anew."),
    unit=_("CNY"),
)  # fmt: skip
LOOKS_AN_HOUR = Setting(
    "reveal_alert",
    20,
    _("Unusual number of reveals"),
    _("A superior is told of a person who looks at more numbers than this within an hour."),
    minimum=1,
    maximum=10_000,
    group=NUMBERS,
)
PHONE_ATTEMPTS = Setting(
    "phone_change_attempts",
    5,
    _("Attempts to change a number"),
    _("Wrong present numbers that a person may type for one customer within an hour."),
    minimum=1,
    maximum=100,
    group=NUMBERS,
)
ADMIN_MAY_REVEAL = Setting(
    "admin_may_reveal",
    default=False,
    label=_("Administrators reveal numbers"),
    help=_("Administrators may look at every number; each look is recorded, as anybody's."),
    group=NUMBERS,
)
REVEAL_QUOTA = SettingFamily(
    "reveal_quota",
    50,
    _("Numbers revealed a day"),
    lambda: roles_that_may(CustomerPermission.REVEAL_PHONE),
    _("How many full numbers a person may look at a day; of several roles the highest counts."),
    minimum=0,
    maximum=10_000,
    group=NUMBERS,
)
LOOKUPS_AN_HOUR = SettingFamily(
    "lookups_an_hour",
    60,
    _("Number look-ups an hour"),
    lambda: roles_that_may(CustomerPermission.READ),
    _("How many whole numbers a person may ask for an hour; of several roles the highest counts."),
    minimum=0,
    maximum=10_000,
    group=NUMBERS,
)
LOOKUPS_A_DAY = SettingFamily(
    "lookups_a_day",
    200,
    _("Number look-ups a day"),
    lambda: roles_that_may(CustomerPermission.READ),
    _("How many whole numbers a person may ask for a day; of several roles the highest counts."),
    minimum=0,
    maximum=100_000,
    group=NUMBERS,
)


def reveal_quota(actor: Actor) -> int:
    """Return how many numbers the actor may reveal a day: the highest of their roles (ACC-10)."""
    return max((REVEAL_QUOTA.of(name).get() for name in actor.roles), default=0)


def lookups_an_hour(actor: Actor) -> int:
    """Return how many whole numbers the actor may look up an hour: the highest of their roles (ACC-17)."""
    return max((LOOKUPS_AN_HOUR.of(name).get() for name in actor.roles), default=LOOKUPS_AN_HOUR.default)


def lookups_a_day(actor: Actor) -> int:
    """Return how many whole numbers the actor may look up a day: the highest of their roles (ACC-17)."""
    return max((LOOKUPS_A_DAY.of(name).get() for name in actor.roles), default=LOOKUPS_A_DAY.default)
