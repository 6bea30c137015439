"""Who may do what with companies and departments: pure rules, no queries (ACC-1)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask_babel import lazy_gettext as _

from app.kernel.errors import ALLOW, Decision, conflict

if TYPE_CHECKING:
    from app.org.shared.models import Department


def can_move_department(department: Department, parent: Department | None) -> Decision:
    """ACC-1: within the company, and never below itself."""
    if parent is None:
        return ALLOW
    if parent.company_id != department.company_id:
        return conflict("department.other_company", _("A department stays in its company"), field="parent_id")
    if parent.path.startswith(department.path):
        return conflict("department.cycle", _("A department cannot stand below itself"), field="parent_id")
    return ALLOW
