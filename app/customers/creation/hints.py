"""The hint of a duplicate while a new customer's number is typed (OFF-2, CUST-8)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask_babel import lazy_gettext as _

from app.customers.contacts.queries import contact_of
from app.customers.creation.responsibility import responsibility_for
from app.customers.duplicates.services import find_duplicate
from app.customers.numbers.lookups import WHILE_TYPING, spend_lookup
from app.customers.numbers.policies import can_search_by_number
from app.kernel.errors import ALLOW, Decision, Denied, Invalid
from app.kernel.fields.phones import read_phone

if TYPE_CHECKING:
    from app.customers.duplicates.places import NumberPlace
    from app.kernel.access.actor import Actor


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

    A contact's number is allowed; the sentence says whose contact it is.

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
    if verdict:
        verdict = _of_contact(number.index or "", actor)
    spend_lookup(number, WHILE_TYPING, actor, hit=verdict is not ALLOW)
    return verdict


def _of_contact(index: str, actor: Actor) -> Decision:
    """Return what a contact with this number makes worth knowing: it forbids nothing (CUST-33)."""
    known = contact_of(index, actor)
    if known is None:
        return ALLOW
    if known.customer_id is None:
        return Decision(allowed=True, message=_("This is the number of a contact of a customer elsewhere"))
    message = _("This is the number of a contact of %(name)s", name=known.customer_name)
    return Decision(allowed=True, message=message, link=f"/customers/{known.customer_id}")


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
