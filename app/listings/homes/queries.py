"""Reading listings: always scoped to the actor (LST-0)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import Select, select
from sqlalchemy.orm import joinedload

from app.customers.shared.queries import in_data_scope
from app.kernel.access.actor import cached_per_actor
from app.kernel.access.guard import scoped
from app.kernel.database.records import get_one
from app.kernel.lists.grounds import AccessGround, narrow_to_grounds
from app.listings.homes.choices import ACTIVE
from app.listings.homes.models import Listing
from app.listings.homes.permissions import ListingPermission
from app.org.staff.queries import name_for

if TYPE_CHECKING:
    from app.kernel.access.actor import Actor

MAINTAINING = name_for("maintain_listings", ListingPermission.UPDATE)
PEOPLE: tuple[Any, ...] = (
    joinedload(Listing.community),
    joinedload(Listing.district),
    joinedload(Listing.agent),
    joinedload(Listing.department),
)
_L = Listing.__table__.c


@cached_per_actor
def visible_listings(actor: Actor) -> Select[Listing]:
    """Select the listings on offer of the actor's company; besides, whatever their state, those that the
    actor's own people maintain, and all of the company for who may keep listings (LST-0).
    """
    statement = scoped(select(Listing))
    if actor.opens_all:
        return statement
    own = () if actor.company_id is None else (actor.company_id,)
    if actor.may(ListingPermission.KEEP):
        return narrow_to_grounds(statement, [AccessGround(None, _L.company_id, own)])
    offered = AccessGround(_L.status == ACTIVE, _L.company_id, own)
    return narrow_to_grounds(statement, [offered, in_data_scope(_L.agent_id, actor)])


def offered_listings(company_id: int) -> Select[Any]:
    """Select the listings on offer of a company, which all of its people see (LST-0)."""
    return scoped(select(Listing).where(_L.company_id == company_id, _L.status == ACTIVE))


def get_listing(pk: int, *, actor: Actor, lock: bool = False) -> Listing:
    """Return a listing that the actor may see; locked for a change if asked.

    :raises NotFound: when it does not exist, or is out of reach.
    """
    return get_one(visible_listings(actor).where(_L.id == pk).options(*PEOPLE), lock=lock, of=(Listing,))
