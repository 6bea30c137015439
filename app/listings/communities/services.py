"""Create and edit communities (LST-1)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask_babel import lazy_gettext as _

from app.audit import services as audit
from app.kernel import clock
from app.kernel.database.session import db
from app.kernel.database.transactions import transactional
from app.kernel.errors import Invalid, Stale
from app.kernel.translation import N_
from app.listings.communities.hanging import community_moved
from app.listings.communities.models import Community
from app.listings.communities.queries import get_community
from app.org.districts.queries import known_districts
from app.org.shared.directory import DISTRICTS

if TYPE_CHECKING:
    from collections.abc import Mapping
    from decimal import Decimal

    from app.kernel.access.actor import Actor

FIELDS = {
    "name": _("Name"),
    "district_id": _("District"),
    "address": _("Address"),
    "longitude": _("Longitude"),
    "latitude": _("Latitude"),
}
NOT_OF_A_COMPANY = _("Only staff of a company may enter this")


@transactional
def create_community(
    *,
    name: str,
    district_id: int,
    address: str | None = None,
    longitude: Decimal | None = None,
    latitude: Decimal | None = None,
    actor: Actor,
) -> Community:
    """Enter a community of the actor's company (LST-1).

    :raises Denied: ``community.name_taken`` where the district has one of this name.
    :raises Invalid: for an unknown district, or half a pair of coordinates.
    """
    if actor.company_id is None:
        raise Invalid(name=NOT_OF_A_COMPANY)
    _check(district_id, longitude, latitude)
    made = Community(
        company_id=actor.company_id,
        district_id=district_id,
        name=name,
        address=address,
        longitude=longitude,
        latitude=latitude,
        version=1,
        created_at=clock.now(),
    )
    db.session.add(made)
    db.session.flush()
    audit.record(actor, "community.create", made, N_("Community %(name)s entered"), name=name)
    return made


@transactional
def update_community(
    pk: int, *, values: Mapping[str, Any], version: int | None = None, actor: Actor
) -> Community:
    """Edit a community; its listings go along into another district (LST-1).

    :raises Denied: ``community.name_taken``.
    :raises Stale: when another person saved in between.
    """
    community = get_community(pk, actor=actor, lock=True)
    edited = {name: values[name] for name in FIELDS if name in values}
    changed = {
        name: (getattr(community, name), value)
        for name, value in edited.items()
        if getattr(community, name) != value
    }
    if version is not None and version != community.version:
        raise Stale(
            community.version, {str(FIELDS[name]): _logged(name, pair) for name, pair in changed.items()}
        )
    for name, (_before, after) in changed.items():
        setattr(community, name, after)
    _check(community.district_id, community.longitude, community.latitude)
    if changed:
        community.version += 1
        db.session.flush()
        if "district_id" in changed:
            db.session.expire(community, ["district"])
            community_moved(community)
        logged = {name: _logged(name, pair) for name, pair in changed.items()}
        audit.record(actor, "community.update", community, N_("Community edited"), logged)
    return community


def _check(district_id: int, longitude: Decimal | None, latitude: Decimal | None) -> None:
    if not known_districts([district_id]):
        raise Invalid(district_id=_("Not one of the choices"))
    if (longitude is None) != (latitude is None):
        missing = "latitude" if latitude is None else "longitude"
        raise Invalid(**{missing: _("Coordinates are a pair")})


def _logged(name: str, pair: tuple[Any, Any]) -> tuple[str, str]:
    """Return a change as the log keeps it: a district by its name."""
    before, after = (
        DISTRICTS.name(one) if name == "district_id" else "" if one is None else str(one) for one in pair
    )
    return before, after
