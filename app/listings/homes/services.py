"""Enter, edit and end listings, one verb a function (LST-0, LST-1)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask_babel import lazy_gettext as _
from sqlalchemy import update

from app.audit import services as audit
from app.kernel import clock
from app.kernel.access.guard import unscoped
from app.kernel.database.numbering import next_code
from app.kernel.database.session import db
from app.kernel.database.transactions import transactional
from app.kernel.errors import Invalid, Stale
from app.kernel.fields.forms import REQUIRED
from app.kernel.translation import N_
from app.listings.communities.queries import find_community
from app.listings.homes import policies
from app.listings.homes.choices import ACTIVE, STATUS
from app.listings.homes.models import Listing
from app.listings.homes.queries import MAINTAINING, get_listing
from app.notices import services as notices
from app.org.staff.queries import get_colleague

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import datetime

    from app.kernel.access.actor import Actor
    from app.kernel.errors import Decision
    from app.listings.communities.models import Community
    from app.org.shared.models import Staff

CODE_PREFIX = "LST"
LABELS = {
    "kind": _("Sale or rent"),
    "rooms": _("Rooms"),
    "halls": _("Halls"),
    "baths": _("Bathrooms"),
    "area": _("Area (m²)"),
    "price": _("Price"),
    "floor": _("Floor"),
    "floors": _("Floors of the building"),
    "orientation": _("Orientation"),
    "decoration": _("Decoration"),
    "tags": _("Tags"),
    "description": _("Description"),
}
_NONE_IS_ZERO = {"halls", "baths"}
_UNKNOWN = _("Not one of the choices")


@transactional
def create_listing(
    *, community_id: int, agent_id: int | None = None, values: Mapping[str, Any], actor: Actor
) -> Listing:
    """Enter a listing, on offer at once; it is the actor's to maintain unless ``agent_id`` names a colleague
    (LST-1).

    :raises Invalid: for a community or colleague of another company, a floor above the roof.
    """
    community = _community(community_id, actor)
    agent = _agent(actor.id if agent_id is None else agent_id, community, actor)
    moment = clock.now()
    made = Listing(
        company_id=community.company_id,
        code=next_code(CODE_PREFIX),
        status=ACTIVE,
        version=1,
        status_at=moment,
        price_at=moment,
        created_at=moment,
        **{name: values[name] for name in LABELS if values.get(name) is not None},
    )
    made.move_to(community)
    made.give_to(agent)
    _check(made)
    db.session.add(made)
    db.session.flush()
    audit.record(actor, "listing.create", made, N_("Listing %(code)s entered"), code=made.code)
    _notify_agent(made, N_("%(who)s gave you the listing %(name)s to maintain"), actor)
    return made


@transactional
def update_listing(
    pk: int, *, values: Mapping[str, Any], version: int | None = None, actor: Actor
) -> Listing:
    """Edit a listing: its fields, its community, its maintaining agent (LST-0).

    :raises Denied: 403 for who does not keep it.
    :raises Stale: when another person saved in between.
    :raises Invalid: as for a new one.
    """
    listing = get_listing(pk, actor=actor, lock=True)
    policies.can_keep(actor, listing).enforce()
    changed = _differences(listing, values)
    if version is not None and version != listing.version:
        raise Stale(listing.version, {str(LABELS[name]): _logged(pair) for name, pair in changed.items()})
    for name, (_before, after) in changed.items():
        if name == "price":
            listing.set_price(after, clock.now())
        else:
            setattr(listing, name, after)
    logged = {name: _logged(pair) for name, pair in changed.items()}
    logged |= _move(listing, values.get("community_id"), actor)
    given = _give(listing, values.get("agent_id"), actor)
    _check(listing)
    if logged or given:
        listing.bump()
        audit.record(actor, "listing.update", listing, N_("Listing edited"), {**logged, **given})
    if given:
        _notify_agent(listing, N_("%(who)s gave you the listing %(name)s to maintain"), actor)
    return listing


@transactional
def reserve_listing(pk: int, *, actor: Actor) -> Listing:
    """Note that a customer reserved the home (LST-0).

    :raises Denied: 403 for who does not keep it, 409 by its state.
    """
    return _change(pk, policies.can_reserve, Listing.reserve, "reserve", N_("Reserved"), actor)


@transactional
def finish_listing(pk: int, *, actor: Actor) -> Listing:
    """Note that the home is sold or let (LST-0).

    :raises Denied: 403 for who does not keep it, 409 by its state.
    """
    return _change(pk, policies.can_end, Listing.finish, "finish", N_("Sold or let"), actor)


@transactional
def withdraw_listing(pk: int, *, actor: Actor) -> Listing:
    """Note that the owner no longer offers the home (LST-0).

    :raises Denied: 403 for who does not keep it, 409 by its state.
    """
    return _change(pk, policies.can_end, Listing.withdraw, "withdraw", N_("Withdrawn"), actor)


@transactional
def offer_listing_again(pk: int, *, actor: Actor) -> Listing:
    """Put a listing back on offer (LST-0).

    :raises Denied: 403 for who does not keep it, 409 ``listing.active``.
    """
    message = N_("Offered again")
    return _change(pk, policies.can_offer_again, Listing.offer_again, "offer_again", message, actor)


def move_listings(community: Community) -> None:
    """Let the listings of a community lie in its present district."""
    moved = update(Listing).where(Listing.community_id == community.id)
    with unscoped("all listings of a community lie in its district, whoever keeps them (LST-1)"):
        db.session.execute(moved.values(district_id=community.district_id))


def _change(
    pk: int,
    rule: Callable[[Actor, Listing], Decision],
    step: Callable[[Listing, datetime], None],
    operation: str,
    message: str,
    actor: Actor,
) -> Listing:
    """Change the state under a lock, log it, and tell the maintaining agent what another person did."""
    listing = get_listing(pk, actor=actor, lock=True)
    rule(actor, listing).enforce()
    before = listing.status
    step(listing, clock.now())
    audit.record(actor, f"listing.{operation}", listing, message, {"status": (before, listing.status)})
    _notify_agent(
        listing,
        N_("%(who)s changed the state of the listing %(name)s: %(state)s"),
        actor,
        state=STATUS.label(listing.status),
    )
    return listing


def _notify_agent(listing: Listing, message: str, actor: Actor, **parameters: Any) -> None:
    if listing.agent_id != actor.id:
        notices.notify(
            listing.agent_id, message, about=listing, who=actor.name, name=listing.name, **parameters
        )


def _community(pk: int, actor: Actor) -> Community:
    found = find_community(pk, actor=actor)
    if found is None:
        raise Invalid(community_id=_UNKNOWN)
    return found


def _agent(pk: int, community: Community, actor: Actor) -> Staff:
    """Return who is to maintain a listing: a colleague of its company who may (ACC-15)."""
    found = get_colleague(pk, actor=actor, may=MAINTAINING)
    if found is None or found.company_id != community.company_id:
        raise Invalid(agent_id=_("Choose an active colleague of the company who may maintain listings"))
    return found


def _differences(listing: Listing, values: Mapping[str, Any]) -> dict[str, tuple[Any, Any]]:
    """Return the changed fields: before and after.

    :raises Invalid: for a required field that was emptied.
    """
    columns = Listing.__table__.c
    edited = {name: values[name] for name in LABELS if name in values}
    edited |= {name: 0 for name in _NONE_IS_ZERO & edited.keys() if edited[name] is None}
    empty = {name: REQUIRED for name, value in edited.items() if value is None and not columns[name].nullable}
    if empty:
        raise Invalid(**empty)
    return {
        name: (getattr(listing, name), value)
        for name, value in edited.items()
        if getattr(listing, name) != value
    }


def _move(listing: Listing, community_id: int | None, actor: Actor) -> dict[str, tuple[str, str]]:
    if community_id is None or community_id == listing.community_id:
        return {}
    before, community = listing.community.name, _community(community_id, actor)
    if community.company_id != listing.company_id:
        raise Invalid(community_id=_UNKNOWN)
    listing.move_to(community)
    return {"community": (before, community.name)}


def _give(listing: Listing, agent_id: int | None, actor: Actor) -> dict[str, tuple[str, str]]:
    if agent_id is None or agent_id == listing.agent_id:
        return {}
    before, agent = listing.agent.name, _agent(agent_id, listing.community, actor)
    listing.give_to(agent)
    return {"agent": (before, agent.name)}


def _check(listing: Listing) -> None:
    """Refuse a floor above the roof."""
    if listing.floor is not None and listing.floors is not None and listing.floor > listing.floors:
        raise Invalid(floor=_("The building has %(n)s floors", n=listing.floors))


def _logged(pair: tuple[Any, Any]) -> tuple[str, str]:
    before, after = ("" if one is None else str(one) for one in pair)
    return before, after
