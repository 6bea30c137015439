"""Reading communities: those of the actor's company (LST-0)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import Select, select
from sqlalchemy.orm import joinedload

from app.kernel.access.guard import scoped
from app.kernel.database.conditions import id_in
from app.kernel.database.records import get_one
from app.kernel.database.session import db
from app.kernel.errors import NotFound
from app.kernel.lists.grounds import AccessGround, narrow_to_grounds
from app.listings.communities.models import Community

if TYPE_CHECKING:
    from collections.abc import Iterable

    from app.kernel.access.actor import Actor

WITH_DISTRICT = (joinedload(Community.district),)
_C = Community.__table__.c


def visible_communities(actor: Actor) -> Select[Community]:
    """Select the communities of the actor's company; of all for who opens everything."""
    statement = scoped(select(Community))
    if actor.opens_all:
        return statement
    own = () if actor.company_id is None else (actor.company_id,)
    return narrow_to_grounds(statement, [AccessGround(None, _C.company_id, own)])


def get_community(pk: int, *, actor: Actor, lock: bool = False) -> Community:
    """Return a community of the actor's company.

    :raises NotFound: when there is none.
    """
    found = visible_communities(actor).where(_C.id == pk).options(*WITH_DISTRICT)
    return get_one(found, lock=lock, of=(Community,))


def find_community(pk: int, *, actor: Actor) -> Community | None:
    """Return a community that a form names, or None."""
    try:
        return get_community(pk, actor=actor)
    except NotFound:
        return None


def community_names(pks: Iterable[int], actor: Actor) -> dict[int, str]:
    """Return the names of the given communities, in one statement."""
    found = visible_communities(actor).where(id_in(_C.id, [*pks])).with_only_columns(_C.id, _C.name)
    return dict(db.session.execute(found).all())
