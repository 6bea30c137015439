"""The built-in roles: names, labels and data scopes as delivered (access.md, ACC-4)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from flask_babel import lazy_gettext as _

from app.kernel.access import grants

if TYPE_CHECKING:
    from app.kernel.errors import Sentence


@dataclass(frozen=True)
class BuiltInRole:
    """A role declared in code."""

    name: str
    label: Sentence
    scope: str


BUILT_IN = {
    role.name: role
    for role in (
        BuiltInRole(grants.ADMIN, _("Administrator"), "all"),
        BuiltInRole(grants.AUDITOR, _("Auditor (read-only)"), "all"),
        BuiltInRole(grants.CHANNEL_DIRECTOR, _("Channel director"), "company"),
        BuiltInRole(grants.CHANNEL_SECRETARY, _("Channel secretary"), "company"),
        BuiltInRole(grants.FINANCE, _("Finance"), "company"),
        BuiltInRole(grants.STORE_MANAGER, _("Store manager"), "department_tree"),
        BuiltInRole(grants.AGENT, _("Agent"), "own"),
        BuiltInRole(grants.SALES, _("Sales"), "own"),
        BuiltInRole(grants.ON_SITE, _("On-site staff"), "none"),
        BuiltInRole(grants.CONSULTANT, _("Property consultant"), "none"),
        BuiltInRole(grants.BROKER, _("Broker"), "none"),
        BuiltInRole(grants.BROKER_ON_SITE, _("Broker-company on-site"), "none"),
        BuiltInRole(grants.VISITOR, _("Walk-in visitor"), "none"),
    )
}


def role_label(name: str) -> str:
    """The role's name as people read it; a role of the administrator's own shows its name."""
    return str(BUILT_IN[name].label) if name in BUILT_IN else name
