"""What may be done with tags (CUST-23)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from flask_babel import lazy_gettext as _

from app.customers.shared.policies import Facts, can_edit_basics
from app.kernel.errors import ALLOW, Decision, conflict

if TYPE_CHECKING:
    from collections.abc import Collection

    from app.customers.labels.models import Tag
    from app.customers.shared.models import Customer
    from app.kernel.access.actor import Actor

MOST_TAGS = 30  # of one customer


@dataclass(frozen=True)
class TagFacts:
    """What the rules read about a tag: whether any customer has it."""

    is_used: bool = False


def can_tag(actor: Actor, customer: Customer, facts: Facts) -> Decision:
    """CUST-23, POOL-5, CUST-21: who may edit the basics of the file."""
    return can_edit_basics(actor, customer, facts)


def within_limit(tags: Collection[int]) -> Decision:
    """A customer has at most 30 tags."""
    if len(tags) > MOST_TAGS:
        return conflict("customer.too_many_tags", _("A customer has at most %(n)s tags", n=MOST_TAGS))
    return ALLOW


def can_rename_tag(tag: Tag, name: str) -> Decision:
    """CUST-23: a predefined tag keeps its name."""
    if tag.is_predefined and tag.name != name:
        return conflict("tag.predefined", _("A predefined tag keeps its name"), field="name")
    return ALLOW


def can_delete_tag(_actor: Actor, tag: Tag, facts: TagFacts) -> Decision:
    """CUST-23: an unused tag that is not predefined."""
    if tag.is_predefined:
        return conflict("tag.predefined", _("A predefined tag stays"))
    if facts.is_used:
        return conflict("tag.used", _("Customers have this tag; merge it into another one instead"))
    return ALLOW


def can_receive_tag(_actor: Actor, _tag: Tag) -> Decision:
    """CUST-23: any tag may take another one's customers; :func:`can_merge_tags` checks the chosen one."""
    return ALLOW


def can_merge_tags(tag: Tag, other: Tag) -> Decision:
    """CUST-23: the other tag goes, so it is neither the same one nor predefined."""
    if tag.id == other.id:
        return conflict("tag.same", _("Choose another tag"), field="other_id")
    if other.is_predefined:
        return conflict("tag.predefined", _("A predefined tag stays"), field="other_id")
    return ALLOW
