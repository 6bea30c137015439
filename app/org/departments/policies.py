"""Policies of companies and departments: pure rules, no queries (ACC-1)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from flask_babel import lazy_gettext as _

from app.kernel.errors import ALLOW, Decision, conflict

if TYPE_CHECKING:
    from app.kernel.access.actor import Actor
    from app.org.shared.models import Department


@dataclass(frozen=True)
class DepartmentFacts:
    """What the policies read about a department beyond its record.

    ``has_children``, ``has_staff`` and ``has_records`` prevent its deletion; they are loaded for a
    department's own page only.  ``has_other_place``: its company has another place to move it to.
    """

    has_children: bool = False
    has_staff: bool = False
    has_records: bool = False
    has_other_place: bool = True


def can_move_department(_actor: Actor, _department: Department, facts: DepartmentFacts) -> Decision:
    """ACC-1: if its company has another place for it; :func:`can_move_below` checks the chosen one."""
    if not facts.has_other_place:
        return conflict(
            "department.no_other_place", _("All other departments of its company are below this one")
        )
    return ALLOW


def can_delete_department(_actor: Actor, _department: Department, facts: DepartmentFacts) -> Decision:
    """ACC-1: an empty department: nothing below it, no staff, no records."""
    if facts.has_children:
        return conflict("department.not_empty", _("There are departments below it"))
    if facts.has_staff:
        return conflict("department.not_empty", _("Staff belong to this department"))
    if facts.has_records:
        return conflict("department.not_empty", _("Records still belong to this department"))
    return ALLOW


def can_move_below(department: Department, parent: Department | None) -> Decision:
    """ACC-1: within the company, and never below itself."""
    if parent is None:
        return ALLOW
    if parent.company_id != department.company_id:
        return conflict("department.other_company", _("A department stays in its company"), field="parent_id")
    if parent.path.startswith(department.path):
        return conflict("department.cycle", _("A department cannot stand below itself"), field="parent_id")
    return ALLOW
