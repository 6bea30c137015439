"""The order of the side menu: one list for all contexts."""

from __future__ import annotations

from flask_babel import lazy_gettext as _

from app.kernel.setup import MenuGroup

MENU: tuple[str | MenuGroup, ...] = (
    "Workbench",
    "Customers",
    "Contacts",
    "Pushes",
    "Public pool",
    "Follow-ups",
    "Customer statistics",
    "Tags",
    "Categories",
    "Duplicates",
    "Imports",
    MenuGroup(
        "Business records",
        "fa-briefcase",
        _("Business records"),
        ("Opportunities", "Quotes", "Contracts", "Payments", "Tickets"),
    ),
    MenuGroup("Homes", "fa-house", _("Homes"), ("Listings", "Communities")),
    MenuGroup(
        "Channel sales",
        "fa-handshake",
        _("Channel sales"),
        (
            "Referrals", "On-site scans", "Tours", "Viewing fees", "Collisions", "Channel ranking",
            "Projects", "Broker companies", "Brokers", "Property consultants", "Walk-in visitors",
        ),
    ),
    "To-dos",
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
        ("Settings", "Pool rules", "Dictionaries", "Jobs", "Outgoing messages"),
    ),
)  # fmt: skip
