"""The look-up of a number, a tax id or a name: whether a customer exists already (CUST-33)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask_babel import lazy_gettext as _
from sqlalchemy import or_, select

from app.customers.creation.hints import (
    KnownCustomer,
    customers_with_number,
    customers_with_tax_id,
    known_customer,
)
from app.customers.listing.name_search import name_contains
from app.customers.numbers.lookups import WHILE_TYPING, sealed_text, spend_lookup
from app.customers.numbers.policies import can_search_by_number
from app.customers.shared.models import Customer
from app.customers.shared.validation import read_tax_id
from app.kernel.access.guard import unscoped
from app.kernel.database.derived import SEPARATOR
from app.kernel.database.session import db
from app.kernel.errors import Invalid
from app.kernel.fields.phones import read_phone
from app.kernel.folding import search_key

if TYPE_CHECKING:
    from app.kernel.access.actor import Actor
    from app.kernel.fields.phones import PhoneNumber

_C = Customer.__table__.c
_MOST = 100  # customers of one name
_SHOWN = 4  # characters of a tax id at either end


def look_up(
    *, phone: str | None = None, tax_id: str | None = None, name: str | None = None, actor: Actor
) -> KnownCustomer:
    """Return whether a customer with this number, tax id or name exists; one look-up of the actor's (ACC-17).

    The work does not depend on what is found, so that its time tells nothing.

    :raises Invalid: unless exactly one is given, and is well-formed.
    :raises Denied: 429 past the budget; 403 for a number and people who may not search by one.
    """
    given = {key: value for key, value in (("phone", phone), ("tax_id", tax_id), ("name", name)) if value}
    if len(given) != 1:
        raise Invalid(body=_("Give a number, a tax id or a name"))
    if phone:
        can_search_by_number(actor).enforce()
        asked = read_phone(phone)
        ids = customers_with_number(asked)
    elif tax_id:
        clean = read_tax_id(tax_id)
        asked, ids = _sealed_tax_id(clean), customers_with_tax_id(clean)
    else:
        asked, ids = _named(name or "")
    known = known_customer(ids, actor)
    spend_lookup(asked, WHILE_TYPING, actor, hit=known.state != "free")
    return known


def _sealed_tax_id(tax_id: str) -> PhoneNumber:
    return sealed_text(f"tax:{tax_id}", f"{tax_id[:_SHOWN]}****{tax_id[-_SHOWN:]}")


def _named(name: str) -> tuple[PhoneNumber, list[int]]:
    """Return the customers whose name or short name is this one, but for width, case and blanks."""
    key = search_key(name)
    if not key:
        raise Invalid(name=_("This field is required"))
    same = or_(
        _C.name_search == key,
        _C.name_search.startswith(key + SEPARATOR, autoescape=True),
        _C.name_search.endswith(SEPARATOR + key, autoescape=True),
    )
    found = select(_C.id).where(*name_contains(name), same, _C.deleted_at.is_(None)).order_by(_C.id)
    with unscoped("a look-up says whether a customer exists, whoever has it (CUST-33)"):
        ids = list(db.session.scalars(found.limit(_MOST)))
    return sealed_text(f"name:{key}", f"{name.strip()[:1]}**"), ids
