"""The buttons of the tabs of a customer's detail."""

from __future__ import annotations

from typing import TYPE_CHECKING

from app.customers.shared.permissions import CustomerPermission
from app.kernel.pages.operations import operation_button

if TYPE_CHECKING:
    from app.customers.shared import policies
    from app.customers.shared.models import Customer
    from app.kernel.access.actor import Actor
    from app.kernel.pages.elements import Button
    from app.kernel.pages.operations import Operation


def form_button(action: Operation, customer: Customer, actor: Actor, facts: policies.Facts) -> list[Button]:
    """Return the operation as a button of its tab; disabled with the reason, absent without permission."""
    if not actor.has_permission(action.needs, CustomerPermission.resource):
        return []
    return [operation_button("CustomerView", action, customer, action.policy(actor, customer, facts))]
