"""Queries of contacts: always scoped to the actor (CUST-11, ACC-14)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import CompoundSelect, Select, or_, select, union_all
from sqlalchemy.orm import joinedload

from app.customers.contacts.models import Contact
from app.customers.shared.belongings import (
    belongings_of,
    get_belonging,
    visible_belongings,
    with_customer,
)
from app.customers.shared.models import Customer
from app.customers.shared.queries import known_customers
from app.kernel.access.actor import cached_per_actor
from app.kernel.access.guard import scoped, unscoped
from app.kernel.database.session import db

if TYPE_CHECKING:
    from app.kernel.access.actor import Actor

CONTACT = Contact.__table__.c
WITH_CUSTOMER = (*with_customer(Contact), joinedload(Contact.created_by))


@cached_per_actor
def visible_contacts(actor: Actor) -> Select[Contact]:
    """Select the contacts of customers of which the actor sees more than the basics (CUST-11)."""
    return visible_belongings(Contact, actor)


@cached_per_actor
def own_contacts(actor: Actor) -> Select[Contact]:
    """Select the contacts of the actor's own customers, which a search names first (PLAT-17)."""
    mine = or_(Customer.owner_id == actor.id, Customer.private_holder_id == actor.id)
    return visible_contacts(actor).where(CONTACT.customer_id.in_(select(Customer.id).where(mine)))


def get_contact(pk: int, *, actor: Actor, lock: bool = False) -> Contact:
    """Return a contact with its customer; both locked for a change if asked.

    :raises NotFound: when there is none, or its customer is out of reach.
    """
    return get_belonging(Contact, pk, actor=actor, lock=lock)


def contacts_of(customer: Customer) -> Select[Contact]:
    """Select the contacts of a customer."""
    return belongings_of(Contact, customer).options(
        joinedload(Contact.customer), joinedload(Contact.created_by)
    )


def with_last4(last4: str) -> CompoundSelect[Any]:
    """Select the ids of contacts with a number that ends so: each number by its own index."""
    return union_all(
        select(CONTACT.id).where(CONTACT.phone_last4 == last4),
        select(CONTACT.id).where(CONTACT.landline_last4 == last4),
    )


def with_number(index: str) -> CompoundSelect[Any]:
    """Select the ids of contacts that have the number of this blind index."""
    return union_all(
        select(CONTACT.id).where(CONTACT.phone_index == index),
        select(CONTACT.id).where(CONTACT.landline_index == index),
    )


def customers_of(contacts: CompoundSelect[Any]) -> Select[Any]:
    """Select the ids of the customers of these contacts."""
    one = Contact.__table__.alias("numbered").c
    return select(one.customer_id).where(one.id.in_(contacts))


@dataclass(frozen=True)
class KnownContact:
    """A contact has the number; its customer is named only to a person who may open that customer."""

    customer_id: int | None = None
    customer_name: str = ""


def contact_of(index: str, actor: Actor) -> KnownContact | None:
    """Return whether a contact of some customer has the number of this blind index, and of which customer if
    the actor may open it; the oldest such customer (CUST-33).

    It compares a number: the caller counts the look-up (ACC-17).
    """
    having = customers_of(with_number(index))
    mine = known_customers(actor).where(Customer.__table__.c.id.in_(having))
    columns = Customer.__table__.c
    found = db.session.execute(
        mine.with_only_columns(columns.id, columns.name).order_by(columns.id).limit(1)
    ).first()
    with unscoped("a number that is known elsewhere is said to be known, and no more (CUST-8)"):
        live = scoped(select(columns.id).where(columns.deleted_at.is_(None), columns.id.in_(having)))
        is_known = db.session.scalar(live.limit(1)) is not None  # asked in any case: the time tells nothing
    if found is not None:
        return KnownContact(found.id, found.name)
    return KnownContact() if is_known else None
