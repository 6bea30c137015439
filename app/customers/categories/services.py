"""Keep the tree of categories, and put customers into them (CUST-24)."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any

from flask_babel import lazy_gettext as _
from sqlalchemy import func, select, update

from app.audit import services as audit
from app.audit.undo.services import Undo, undoable
from app.customers.categories import policies
from app.customers.categories.queries import category_facts, chosen_categories, get_category, held_categories
from app.customers.labels.models import MAX_PATH, Category, CustomerCategory
from app.customers.labels.queries import get_category_name_map
from app.customers.shared.permissions import CustomerPermission
from app.customers.shared.queries import (
    facts_for,
    facts_of,
    get_customer,
    get_customer_to_undo,
    get_customers,
)
from app.kernel.database.cache import invalidate
from app.kernel.database.session import db
from app.kernel.database.transactions import lock, transactional
from app.kernel.errors import OUT_OF_REACH, Decision, Invalid, NotFound, conflict
from app.kernel.translation import N_

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from app.audit.models import AuditHead
    from app.customers.shared.models import Customer
    from app.kernel.access.actor import Actor

TREE_LOCK = "categories"
UNKNOWN = _("Not one of the choices")
CATEGORIES_UNDO = Undo(
    "customer.categories_undone", N_("Change of the categories undone"), get_customer_to_undo
)
_TERMS = ("name", "credit_ceiling", "payment_days", "service_standard")


@transactional
def add_category(
    *,
    name: str,
    parent_id: int | None = None,
    credit_ceiling: Decimal | None = None,
    payment_days: int | None = None,
    service_standard: str | None = None,
    actor: Actor,
) -> Category:
    """Create a category below another one, or at the top (CUST-24); amounts in CNY.

    :raises Invalid: when there is no such category above.
    :raises Denied: ``category.too_deep``, ``category.name_taken``.
    """
    lock(TREE_LOCK)
    parent = _parent(parent_id)
    made = Category(
        name=name,
        parent_id=parent.id if parent else None,
        credit_ceiling=credit_ceiling,
        payment_days=payment_days,
        service_standard=service_standard,
        path="",
    )
    db.session.add(made)
    db.session.flush()
    made.path = f"{parent.path if parent else '/'}{made.id}/"
    _check_depth(len(made.path))
    audit.record(actor, "category.create", made, N_("Category %(name)s created"), name=name)
    invalidate()
    return made


@transactional
def edit_category(pk: int, *, actor: Actor, **values: Any) -> Category:
    """Change the name of a category and the terms that its customers inherit.

    :raises Denied: ``category.name_taken``.
    """
    category = get_category(pk, lock=True)
    changed = {
        name: (_text(getattr(category, name)), _text(values[name]))
        for name in _TERMS
        if name in values and _text(getattr(category, name)) != _text(values[name])
    }
    for name in changed:
        setattr(category, name, values[name])
    if changed:
        db.session.flush()
        audit.record(actor, "category.edit", category, N_("Category edited"), changed)
        invalidate()
    return category


def _text(value: Any) -> str:
    if isinstance(value, Decimal):
        return f"{value:.2f}"
    return "" if value is None else str(value)


@transactional
def move_category(pk: int, *, parent_id: int | None, actor: Actor) -> Category:
    """Move a category with everything below it; all paths of the subtree follow.

    :raises Denied: ``category.cycle``, ``category.too_deep``, ``category.name_taken``.
    """
    lock(TREE_LOCK)
    category, parent = get_category(pk, lock=True), _parent(parent_id)
    for one in filter(None, (category, parent)):
        db.session.refresh(one, ["path", "parent_id"])
    policies.can_move_below(category, parent).enforce()
    old, new = category.path, f"{parent.path if parent else '/'}{category.id}/"
    if old == new:
        return category
    below = Category.path.startswith(old)
    longest = db.session.scalar(select(func.max(func.length(Category.path))).where(below)) or 0
    _check_depth(longest - len(old) + len(new))
    moved = update(Category).where(below).values(path=new + func.substr(Category.path, len(old) + 1))
    db.session.execute(moved.execution_options(synchronize_session=False))
    category.parent_id = parent.id if parent else None
    db.session.flush()
    db.session.refresh(category)
    if parent:
        message = N_("Category moved below %(name)s")
        audit.record(actor, "category.move", category, message, name=parent.name)
    else:
        audit.record(actor, "category.move", category, N_("Category moved to the top"))
    invalidate()
    return category


@transactional
def delete_category(pk: int, *, actor: Actor) -> Category:
    """Delete an empty category: none below it, no customers in it.

    :raises Denied: ``category.not_empty``.
    """
    lock(TREE_LOCK)
    category: Category = db.session.get(Category, pk, with_for_update=True) or get_category(pk)
    policies.can_delete_category(actor, category, category_facts([category])[pk]).enforce()
    audit.record(actor, "category.delete", category, N_("Category %(name)s deleted"), name=category.name)
    db.session.delete(category)
    invalidate()
    return category


def _parent(pk: int | None) -> Category | None:
    if pk is None:
        return None
    try:
        return get_category(pk)
    except NotFound:
        raise Invalid(parent_id=UNKNOWN) from None


def _check_depth(length: int) -> None:
    if length > MAX_PATH:
        conflict("category.too_deep", _("The tree of categories is too deep"), field="parent_id").enforce()


@transactional
def set_categories(pk: int, *, category_ids: Sequence[int] | None, actor: Actor) -> Customer:
    """Put a customer into just these categories.

    :raises Invalid: for a category that does not exist.
    :raises Denied: when the actor may not edit all of the file.
    """
    customer = get_customer(pk, actor=actor, lock=True)
    policies.can_categorize(actor, customer, facts_for(customer, actor)).enforce()
    wanted = _checked(category_ids or (), "category_ids")
    with undoable(CustomerPermission.CATEGORIZE, [customer], actor):
        _change(customer, held_categories([pk])[pk], wanted, audit.lock_heads([customer])[pk], actor)
    db.session.expire(customer, ["category_ids"])
    return customer


@transactional
def categorize_chosen(
    pks: Sequence[int], *, add: Sequence[int] | None, remove: Sequence[int] | None, actor: Actor
) -> dict[int, Decision]:
    """Put many customers into categories and take them out of others, in one transaction: id → verdict.

    :raises Invalid: for a category that does not exist, or when nothing is asked.
    """
    if not add and not remove:
        raise Invalid(add=_("Name at least one category"))
    added, removed = _checked(add or (), "add"), {*(remove or ())}
    customers = get_customers(pks, actor=actor)
    facts, heads = facts_of(customers, actor, complete=True), audit.lock_heads(customers)
    held = held_categories(one.id for one in customers)
    verdicts: dict[int, Decision] = dict.fromkeys(pks, OUT_OF_REACH)
    verdicts |= {one.id: policies.can_categorize(actor, one, facts[one.id]) for one in customers}
    chosen = [one for one in customers if verdicts[one.id]]
    with undoable(CustomerPermission.CATEGORIZE, chosen, actor, owner="customer_id"):
        for one in chosen:
            wanted = ({*held[one.id]} | added) - (removed - added)
            _change(one, held[one.id], wanted, heads[one.id], actor)
    return verdicts


def _checked(given: Sequence[int], field: str) -> set[int]:
    wanted = set(given)
    found = {one.id for one in db.session.scalars(chosen_categories(wanted))} if wanted else set()
    if found != wanted:
        raise Invalid(**{field: UNKNOWN})
    return wanted


def _change(
    customer: Customer,
    held: Mapping[int, CustomerCategory],
    wanted: Collection[int],
    head: AuditHead,
    actor: Actor,
) -> None:
    """Bring a customer's categories to the wanted ones, and log it under the customer."""
    for pk in {*held} - {*wanted}:
        db.session.delete(held[pk])
    db.session.add_all(
        CustomerCategory(customer_id=customer.id, category_id=pk, created_at=customer.created_at)
        for pk in sorted({*wanted} - {*held})
    )
    names = get_category_name_map({*held, *wanted})
    before, after = ("、".join(names[pk] for pk in sorted(ids)) for ids in (held, wanted))
    changed = {"categories": (before, after)}
    audit.append(head, actor, "customer.categorize", customer, N_("Categories changed"), changed)


def name_taken() -> Decision:
    """Refuse a category name that is taken at its place."""
    return conflict("category.name_taken", _("There is a category of this name here"), field="name")
