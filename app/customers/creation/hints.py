"""Whether a customer exists already, said while its details are typed (OFF-2, CUST-8, CUST-33)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from flask_babel import lazy_gettext as _
from sqlalchemy import case, or_, select

from app.customers.creation.responsibility import responsibility_for
from app.customers.duplicates.services import COLLEAGUE, ELSEWHERE, find_duplicate
from app.customers.numbers.lookups import WHILE_TYPING, spend_lookup
from app.customers.numbers.policies import can_search_by_number
from app.customers.shared.models import Customer
from app.customers.shared.queries import visible_customers
from app.kernel.access.guard import unscoped
from app.kernel.database.conditions import id_in
from app.kernel.database.session import db
from app.kernel.errors import ALLOW, STATE, Decision, Denied, Invalid
from app.kernel.fields.phones import read_phone

if TYPE_CHECKING:
    from collections.abc import Sequence

    from app.customers.duplicates.places import NumberPlace
    from app.kernel.access.actor import Actor
    from app.kernel.errors import Sentence
    from app.kernel.fields.phones import PhoneNumber


def look_up_duplicate(
    *,
    phone: str | None,
    pool: str,
    owner_id: int | None,
    handler_id: int | None,
    department_id: int | None,
    into_pool: bool,
    actor: Actor,
) -> Decision:
    """Return what saving would say about the number: allowed, or the refusal of a duplicate with its link.

    It is one look-up of the actor's (ACC-17), which costs nothing once they have created the customer.
    Allowed is also what cannot be decided yet: half a number, a platform customer without a handler.

    :raises Denied: 429 past the budget.
    """
    try:
        number = read_phone(phone or "")
    except Invalid:
        return ALLOW
    place = _place(pool, owner_id, handler_id, department_id, actor, into_pool=into_pool)
    if place is None or not can_search_by_number(actor):
        return ALLOW
    verdict = find_duplicate(number.index or "", place, actor)
    known = known_customer(customers_with_number(number), actor)
    spend_lookup(number, WHILE_TYPING, actor, hit=known.state != "free")
    return known.as_decision() if verdict else verdict


@dataclass(frozen=True)
class KnownCustomer:
    """Whether what was typed is known: ``free``; ``yours`` or ``openable``, with the customer; else that a
    ``colleague`` or an ``other_department`` has it (CUST-8).
    """

    state: str
    customer_id: int | None = None

    @property
    def sentence(self) -> Sentence:
        """Return what the form says; nothing for what is free."""
        return _SENTENCES[self.state]

    def as_decision(self) -> Decision:
        """Return it as the form shows it: saving may still be allowed."""
        if self.state == "free":
            return ALLOW
        link = f"/customers/{self.customer_id}" if self.customer_id else ""
        return Decision(allowed=False, code="customer.known", message=self.sentence, status=STATE, link=link)


_SENTENCES: dict[str, Sentence] = {
    "free": "",
    "yours": _("You have a customer with these details"),
    "openable": _("A customer with these details exists already"),
    "colleague": COLLEAGUE,
    "other_department": ELSEWHERE,
}


def customers_with_number(number: PhoneNumber) -> list[int]:
    """Return the customers that have the number, whoever may see them."""
    return _ids(Customer.phone_index == number.index)


def customers_with_tax_id(tax_id: str) -> list[int]:
    """Return the customers that have the tax id, whoever may see them."""
    return _ids(Customer.tax_id == tax_id)


def _ids(condition: Any) -> list[int]:
    found = select(Customer.id).where(condition, Customer.deleted_at.is_(None)).order_by(Customer.id)
    with unscoped("a look-up says whether a customer exists, whoever has it (CUST-33)"):
        return list(db.session.scalars(found.limit(_MOST)))


_MOST = 100


def known_customer(ids: Sequence[int], actor: Actor) -> KnownCustomer:
    """Return what the actor may know of these customers, in two statements whatever is found."""
    mine = or_(
        Customer.owner_id == actor.id, Customer.private_holder_id == actor.id, Customer.handler_id == actor.id
    )
    is_mine = case((mine, 1), else_=0)
    wanted = [*ids] or [0]
    reachable = visible_customers(actor).where(id_in(Customer.id, wanted))
    reachable = reachable.order_by(is_mine.desc(), Customer.id).limit(1)
    found = db.session.execute(reachable.with_only_columns(Customer.id, is_mine)).first()
    with unscoped("a look-up says whether a colleague or another department has it (CUST-8)"):
        here = db.session.scalar(
            select(Customer.id)
            .where(id_in(Customer.id, wanted), Customer.department_id == actor.department_id)
            .limit(1)
        )
    if found is not None:
        return KnownCustomer("yours" if found[1] else "openable", found[0])
    if not ids:
        return KnownCustomer("free")
    return KnownCustomer("other_department" if here is None else "colleague")


def _place(
    pool: str,
    owner_id: int | None,
    handler_id: int | None,
    department_id: int | None,
    actor: Actor,
    *,
    into_pool: bool,
) -> NumberPlace | None:
    try:
        found = responsibility_for(pool, owner_id, handler_id, department_id, actor, into_pool=into_pool)
    except (Invalid, Denied):
        return None
    return found.place
