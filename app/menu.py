"""The order of the side menu: one list for all contexts."""

from __future__ import annotations

from flask_babel import lazy_gettext as _

from app.kernel.setup import MenuGroup

MENU: tuple[str | MenuGroup, ...] = (
    "Workbench",
    "Customers",
    "To-dos",
    MenuGroup(
        "Customer centre",
        "fa-address-card",
        _("Customer centre"),
        (
            "Contacts", "Follow-ups", "Pushes", "Public pool", "Pool rules", "Customer statistics",
            "Tags", "Categories", "Duplicates", "Imports",
        ),
    ),
    MenuGroup(
        "Business records",
        "fa-briefcase",
        _("Business records"),
        ("Opportunities", "Quotes", "Contracts", "Payments", "Tickets"),
    ),
    MenuGroup(
        "Channel sales",
        "fa-handshake",
        _("Channel sales"),
        (
            "Referrals", "On-site scans", "Tours", "Viewing fees", "Collisions", "Channel ranking",
            "Projects", "Broker companies", "Brokers", "Property consultants", "Walk-in visitors",
        ),
    ),
    "Inbox",
    "Download centre",
    "Operation log",
    "Number look-ups",
    MenuGroup(
        "Organisation",
        "fa-sitemap",
        _("Organisation"),
        ("Staff", "Departments", "Roles", "Districts", "Companies", "Accounts"),
    ),
    MenuGroup(
        "System",
        "fa-gears",
        _("System"),
        ("Settings", "Dictionaries", "Jobs", "Outgoing messages"),
    ),
)  # fmt: skip
