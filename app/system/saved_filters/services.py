"""Services of saved filters (CUST-13): all users have their own."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask_babel import lazy_gettext as _
from sqlalchemy import func, select

from app.audit import services as audit
from app.kernel import clock
from app.kernel.database.records import get_one
from app.kernel.database.session import db
from app.kernel.database.transactions import lock, transactional
from app.kernel.errors import Decision, Invalid, conflict
from app.kernel.pages.saved_filters import MAX_KEPT, MAX_QUERY, SavedFilter
from app.kernel.translation import N_

if TYPE_CHECKING:
    from app.kernel.access.actor import Actor


def get_saved_filter(pk: int, *, actor: Actor) -> SavedFilter:
    """Return one of the actor's own saved filters.

    :raises NotFound: when there is none.
    """
    own = select(SavedFilter).where(SavedFilter.id == pk, SavedFilter.person_id == actor.id)
    return get_one(own)


@transactional
def save_filter(*, list_key: str, query: str, name: str, actor: Actor) -> SavedFilter:
    """Save a list's filters, tab and order under a name.

    :raises Denied: when the name is taken, or the maximum number of filters is reached.
    """
    if not query or len(query) > MAX_QUERY:
        raise Invalid(name=_("There is no filter to save"))
    lock(f"saved_filter:{actor.id}")
    kept = select(func.count()).where(SavedFilter.person_id == actor.id, SavedFilter.list_key == list_key)
    if (db.session.scalar(kept) or 0) >= MAX_KEPT:
        sentence = _("At most %(n)s filters are kept for a list; delete one first", n=MAX_KEPT)
        conflict("saved_filter.too_many", sentence).enforce()
    _check_name(list_key, name, actor)
    made = SavedFilter(person_id=actor.id, list_key=list_key, name=name, query=query, created_at=clock.now())
    db.session.add(made)
    db.session.flush()
    audit.record(actor, "saved_filter.create", made, N_("Filter “%(name)s” saved"), name=name)
    return made


@transactional
def rename_filter(pk: int, *, name: str, actor: Actor) -> SavedFilter:
    """Rename a saved filter."""
    lock(f"saved_filter:{actor.id}")
    found = get_saved_filter(pk, actor=actor)
    if found.name == name:
        return found
    _check_name(found.list_key, name, actor)
    differences = {"name": (found.name, name)}
    found.name = name
    audit.record(
        actor, "saved_filter.rename", found, N_("Filter renamed to “%(name)s”"), differences, name=name
    )
    return found


@transactional
def delete_filter(pk: int, *, actor: Actor) -> SavedFilter:
    """Delete a saved filter."""
    found = get_saved_filter(pk, actor=actor)
    audit.record(actor, "saved_filter.delete", found, N_("Filter “%(name)s” deleted"), name=found.name)
    db.session.delete(found)
    return found


def _check_name(list_key: str, name: str, actor: Actor) -> None:
    taken: Any = select(SavedFilter.id).where(
        SavedFilter.person_id == actor.id, SavedFilter.list_key == list_key, SavedFilter.name == name
    )
    if db.session.scalar(taken) is not None:
        name_taken().enforce()


def name_taken() -> Decision:
    """Refuse a name that is taken."""
    return conflict("saved_filter.name_taken", _("You have a filter of this name already"), field="name")
