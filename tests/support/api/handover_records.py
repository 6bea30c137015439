"""Handovers in each stage, made for the operations of the API."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from app.handover.handovers.queries import items_of
from app.handover.handovers.services import change_item
from tests.support import make
from tests.support.handovers import make_handover

if TYPE_CHECKING:
    from tests.support.databases.database import Database


def handovers(database: Database) -> dict[str, list[Any]]:
    """Create handovers in the stages that operations need."""
    world = database.world
    agent = world.actor("agent")
    first, ready = make_handover(world), make_handover(world)
    for item in items_of(ready):
        change_item(ready.id, item.id, done=True, actor=agent)
    stages = {
        "reviewed_handovers": "review",
        "returned_handovers": "review",
        "readdressed_handovers": "review",
        "confirmed_handovers": "confirmation",
        "declined_handovers": "confirmation",
        "cancelled_handovers": "preparation",
    }
    return {
        "handovers": [first.id],
        "handover_items": [item.id for item in items_of(first)],
        "handover-batches": [make_handover(world).batch_id],
        "ready_handovers": [ready.id],
        "to_hand_over": [make.make_customer(agent).id for _ in range(3)],
        **{key: [make_handover(world, stage=stage).id] for key, stage in stages.items()},
    }
