"""Handovers for tests, made by the real services."""

from __future__ import annotations

from typing import TYPE_CHECKING

from app.handover.handovers import services
from app.handover.handovers.queries import items_of
from app.handover.handovers.starting import start_handovers
from tests.support.make import make_customer

if TYPE_CHECKING:
    from app.customers.shared.models import Customer
    from app.handover.handovers.models import Handover
    from tests.support.people.world import World


def make_handover(
    world: World,
    *,
    stage: str = "preparation",
    customer: Customer | None = None,
    owner: str = "agent",
    receiver: str = "agent3",
    superior: str = "manager",
) -> Handover:
    """Start the handover of a customer of ``owner`` to ``receiver``, and take it to a stage."""
    mine = world.actor(owner)
    customer = customer or make_customer(mine)
    made = start_handovers(
        customer_ids=[customer.id],
        to_owner_id=world.actor(receiver).id,
        reason="resignation",
        actor=mine,
    )[0]
    if stage == "cancelled":
        return services.cancel_handover(made.id, reason="不离职了", actor=world.actor(superior))
    if stage != "preparation":
        for item in items_of(made):
            services.change_item(made.id, item.id, done=True, actor=mine)
        services.complete_preparation(made.id, actor=mine)
    if stage in {"confirmation", "completed"}:
        services.approve_handover(made.id, actor=world.actor(superior))
    if stage == "completed":
        services.confirm_handover(made.id, actor=world.actor(receiver))
    return made
