"""Changes by an operation of the pool, as the operation log and the tab of edits show them."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from app.customers.shared.models import Customer

HoldingState = dict[str, tuple[object, str]]


def holding_state(customer: Customer) -> HoldingState:
    """Return status, handler and private holder of a customer; read before a change.

    Each has a value to compare and a text to show: two colleagues may have the same name.
    """
    handler, holder = customer.handler, customer.private_holder
    return {
        "follow_status": (customer.follow_status, customer.follow_status),
        "handler": (customer.handler_id, handler.name if handler else ""),
        "private_holder": (customer.private_holder_id, holder.name if holder else ""),
    }


def changes_since(before: HoldingState, customer: Customer) -> dict[str, tuple[str, str]]:
    """Return the differences: field → (before, after)."""
    after = holding_state(customer)
    return {name: (before[name][1], after[name][1]) for name in before if before[name][0] != after[name][0]}
