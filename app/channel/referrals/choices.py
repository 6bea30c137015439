"""The codes of referrals, with their labels and tones (CH-7 … CH-12, CH-17, CH-24)."""

from __future__ import annotations

from flask_babel import lazy_gettext as _

from app.kernel.settings.dictionaries import Dictionary

SHOP_CATEGORY = Dictionary(
    "shop_categories",
    {
        "catering": _("Catering"),
        "retail": _("Retail"),
        "supermarket": _("Supermarket"),
        "children": _("Children and education"),
        "leisure": _("Leisure and sport"),
        "beauty": _("Beauty and health"),
        "services": _("Services of daily life"),
        "other": _("Other"),
    },
    title=_("Shop categories"),
    editable=True,
)
CUSTOMER_TYPE = Dictionary(
    "customer_types",
    {
        "own_use": _("For own use"),
        "investment": _("Investment"),
        "brand": _("Brand or chain"),
        "other": _("Other"),
    },
    title=_("Types of customers"),
    editable=True,
)
REFERRAL_STATE = Dictionary(
    "referral_states",
    {
        "entered": _("Entered"),
        "reported": _("Reported"),
        "bound": _("Bound"),
        "expired": _("Expired"),
        "closed": _("Closed"),
    },
    {"entered": "gray", "reported": "blue", "bound": "green", "expired": "orange", "closed": "red"},
    title=_("States of referrals"),
)
# The stage that a referral has reached (CH-26); expiry does not lower it.
FUNNEL = ("entered", "reported", "bound", "closed")
BINDING_STATE = Dictionary(
    "binding_states",
    {"live": _("Live"), "expired": _("Expired"), "closed": _("Closed"), "released": _("Released")},
    {"live": "green", "expired": "orange", "closed": "red", "released": "gray"},
)
EVENT = Dictionary(
    "referral_events",
    {
        "referral.enter": _("Entering"),
        "report": _("Reporting"),
        "scan": _("On-site scan"),
        "tour": _("Tour"),
        "fee": _("Viewing fee"),
        "collision": _("Collision"),
        "rebind": _("Rebinding"),
        "referral.expire": _("End of protection"),
        "referral.close": _("Deal"),
        "referral.reopen": _("Deal reopened"),
    },
    {
        "report": "blue",
        "scan": "green",
        "tour": "cyan",
        "fee": "gold",
        "collision": "red",
        "rebind": "orange",
        "referral.expire": "orange",
        "referral.close": "red",
        "referral.reopen": "gold",
    },
)
