"""Reading categories (CUST-24)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import Select, exists, select
from sqlalchemy.orm import aliased

from app.customers.categories.policies import CategoryFacts
from app.customers.labels.models import Category, CustomerCategory
from app.customers.labels.queries import CATEGORIES, get_category_name_map
from app.kernel.database.records import get_one
from app.kernel.database.session import db

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from app.kernel.access.actor import Actor

category_name = CATEGORIES.name
category_names = get_category_name_map


def visible_categories(_actor: Actor | None) -> Select[Category]:
    """Select every category: the tree is no secret."""
    return select(Category)


def get_category(pk: int, *, lock: bool = False) -> Category:
    """Return a category.

    :raises NotFound: when there is none.
    """
    return get_one(select(Category).where(Category.id == pk), lock=lock, key_share=True)


def category_facts(categories: Sequence[Category]) -> Mapping[int, CategoryFacts]:
    """Return what the rules read about a page of categories, in one statement."""
    if not categories:
        return {}
    below = aliased(Category)
    rows = db.session.execute(
        select(
            Category.id,
            exists().where(below.parent_id == Category.id),
            exists().where(CustomerCategory.category_id == Category.id),
        ).where(Category.id.in_([one.id for one in categories]))
    )
    return {pk: CategoryFacts(bool(children), bool(customers)) for pk, children, customers in rows}


def held_categories(customer_ids: Iterable[int]) -> dict[int, dict[int, CustomerCategory]]:
    """Return the categories of customers: customer → category → row."""
    ids = [*customer_ids]
    found: dict[int, dict[int, CustomerCategory]] = {pk: {} for pk in ids}
    for row in db.session.scalars(select(CustomerCategory).where(CustomerCategory.customer_id.in_(ids))):
        found[row.customer_id][row.category_id] = row
    return found


def chosen_categories(pks: Iterable[int]) -> Select[Category]:
    """Select these categories, locked: none is deleted before rows that name it are saved."""
    statement = select(Category).where(Category.id.in_([*pks])).order_by(Category.id)
    return statement.with_for_update(key_share=True, read=True)
