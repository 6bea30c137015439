"""Change a customer's number, and reveal it (POOL-4, POOL-6, ACC-10)."""

from __future__ import annotations

import hmac
from datetime import timedelta
from typing import TYPE_CHECKING

from flask_babel import lazy_gettext as _

from app.audit import services as audit
from app.audit.queries import count_operations
from app.customers.duplicates.places import number_place_of
from app.customers.duplicates.services import check_number, claim_number
from app.customers.numbers import policies
from app.customers.numbers.alerts import report_frequent_reveals, report_reveal_after_own_change
from app.customers.numbers.lookups import record_lookup, typed_number
from app.customers.numbers.models import NumberReveal
from app.customers.numbers.queries import count_reveals_today
from app.customers.shared.notifications import notify_about
from app.customers.shared.queries import facts_for, get_customer
from app.customers.shared.settings import PHONE_ATTEMPTS, reveal_quota
from app.kernel import clock
from app.kernel.database.session import db
from app.kernel.database.transactions import lock, transactional
from app.kernel.errors import INPUT, QUOTA, Decision, Invalid
from app.kernel.fields.phones import PhoneNumber, phone_index, read_phone
from app.kernel.translation import N_

if TYPE_CHECKING:
    from app.customers.shared.models import Customer
    from app.kernel.access.actor import Actor

_WRONG_NUMBER = "customer.wrong_number"


@transactional
def change_phone(
    pk: int, *, old_phone: str | None = None, new_phone: str, actor: Actor
) -> Customer | Decision:
    """Replace the number, given the present one (POOL-6); a first one needs none (CUST-21).

    A wrong present number returns a Decision instead of raising it, so that the attempt is stored and
    counted.

    :raises Invalid: when the new number is no number, or the present one is not given, or given where there
        is none.
    :raises Denied: when the new number is a duplicate here, or the attempts are used up (429).
    """
    customer = get_customer(pk, actor=actor, lock=True)
    if customer.phone and old_phone is None:
        raise Invalid(old_phone=_("This field is required"))
    if old_phone and not customer.phone:
        raise Invalid(old_phone=_("This customer has no number yet; leave this empty"))
    policies.can_change_phone(actor, customer, facts_for(customer, actor)).enforce()
    number = read_phone(new_phone, "new_phone")
    if customer.phone:
        refusal = _check_present(customer, old_phone or "", actor)
        if refusal is not None:
            return refusal
        if number == customer.phone:
            raise Invalid(new_phone=_("This is the present number already"))
    _replace_number(customer, number, actor)
    return customer


def _check_present(customer: Customer, typed: str, actor: Actor) -> Decision | None:
    """Refuse a typed number that is not the customer's; attempts are counted."""
    _check_attempts(customer, actor)
    right = hmac.compare_digest(phone_index(typed) or "", customer.phone.index or "-")
    if phone_index(typed):
        record_lookup(read_phone(typed, "old_phone"), "change", actor, hit=right)
    if right:
        return None
    audit.record(actor, _WRONG_NUMBER, customer, N_("Change of number refused: wrong current number"))
    return Decision(
        allowed=False,
        code="customer.wrong_phone",
        message=_("This is not the present number"),
        status=INPUT,
        field="old_phone",
    )


def _check_attempts(customer: Customer, actor: Actor) -> None:
    since = clock.now() - timedelta(hours=1)
    if count_operations(customer, _WRONG_NUMBER, actor.id, since) >= PHONE_ATTEMPTS.get():
        Decision(
            allowed=False,
            code="customer.too_many_attempts",
            message=_("Too many wrong numbers; try again in an hour"),
            status=QUOTA,
        ).enforce()


def _replace_number(customer: Customer, number: PhoneNumber, actor: Actor) -> None:
    place = number_place_of(customer, actor)
    with typed_number(number, "change", actor):
        check_number(number.index or "", place, actor, exclude=customer.id)
    before, customer.phone = customer.phone, number
    customer.bump()
    claim_number(customer, place)
    difference = {"phone": (before.masked or "", number.masked or "")}
    message = N_("Number changed") if before else N_("Number added")
    audit.record(actor, "customer.change_phone", customer, message, difference)
    responsible = customer.owner_id or customer.private_holder_id or customer.handler_id
    if responsible is not None and responsible != actor.id:
        notify_about(customer, responsible, N_("%(who)s changed the number of %(name)s"), actor)


@transactional
def reveal_phone(pk: int, *, purpose: str, actor: Actor) -> NumberReveal:
    """Reveal the full number, audited and within the day's quota (ACC-10, POOL-4); many reveals are reported
    to a superior.

    The number itself is ``get_customer(…).phone.reveal()`` of the record that was logged; callers read it
    from :func:`revealed_number`.

    :raises Denied: 403 by rule, 409 where there is no number, 429 past the quota.
    """
    customer = get_customer(pk, actor=actor, lock=True)
    policies.can_reveal_phone(actor, customer, facts_for(customer, actor)).enforce()
    if not customer.phone:
        Decision(allowed=False, code="customer.no_phone", message=_("This customer has no number")).enforce()
    made = record_reveal(customer, purpose, actor)
    audit.record(
        actor, "customer.reveal_phone", customer, N_("Number revealed: %(purpose)s"), purpose=purpose
    )
    return made


def record_reveal(
    customer: Customer,
    purpose: str,
    actor: Actor,
    *,
    contact_id: int | None = None,
    bank_account_id: int | None = None,
    number_masked: str | None = None,
) -> NumberReveal:
    """Record one look at a number of a customer, in the caller's transaction and after its rule: its own, a
    contact's or a bank account's (ACC-10). The customer's log is the caller's.

    :raises Denied: 429 past the day's quota.
    """
    lock(f"reveal:{actor.id}")
    if count_reveals_today(actor.id) >= reveal_quota(actor):
        Decision(
            allowed=False,
            code="customer.reveal_quota",
            message=_("Your numbers for today are used up"),
            status=QUOTA,
        ).enforce()
    made = NumberReveal(
        customer_id=customer.id,
        staff_id=actor.id,
        department_id=actor.department_id or customer.department_id,
        contact_id=contact_id,
        bank_account_id=bank_account_id,
        number_masked=number_masked,
        purpose=purpose,
        source=actor.source,
        created_at=clock.now(),
    )
    db.session.add(made)
    report_frequent_reveals(actor, made.created_at)
    if bank_account_id is None:
        report_reveal_after_own_change(made, customer, actor)
    return made


def revealed_number(reveal: NumberReveal, actor: Actor) -> str:
    """Return the full number of a reveal that this actor has just recorded."""
    return get_customer(reveal.customer_id, actor=actor).phone.reveal()


def remaining_reveals(actor: Actor) -> int:
    """Return how many numbers the actor may still reveal today."""
    return max(0, reveal_quota(actor) - count_reveals_today(actor.id))
