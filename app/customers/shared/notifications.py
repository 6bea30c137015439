"""Notices of an operation on a customer to the people concerned."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from app.notices import services as notices

if TYPE_CHECKING:
    from app.customers.shared.models import Customer
    from app.kernel.access.actor import Actor


def notify_about(
    customer: Customer,
    recipient_id: int,
    message: str,
    actor: Actor,
    *,
    body: str = "",
    about: Any = None,
    **parameters: Any,
) -> None:
    """Notify a person of what the actor did; the notice links to the customer, and its message may name who
    did it (``who``) and the customer (``name``).  ``about`` is the record on which something is to be done.
    """
    notices.notify(
        recipient_id,
        message,
        customer_id=customer.id,
        about=about,
        body=body,
        who=actor.name,
        name=customer.name,
        **parameters,
    )
