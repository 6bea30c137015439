"""Who may create a customer, for whom and where (POOL-1, POOL-2)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask_babel import lazy_gettext as _

from app.kernel.errors import ALLOW, Decision, forbidden

if TYPE_CHECKING:
    from app.kernel.access.actor import Actor


def can_create_for_owner(actor: Actor, owner_id: int, *, has_scope: bool) -> Decision:
    """POOL-1: for oneself, or for an owner in one's scope."""
    if actor.id == owner_id or has_scope:
        return ALLOW
    return forbidden(
        "customer.not_your_staff", _("You may create customers for yourself and your own staff only")
    )


def can_create_in_department(actor: Actor, department_id: int) -> Decision:
    """POOL-2: staff with scope over the department, or working in it."""
    if actor.department_id == department_id or actor.has_scope_over_department(department_id):
        return ALLOW
    return forbidden(
        "customer.not_your_department", _("You may create platform customers in your own departments only")
    )
