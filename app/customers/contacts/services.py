"""Add, edit and delete contacts of a customer, and reveal their numbers (CUST-11, ACC-10)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask_babel import lazy_gettext as _

from app.audit import services as audit
from app.customers.contacts.fields import EDITABLE, LABELS, NUMBERS
from app.customers.contacts.models import Contact
from app.customers.contacts.policies import can_edit_contacts, can_make_primary, can_reveal_contact
from app.customers.contacts.queries import get_contact
from app.customers.numbers.services import record_reveal
from app.customers.shared.belongings import take_belongings, unmark_others
from app.customers.shared.log_values import masked_email, to_log_text
from app.customers.shared.queries import facts_for, get_customer
from app.kernel import clock
from app.kernel.database.session import db
from app.kernel.database.transactions import transactional
from app.kernel.errors import Decision, Invalid, Stale, conflict
from app.kernel.fields.birthdays import NO_BIRTHDAY
from app.kernel.fields.forms import REQUIRED
from app.kernel.fields.phones import MOBILE, NO_MOBILE, NO_NUMBER, PhoneNumber, canonical_phone
from app.kernel.translation import N_

if TYPE_CHECKING:
    from collections.abc import Mapping

    from app.customers.numbers.models import NumberReveal
    from app.customers.shared.parts import Merge
    from app.kernel.access.actor import Actor

NO_NUMBER_HERE = PhoneNumber(None, None, None, None)
MOST = 200  # contacts of a customer
_MARK = "✓"


@transactional
def add_contact(pk: int, *, name: str, is_primary: bool = False, actor: Actor, **fields: Any) -> Contact:
    """Add a contact to the customer (CUST-11); making it the primary one un-makes the present one.

    ``mobile`` and ``landline`` are numbers as typed, ``birthday`` a :class:`Birthday`.

    :raises Invalid: for a number that is none.
    :raises Denied: by rule, or ``contact.too_many``.
    """
    customer = get_customer(pk, actor=actor, lock=True)
    values = _read({"name": name, **fields})
    can_edit_contacts(actor, customer, facts_for(customer, actor)).enforce()
    if customer.contact_count >= MOST:
        too_many = _("A customer has at most %(n)s contacts; delete some first", n=MOST)
        conflict("contact.too_many", too_many).enforce()
    if is_primary:
        unmark_others(Contact, "is_primary", customer)
    made = Contact(
        **{"mobile": NO_NUMBER_HERE, "landline": NO_NUMBER_HERE, "birthday": NO_BIRTHDAY, **values},
        customer=customer,
        company_id=customer.company_id,
        is_primary=is_primary,
        version=1,
        created_at=clock.now(),
        created_by_id=actor.id,
    )
    db.session.add(made)
    db.session.flush()
    db.session.expire(customer, ["contact_count"])
    logged = {name: ("", _logged(name, value)) for name, value in values.items() if name in NUMBERS and value}
    if is_primary:
        logged["is_primary"] = ("", _MARK)
    message = N_("Contact added: %(contact)s")
    audit.record(actor, "customer.add_contact", customer, message, _named(logged), contact=made.name)
    return made


@transactional
def update_contact(
    pk: int, *, values: Mapping[str, Any], version: int | None = None, actor: Actor
) -> Contact:
    """Edit fields of a contact; each changed field is logged in the customer's log (CUST-20).

    ``values`` holds only what is to change; a number that is None is removed, ``is_primary`` True makes it
    the primary contact.

    :raises Stale: when another person saved since ``version``.
    """
    contact = get_contact(pk, actor=actor, lock=True)
    customer = contact.customer
    is_primary = values.get("is_primary", contact.is_primary)
    found = _read({name: value for name, value in values.items() if name != "is_primary"})
    can_edit_contacts(actor, customer, facts_for(customer, actor)).enforce()
    changed = {
        name: (_logged(name, getattr(contact, name)), _logged(name, value))
        for name, value in found.items()
        if _differs(getattr(contact, name), value)
    }
    if version is not None and version != contact.version:
        raise Stale(contact.version, {str(LABELS[name]): pair for name, pair in changed.items()})
    for name in changed:
        setattr(contact, name, found[name])
    if changed.get("birthday"):
        contact.birthday_noted_on = None
    if is_primary != contact.is_primary:
        _mark(contact, is_primary=is_primary)
        changed["is_primary"] = ("", _MARK) if is_primary else (_MARK, "")
    if changed:
        contact.bump()
        message = N_("Contact edited: %(contact)s")
        audit.record(
            actor, "customer.update_contact", customer, message, _named(changed), contact=contact.name
        )
    return contact


@transactional
def make_primary(pk: int, *, actor: Actor) -> Contact:
    """Make it the customer's primary contact; the present one is one no more (CUST-11).

    :raises Denied: by rule, or ``contact.is_primary`` where it is already.
    """
    contact = get_contact(pk, actor=actor, lock=True)
    can_make_primary(actor, contact, facts_for(contact.customer, actor)).enforce()
    _mark(contact, is_primary=True)
    contact.bump()
    message = N_("Primary contact: %(contact)s")
    audit.record(actor, "customer.make_primary_contact", contact.customer, message, contact=contact.name)
    return contact


@transactional
def delete_contact(pk: int, *, actor: Actor) -> Contact:
    """Delete a contact; the log keeps that there was one, and the looks at its number stay."""
    contact = get_contact(pk, actor=actor, lock=True)
    can_edit_contacts(actor, contact.customer, facts_for(contact.customer, actor)).enforce()
    message = N_("Contact deleted: %(contact)s")
    logged = {name: (_logged(name, getattr(contact, name)), "") for name in NUMBERS if getattr(contact, name)}
    audit.record(
        actor, "customer.delete_contact", contact.customer, message, _named(logged), contact=contact.name
    )
    db.session.delete(contact)
    db.session.flush()
    db.session.expire(contact.customer, ["contact_count"])
    return contact


@transactional
def reveal_contact(pk: int, *, purpose: str, actor: Actor) -> NumberReveal:
    """Reveal the numbers of a contact: by the customer's rule, within its quota, in its ledger (ACC-10).

    Mobile number and landline are one look; callers read them from :func:`revealed_numbers`.

    :raises Denied: 403 by rule, 409 where there is no number, 429 past the quota.
    """
    contact = get_contact(pk, actor=actor, lock=True)
    customer = contact.customer
    can_reveal_contact(actor, contact, facts_for(customer, actor)).enforce()
    masked = " · ".join(str(one) for one in (contact.mobile, contact.landline) if one)
    made = record_reveal(customer, purpose, actor, contact_id=contact.id, number_masked=masked)
    message = N_("Number of contact %(contact)s revealed: %(purpose)s")
    audit.record(actor, "customer.reveal_contact", customer, message, contact=contact.name, purpose=purpose)
    return made


def revealed_numbers(reveal: NumberReveal, actor: Actor) -> tuple[str, str]:
    """Return mobile number and landline of a reveal that this actor has just recorded; empty for none."""
    contact = get_contact(reveal.contact_id or 0, actor=actor)
    mobile, landline = (one.reveal() if one else "" for one in (contact.mobile, contact.landline))
    return mobile, landline


def _mark(contact: Contact, *, is_primary: bool) -> None:
    if is_primary:
        unmark_others(Contact, "is_primary", contact.customer)
    contact.set_primary(is_primary=is_primary)
    db.session.flush()


def _read(values: Mapping[str, Any]) -> dict[str, Any]:
    """Return the values as they are stored.

    :raises Invalid: for a field that is none of a contact's, or holds no number.
    """
    unknown = [name for name in values if name not in EDITABLE]
    if unknown:
        raise Invalid(**{name: _("This cannot be edited") for name in unknown})
    found = dict(values)
    if "name" in found and not found["name"]:
        raise Invalid(name=REQUIRED)
    readers = {"mobile": _read_mobile, "landline": _read_landline}
    for name, read in readers.items():
        if name in found:
            found[name] = read(found[name]) if found[name] else NO_NUMBER_HERE
    if "birthday" in found:
        found["birthday"] = found["birthday"] or NO_BIRTHDAY
    return found


def _read_mobile(text: str) -> PhoneNumber:
    """Return a mobile number of China, or any number from abroad, where mobiles look like landlines."""
    number = _canonical(text, "mobile")
    if not (MOBILE.fullmatch(number) or number.startswith("+")):
        raise Invalid(mobile=NO_MOBILE)
    return PhoneNumber.seal(number)


def _read_landline(text: str) -> PhoneNumber:
    number = _canonical(text, "landline")
    if MOBILE.fullmatch(number):
        raise Invalid(landline=_("This is a mobile number; a landline begins with its area code"))
    return PhoneNumber.seal(number)


def _canonical(text: str, field: str) -> str:
    try:
        return canonical_phone(text)
    except ValueError:
        raise Invalid(**{field: NO_NUMBER}) from None


def _differs(before: Any, after: Any) -> bool:
    if isinstance(after, PhoneNumber):
        return bool(before or after) and before != after
    return to_log_text(before) != to_log_text(after)


def _logged(name: str, value: Any) -> str:
    """Return a value as the log keeps it: numbers and e-mail addresses masked."""
    return masked_email(value) if name == "email" else to_log_text(value)


def _named(changed: Mapping[str, tuple[Any, Any]]) -> dict[str, tuple[Any, Any]]:
    return {f"contact_{name}": pair for name, pair in changed.items()}


def merge_contacts(step: Merge) -> None:
    """Let the contacts of a merged customer go to the survivor; equal ones become one (CUST-9)."""
    take_belongings(step, Contact, "is_primary", _identity)


def _identity(contact: Contact) -> tuple[str, str] | None:
    """Return the name and number by which two contacts are the same person; None without a number."""
    number = contact.mobile or contact.landline
    return (contact.name_search, number.index or "") if number else None


def two_primaries() -> Decision:
    """Refuse the second of two people who make different contacts the primary one at once."""
    message = _("Somebody made another contact the primary one at this moment; look again")
    return conflict("contact.primary_taken", message)
