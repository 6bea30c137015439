"""The place of a number: with which owner or in which department it counts (POOL-1, POOL-2)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from app.org.sessions.actors import actor_of_colleague

if TYPE_CHECKING:
    from app.customers.shared.models import Customer
    from app.kernel.access.actor import Actor
    from app.org.shared.models import Staff


@dataclass(frozen=True)
class NumberPlace:
    """The place of a new number: with an owner (personal) or in a department (platform).

    ``reach`` are the departments in which a platform customer counts as the owner's own (POOL-1 d).
    """

    pool: str
    department_id: int
    owner_id: int | None = None
    reach: frozenset[int] = frozenset()
    reaches_all: bool = False

    @property
    def scope(self) -> str:
        """Return the claim's scope where the pool's rules decide."""
        return f"o:{self.owner_id}" if self.pool == "personal" else f"d:{self.department_id}"


def number_place_of_owner(owner: Staff, actor: Actor) -> NumberPlace:
    """Return the place of an owner's number; "my departments" are the owner's, also when a superior creates
    (POOL-1).
    """
    reach = actor
    if owner.id != actor.id:
        reach = actor_of_colleague(owner.id)
    return NumberPlace(
        "personal",
        owner.department_id,
        owner.id,
        reach.departments | {owner.department_id},
        reaches_all=reach.sees_all,
    )


def number_place_of(customer: Customer, actor: Actor) -> NumberPlace:
    """Return the place of an existing customer's number."""
    if customer.pool == "personal" and customer.owner is not None:
        return number_place_of_owner(customer.owner, actor)
    return NumberPlace("platform", customer.department_id)
