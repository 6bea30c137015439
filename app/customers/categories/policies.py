"""What may be done with categories (CUST-24)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from flask_babel import lazy_gettext as _

from app.customers.shared.policies import Facts, can_edit_all
from app.kernel.errors import ALLOW, Decision, conflict

if TYPE_CHECKING:
    from app.customers.labels.models import Category
    from app.customers.shared.models import Customer
    from app.kernel.access.actor import Actor


@dataclass(frozen=True)
class CategoryFacts:
    """What the rules read about a category: whether there are categories below it, or customers in it."""

    has_children: bool = False
    has_customers: bool = False


def can_categorize(actor: Actor, customer: Customer, facts: Facts) -> Decision:
    """CUST-21, CUST-24: who may edit all of the file, because terms follow from the categories."""
    return can_edit_all(actor, customer, facts)


def can_move_category(_actor: Actor, _category: Category) -> Decision:
    """CUST-24: any category; :func:`can_move_below` checks the chosen place."""
    return ALLOW


def can_move_below(category: Category, parent: Category | None) -> Decision:
    """CUST-24: never below itself."""
    if parent is not None and parent.path.startswith(category.path):
        return conflict("category.cycle", _("A category cannot stand below itself"), field="parent_id")
    return ALLOW


def can_delete_category(_actor: Actor, _category: Category, facts: CategoryFacts) -> Decision:
    """CUST-24: an empty category."""
    if facts.has_children:
        return conflict("category.not_empty", _("There are categories below it"))
    if facts.has_customers:
        return conflict("category.not_empty", _("Customers are in this category"))
    return ALLOW
