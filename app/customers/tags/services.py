"""Create, merge and clean up tags; put them on customers and take them off (CUST-23)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask_babel import lazy_gettext as _
from sqlalchemy import delete, select, update

from app.audit import services as audit
from app.audit.undo.services import Undo, undoable
from app.customers.labels.models import TAG_LENGTH, CustomerTag, Tag
from app.customers.shared.permissions import CustomerPermission
from app.customers.shared.queries import (
    facts_for,
    facts_of,
    get_customer,
    get_customer_to_undo,
    get_customers,
)
from app.customers.tags import policies
from app.customers.tags.queries import chosen_tags, get_tag, held_tags, tag_by_name, tag_facts
from app.kernel import clock
from app.kernel.database.cache import invalidate
from app.kernel.database.session import db
from app.kernel.database.transactions import lock, transactional
from app.kernel.errors import OUT_OF_REACH, Decision, Invalid, conflict
from app.kernel.text import clean_line
from app.kernel.translation import N_

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence

    from app.audit.models import AuditHead
    from app.customers.shared.models import Customer
    from app.kernel.access.actor import Actor

_MARKUP = frozenset("<>&\"'`,，、;；")
DEFAULT_TONE = "blue"
UNKNOWN = _("Not one of the choices")
TAGS_UNDO = Undo("customer.tags_undone", N_("Change of the tags undone"), get_customer_to_undo)


def read_name(text: str, field: str = "name") -> str:
    """Return the name of a tag, checked.

    :raises Invalid: for an empty one, one that is too long, or one with markup or separators.
    """
    name = clean_line(text)
    if not name:
        raise Invalid(**{field: _("This field is required")})
    if len(name) > TAG_LENGTH:
        raise Invalid(**{field: _("A tag has at most %(n)s characters", n=TAG_LENGTH)})
    if _MARKUP & {*name}:
        raise Invalid(**{field: _("A tag has no commas, quotes or angle brackets")})
    return name


@transactional
def create_tag(*, name: str, tone: str | None = None, actor: Actor) -> Tag:
    """Create a tag (CUST-23).

    :raises Denied: ``tag.name_taken``.
    """
    read = read_name(name)
    lock("tags")
    if tag_by_name(read) is not None:
        name_taken().enforce()
    return _make(read, tone, actor)


def _make(name: str, tone: str | None, actor: Actor) -> Tag:
    made = Tag(name=name, tone=tone or DEFAULT_TONE, is_predefined=False, created_at=clock.now())
    db.session.add(made)
    db.session.flush()
    audit.record(actor, "tag.create", made, N_("Tag %(name)s created"), name=name)
    invalidate()
    return made


@transactional
def edit_tag(pk: int, *, name: str, tone: str | None = None, actor: Actor) -> Tag:
    """Rename a tag, or give it another colour.

    :raises Denied: ``tag.predefined`` for the name of a predefined one, ``tag.name_taken``.
    """
    tag, read = get_tag(pk, lock=True), read_name(name)
    policies.can_rename_tag(tag, read).enforce()
    same = tag_by_name(read)
    if same not in (None, pk):
        name_taken().enforce()
    changed = {
        key: (getattr(tag, key), value)
        for key, value in (("name", read), ("tone", tone or tag.tone))
        if getattr(tag, key) != value
    }
    if changed:
        tag.name, tag.tone = read, tone or tag.tone
        db.session.flush()
        audit.record(actor, "tag.edit", tag, N_("Tag edited"), changed)
        invalidate()
    return tag


@transactional
def merge_tags(pk: int, *, other_id: int, actor: Actor) -> Tag:
    """Give the tag to all customers of another one, which goes (CUST-23).

    :raises Invalid: when there is no such other tag.
    :raises Denied: ``tag.same``, ``tag.predefined``.
    """
    locked = {}
    for one in sorted({pk, other_id}):
        found = db.session.get(Tag, one, with_for_update=True, populate_existing=True)
        if found is None and one != pk:
            raise Invalid(other_id=UNKNOWN)
        locked[one] = found or get_tag(one)
    tag, other = locked[pk], locked[other_id]
    policies.can_merge_tags(tag, other).enforce()
    both = select(CustomerTag.customer_id).where(CustomerTag.tag_id == pk)
    of_other = CustomerTag.tag_id == other_id
    db.session.execute(delete(CustomerTag).where(of_other, CustomerTag.customer_id.in_(both)))
    db.session.execute(update(CustomerTag).where(of_other).values(tag_id=pk))
    audit.record(actor, "tag.merge", tag, N_("Tag %(name)s merged into this one"), name=other.name)
    audit.record(actor, "tag.delete", other, N_("Tag merged into %(name)s"), name=tag.name)
    db.session.delete(other)
    invalidate()
    return tag


@transactional
def delete_tag(pk: int, *, actor: Actor) -> Tag:
    """Delete an unused tag (CUST-23).

    :raises Denied: ``tag.used``, ``tag.predefined``.
    """
    tag = get_tag(pk, lock=True)
    policies.can_delete_tag(actor, tag, tag_facts([tag])[pk]).enforce()
    audit.record(actor, "tag.delete", tag, N_("Tag %(name)s deleted"), name=tag.name)
    db.session.delete(tag)
    invalidate()
    return tag


@transactional
def set_tags(pk: int, *, tag_ids: Sequence[int] | None, names: str | None = None, actor: Actor) -> Customer:
    """Give a customer just these tags; ``names`` are further ones with commas between, made where new.

    :raises Invalid: for a tag that does not exist, or a name that cannot be one.
    :raises Denied: when the actor may not, or past the limit.
    """
    customer = get_customer(pk, actor=actor, lock=True)
    policies.can_tag(actor, customer, facts_for(customer, actor)).enforce()
    wanted = _tags([*(tag_ids or ()), *split_names(names)], actor, "tag_ids", "names")
    policies.within_limit(wanted).enforce()
    with undoable(CustomerPermission.TAG, [customer], actor):
        _change(customer, held_tags([pk])[pk], wanted, audit.lock_heads([customer])[pk], actor)
    db.session.expire(customer, ["tag_ids"])
    return customer


@transactional
def tag_customers(
    pks: Sequence[int], *, add: Iterable[int | str], remove: Iterable[int | str], actor: Actor
) -> dict[int, Decision]:
    """Add tags to many customers and take others off, in one transaction: id → verdict (CUST-14, CUST-23).

    Tags are named by id or by name; a name to add that is no tag yet becomes one.

    :raises Invalid: for a tag that does not exist, a name that cannot be one, or when nothing is asked.
    """
    added = _tags([*add], actor, "add", "add")
    removed = _known(remove)
    if not added and not removed:
        raise Invalid(add=_("Name at least one tag to add or to remove"))
    customers = get_customers(pks, actor=actor)
    facts, heads = facts_of(customers, actor, complete=True), audit.lock_heads(customers)
    held = held_tags(one.id for one in customers)
    wanted = {one.id: ({*held[one.id]} | {*added}) - ({*removed} - {*added}) for one in customers}
    verdicts: dict[int, Decision] = dict.fromkeys(pks, OUT_OF_REACH)
    for one in customers:
        allowed = policies.can_tag(actor, one, facts[one.id])
        verdicts[one.id] = policies.within_limit(wanted[one.id]) if allowed else allowed
    chosen = [one for one in customers if verdicts[one.id]]
    with undoable(CustomerPermission.TAG, chosen, actor, owner="customer_id"):
        for one in chosen:
            _change(one, held[one.id], wanted[one.id], heads[one.id], actor)
    return verdicts


def _change(
    customer: Customer,
    held: Mapping[int, CustomerTag],
    wanted: Collection[int],
    head: AuditHead,
    actor: Actor,
) -> None:
    """Bring a customer's tags to the wanted ones, and log it under the customer."""
    gone, come = {*held} - {*wanted}, {*wanted} - {*held}
    for pk in gone:
        db.session.delete(held[pk])
    db.session.add_all(
        CustomerTag(customer_id=customer.id, tag_id=pk, created_at=customer.created_at) for pk in sorted(come)
    )
    names = _names({*held, *wanted})
    before, after = ("、".join(names[pk] for pk in sorted(ids)) for ids in (held, wanted))
    audit.append(head, actor, "customer.tag", customer, N_("Tags changed"), {"tags": (before, after)})


def _names(pks: Collection[int]) -> dict[int, str]:
    """Return the names of tags; those made in this transaction too."""
    return {one.id: one.name for pk in pks if (one := db.session.get(Tag, pk)) is not None}


def split_names(text: str | None) -> list[str]:
    """Return the names in a text with commas between them."""
    for mark in ("，", "、", ";", "；"):
        text = (text or "").replace(mark, ",")
    return [part.strip() for part in (text or "").split(",") if part.strip()]


def _tags(given: Sequence[int | str], actor: Actor, ids_field: str, names_field: str) -> list[int]:
    """Return the ids of the tags, held against deletion; names that are no tag yet become one."""
    named = dict.fromkeys(read_name(one, names_field) for one in given if isinstance(one, str))
    ids = dict.fromkeys(one for one in given if not isinstance(one, str))
    if len(named) + len(ids) > policies.MOST_TAGS:
        raise Invalid(**{ids_field: _("A customer has at most %(n)s tags", n=policies.MOST_TAGS)})
    if any(tag_by_name(name) is None for name in named):
        lock("tags")
    for name in named:
        pk = tag_by_name(name)
        ids[pk if pk is not None else _make(name, None, actor).id] = None
    found = [one.id for one in db.session.scalars(chosen_tags(ids))] if ids else []
    if len(found) != len(ids):
        raise Invalid(**{ids_field: UNKNOWN})
    return found


def _known(given: Iterable[int | str]) -> list[int]:
    """Return the ids of tags to take off; a name that is no tag is on no customer."""
    found = [tag_by_name(one) if isinstance(one, str) else one for one in given]
    return [*dict.fromkeys(pk for pk in found if pk is not None)]


def name_taken() -> Decision:
    """Refuse a tag name that is taken."""
    return conflict("tag.name_taken", _("There is a tag of this name"), field="name")


@transactional
def tag_chosen(
    pks: Sequence[int],
    *,
    add: Sequence[int] | None,
    names: str | None,
    remove: Sequence[int] | None,
    actor: Actor,
) -> dict[int, Decision]:
    """Do what the form of a batch says; see :func:`tag_customers`."""
    added: list[int | str] = [*(add or ()), *split_names(names)]
    return tag_customers(pks, add=added, remove=remove or (), actor=actor)
