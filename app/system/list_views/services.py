"""Services of saved views (OFF-5, CUST-13): all users have their own; some share them with their team."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask_babel import lazy_gettext as _
from sqlalchemy import func, or_, select

from app.audit import services as audit
from app.kernel import clock
from app.kernel.database.records import get_one
from app.kernel.database.session import db
from app.kernel.database.transactions import lock, transactional
from app.kernel.errors import Decision, Invalid, conflict
from app.kernel.folding import search_key
from app.kernel.pages.list_views import DENSITIES, MAX_KEPT, MAX_QUERY, ListView
from app.kernel.translation import N_
from app.system.list_views.policies import can_share, can_withdraw

if TYPE_CHECKING:
    from collections.abc import Sequence

    from app.kernel.access.actor import Actor
    from app.kernel.pages.list_views import ViewContent

# What the log says of saved filters, which views replaced: its rows are read for good.
FORMER = (
    N_("Filter “%(name)s” saved"),
    N_("Filter renamed to “%(name)s”"),
    N_("Filter “%(name)s” deleted"),
)


def get_list_view(pk: int, *, actor: Actor) -> ListView:
    """Return one of the actor's own saved views.

    :raises NotFound: when there is none.
    """
    found: ListView = get_one(_named(actor).where(ListView.id == pk))
    return found


def _named(actor: Actor) -> Any:
    return select(ListView).where(ListView.person_id == actor.id, ListView.name != "")


def _own_views(list_key: str, actor: Actor) -> Sequence[ListView]:
    own = _named(actor).where(ListView.list_key == list_key)
    found: Sequence[ListView] = db.session.scalars(own.order_by(ListView.position, ListView.id)).all()
    return found


def _lock(actor: Actor) -> None:
    lock(f"list_view:{actor.id}")


@transactional
def save_view(
    *,
    list_key: str,
    content: ViewContent,
    name: str,
    is_default: bool = False,
    is_shared: bool = False,
    actor: Actor,
) -> ListView:
    """Save a list's filters, tab, order and look under a name.

    :raises Denied: when the name is taken, the maximum is reached, or the actor may not share it.
    """
    if not any(content.pairs()) or len(content.query) > MAX_QUERY:
        raise Invalid(name=_("There is nothing to save"))
    _lock(actor)
    views = _own_views(list_key, actor)
    if len(views) >= MAX_KEPT:
        sentence = _("At most %(n)s views are kept for a list; delete one first", n=MAX_KEPT)
        conflict("list_view.too_many", sentence, field="name").enforce()
    _check_name(list_key, name, actor)
    made = ListView(
        person_id=actor.id,
        list_key=list_key,
        name=name,
        department_id=_team(actor) if is_shared else None,
        position=1 + max((one.position for one in views), default=0),
        created_at=clock.now(),
    )
    made.keep(content)
    _set_default(made, views, wanted=is_default)
    db.session.add(made)
    db.session.flush()
    audit.record(actor, "list_view.create", made, N_("View “%(name)s” saved"), name=name)
    return made


@transactional
def edit_view(
    pk: int, *, name: str, is_default: bool = False, is_shared: bool | None = None, actor: Actor
) -> ListView:
    """Rename a view, make it the one with which its list opens, share it or stop sharing it.

    ``is_shared`` None leaves the sharing as it is.
    """
    _lock(actor)
    found = get_list_view(pk, actor=actor)
    before = _facts(found)
    if name != found.name:
        _check_name(found.list_key, name, actor, but=pk)
        found.name = name
    if is_shared is not None and is_shared != (found.department_id is not None):
        found.department_id = _team(actor) if is_shared else None
    _set_default(found, _own_views(found.list_key, actor), wanted=is_default)
    differences = {
        key: (old, new) for (key, old), new in zip(before.items(), _facts(found).values(), strict=True)
    }
    differences = {key: pair for key, pair in differences.items() if pair[0] != pair[1]}
    if differences:
        words = N_("View “%(name)s” changed")
        audit.record(actor, "list_view.update", found, words, differences, name=found.name)
    return found


@transactional
def keep_changes(pk: int, *, content: ViewContent, actor: Actor) -> ListView:
    """Let a view keep what its list asks for now."""
    if len(content.query) > MAX_QUERY:
        raise Invalid(name=_("There is nothing to save"))
    found = get_list_view(pk, actor=actor)
    if found.content != content:
        found.keep(content)
        audit.record(
            actor, "list_view.keep", found, N_("View “%(name)s” keeps other filters"), name=found.name
        )
    return found


@transactional
def move_view(pk: int, *, steps: int, actor: Actor) -> ListView:
    """Move a view among the actor's own of its list, as far as there is room."""
    _lock(actor)
    found = get_list_view(pk, actor=actor)
    views = [*_own_views(found.list_key, actor)]
    at = views.index(found)
    views.insert(max(0, min(len(views) - 1, at + steps)), views.pop(at))
    for number, one in enumerate(views, start=1):
        one.position = number
    return found


@transactional
def delete_view(pk: int, *, actor: Actor) -> ListView:
    """Delete a saved view."""
    found = get_list_view(pk, actor=actor)
    audit.record(actor, "list_view.delete", found, N_("View “%(name)s” deleted"), name=found.name)
    db.session.delete(found)
    return found


@transactional
def withdraw_view(pk: int, *, actor: Actor) -> ListView:
    """Stop sharing a view: it stays its owner's."""
    within = or_(ListView.person_id == actor.id, ListView.department_id == actor.department_id)
    found: ListView = get_one(
        select(ListView).where(ListView.id == pk, ListView.name != "", within), lock=True
    )
    can_withdraw(actor, found).enforce()
    found.department_id = None
    audit.record(actor, "list_view.withdraw", found, N_("View “%(name)s” is shared no more"), name=found.name)
    return found


@transactional
def save_layout(
    *,
    list_key: str,
    pk: int | None = None,
    columns: str | None = None,
    density: str | None = None,
    tab: str | None = None,
    actor: Actor,
) -> ListView:
    """Keep the columns, row height or first tab of the list for the actor, or of the view that is open.

    What is None stays as it is.  It is a person's own look of a page, and not logged.
    """
    if density is not None and density not in DENSITIES:
        raise Invalid(density=_("Not one of the choices"))
    _lock(actor)
    found = get_list_view(pk, actor=actor) if pk else _layout(list_key, actor)
    if found.list_key != list_key:
        raise Invalid(list=_("Not one of the choices"))
    found.columns = found.columns if columns is None else columns
    found.density = found.density if density is None else density
    if tab is not None and not pk:
        found.tab = tab
    db.session.add(found)
    db.session.flush()
    return found


def _layout(list_key: str, actor: Actor) -> ListView:
    own = select(ListView).where(
        ListView.person_id == actor.id, ListView.list_key == list_key, ListView.name == ""
    )
    found = db.session.scalar(own)
    return found or ListView(
        person_id=actor.id, list_key=list_key, name="", columns="", density="", tab="", created_at=clock.now()
    )


def _facts(one: ListView) -> dict[str, Any]:
    return {"name": one.name, "is_default": one.is_default, "department_id": one.department_id}


def _team(actor: Actor) -> int | None:
    """Return the department that a view is shared with.

    :raises Denied: when the actor may not share views.
    """
    can_share(actor).enforce()
    return actor.department_id


def _set_default(one: ListView, views: Sequence[ListView], *, wanted: bool) -> None:
    """A list opens with one view at most."""
    if wanted:
        for other in views:
            if other is not one and other.is_default:
                other.is_default = False
        db.session.flush()  # the other one first: the index allows a single default
    one.is_default = wanted


def _check_name(list_key: str, name: str, actor: Actor, *, but: int = 0) -> None:
    key = search_key(name)
    if not key:
        raise Invalid(name=_("A name needs a letter or a digit"))
    taken = select(func.count()).where(
        ListView.person_id == actor.id,
        ListView.list_key == list_key,
        ListView.name_search == key,
        ListView.id != but,
    )
    if db.session.scalar(taken):
        name_taken().enforce()


def name_taken() -> Decision:
    """Refuse a name that is taken."""
    return conflict("list_view.name_taken", _("You have a view of this name already"), field="name")
