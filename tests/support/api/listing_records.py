"""Communities, listings and a customer who looks for one, made for the operations of the API."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any

from app.listings.homes.services import withdraw_listing
from app.listings.matching.services import judge_listing
from tests.support import make
from tests.support.listings import make_community, make_listing

if TYPE_CHECKING:
    from tests.support.databases.database import Database


def listings(database: Database) -> dict[str, list[Any]]:
    """Create listings in the states that operations need."""
    world, agent = database.world, database.world.actor("agent")
    place = make_community(agent, world, name="锦绣花园")
    looking = make.make_customer(agent, demand={"kind": "buy", "price_max": Decimal(1_000_000)})
    offered, reserved, ending, leaving, withdrawn = (make_listing(agent, place).id for _ in range(5))
    withdraw_listing(withdrawn, actor=agent)
    judge_listing(looking.id, listing_id=reserved, state="liked", actor=agent)
    return {
        "communities": [place.id],
        "listings": [offered],
        "offered_listings": [reserved],
        "ending_listings": [ending],
        "leaving_listings": [leaving],
        "withdrawn_listings": [withdrawn],
        "looking": [looking.id],
    }
