"""Communities and listings for tests, made by the real services."""

from __future__ import annotations

from decimal import Decimal
from itertools import count
from typing import TYPE_CHECKING, Any

from app.listings.communities.services import create_community
from app.listings.homes.services import create_listing

if TYPE_CHECKING:
    from app.kernel.access.actor import Actor
    from app.listings.communities.models import Community
    from app.listings.homes.models import Listing
    from tests.support.people.world import World

_numbers = count(1)


def make_community(actor: Actor, world: World, *, district: str = "锦江区", **values: Any) -> Community:
    """Enter a community in a district."""
    values = {"name": f"小区{next(_numbers)}", "district_id": world.district(district).id, **values}
    return create_community(**values, actor=actor)


def make_listing(
    actor: Actor, community: Community, *, agent_id: int | None = None, **values: Any
) -> Listing:
    """Enter a listing: a flat of three rooms for sale unless said otherwise."""
    usual: dict[str, Any] = {
        "kind": "sale", "price": Decimal(1_000_000), "area": Decimal(100), "rooms": 3, "halls": 2, "baths": 1
    }  # fmt: skip
    given = {
        **usual,
        **{name: Decimal(value) if name in {"price", "area"} else value for name, value in values.items()},
    }
    return create_listing(community_id=community.id, agent_id=agent_id, values=given, actor=actor)
