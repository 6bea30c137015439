"""Who edits listings and changes their state: pure rules, no queries (LST-0, LST-1)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask_babel import lazy_gettext as _

from app.kernel.errors import ALLOW, Decision, conflict, forbidden
from app.listings.homes.choices import ACTIVE, DONE, RESERVED, WITHDRAWN
from app.listings.homes.permissions import ListingPermission

if TYPE_CHECKING:
    from app.kernel.access.actor import Actor
    from app.listings.homes.models import Listing

NOT_KEEPER = forbidden(
    "listing.not_keeper",
    _("Only the maintaining agent, a superior, or who may keep listings may do this"),
)
_ALREADY = {
    ACTIVE: conflict("listing.active", _("This listing is on offer")),
    RESERVED: conflict("listing.reserved", _("This listing is reserved already")),
    DONE: conflict("listing.done", _("This home is sold or let; offer it again first")),
    WITHDRAWN: conflict("listing.withdrawn", _("This listing was withdrawn; offer it again first")),
}


def can_keep(actor: Actor, listing: Listing) -> Decision:
    """LST-0: the maintaining agent, their superiors, and colleagues with the permission to keep listings."""
    if actor.id == listing.agent_id or actor.manages(listing.agent):
        return ALLOW
    same = actor.opens_all or actor.company_id == listing.company_id
    return ALLOW if same and actor.may(ListingPermission.KEEP) else NOT_KEEPER


def can_reserve(actor: Actor, listing: Listing) -> Decision:
    """LST-0: a listing on offer is reserved by who keeps it."""
    return _in(actor, listing, ACTIVE)


def can_end(actor: Actor, listing: Listing) -> Decision:
    """LST-0: one on offer or reserved is sold, let or withdrawn by who keeps it."""
    return _in(actor, listing, ACTIVE, RESERVED)


def can_offer_again(actor: Actor, listing: Listing) -> Decision:
    """LST-0: one that is not on offer is put back by who keeps it."""
    return _in(actor, listing, RESERVED, DONE, WITHDRAWN)


def _in(actor: Actor, listing: Listing, *statuses: str) -> Decision:
    """The person is asked about first, then the state."""
    verdict = can_keep(actor, listing)
    if not verdict or listing.status in statuses:
        return verdict
    return _ALREADY[listing.status]
