"""Names of the built-in roles, and the groups of them that grants use."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from flask_babel import lazy_gettext as _

if TYPE_CHECKING:
    from app.kernel.errors import Sentence


ADMIN = "Admin"
AUDITOR = "Auditor"
CHANNEL_DIRECTOR = "ChannelDirector"
CHANNEL_SECRETARY = "ChannelSecretary"
ON_SITE = "OnSite"
CONSULTANT = "Consultant"
BROKER = "Broker"
BROKER_ON_SITE = "BrokerOnSite"
VISITOR = "Visitor"
STORE_MANAGER = "StoreManager"
AGENT = "Agent"
SALES = "Sales"
FINANCE = "Finance"

BACK_OFFICE = (
    ADMIN, AUDITOR, CHANNEL_DIRECTOR, CHANNEL_SECRETARY, ON_SITE, CONSULTANT,
    STORE_MANAGER, AGENT, SALES, FINANCE,
)  # fmt: skip
OUTSIDE = (BROKER, BROKER_ON_SITE, VISITOR)
EVERYBODY = BACK_OFFICE + OUTSIDE
CUSTOMER_WORKERS = (STORE_MANAGER, AGENT, SALES)


@dataclass(frozen=True)
class BuiltInRole:
    """A role declared in code."""

    name: str
    label: Sentence
    scope: str


BUILT_IN = {
    role.name: role
    for role in (
        BuiltInRole(ADMIN, _("Administrator"), "all"),
        BuiltInRole(AUDITOR, _("Auditor (read-only)"), "all"),
        BuiltInRole(CHANNEL_DIRECTOR, _("Channel director"), "company"),
        BuiltInRole(CHANNEL_SECRETARY, _("Channel secretary"), "company"),
        BuiltInRole(FINANCE, _("Finance"), "company"),
        BuiltInRole(STORE_MANAGER, _("Store manager"), "department_tree"),
        BuiltInRole(AGENT, _("Agent"), "own"),
        BuiltInRole(SALES, _("Sales"), "own"),
        BuiltInRole(ON_SITE, _("On-site staff"), "none"),
        BuiltInRole(CONSULTANT, _("Property consultant"), "none"),
        BuiltInRole(BROKER, _("Broker"), "none"),
        BuiltInRole(BROKER_ON_SITE, _("Broker-company on-site"), "none"),
        BuiltInRole(VISITOR, _("Walk-in visitor"), "none"),
    )
}


def role_label(name: str) -> str:
    """Return the role's label; a role created by an administrator shows its name."""
    return str(BUILT_IN[name].label) if name in BUILT_IN else name
