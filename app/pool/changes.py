"""What an operation of the pool changed, as the operation log and the edits show it."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from app.customers.models import Customer

HoldingState = dict[str, tuple[object, str]]


def holding_state(customer: Customer) -> HoldingState:
    """Where the customer stands: status, handler, private holder; read before a change.

    Each as what is compared and what is shown: two colleagues may have one name.
    """
    handler, holder = customer.handler, customer.private_holder
    return {
        "follow_status": (customer.follow_status, customer.follow_status),
        "handler": (customer.handler_id, handler.name if handler else ""),
        "private_holder": (customer.private_holder_id, holder.name if holder else ""),
    }


def changes_since(before: HoldingState, customer: Customer) -> dict[str, tuple[str, str]]:
    """Field → (before, after) of what differs."""
    after = holding_state(customer)
    return {name: (before[name][1], after[name][1]) for name in before if before[name][0] != after[name][0]}
