"""Deals: close a referral, reopen it, make a customer of it (CH-24)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from flask_babel import lazy_gettext as _
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from app.audit import services as audit
from app.channel.referrals import policies
from app.channel.referrals.bindings import (
    add_binding,
    bound_elsewhere,
    fragments_of,
    live_bindings,
    lock_identity,
    release_binding_keys,
)
from app.channel.referrals.models import Binding, Referral
from app.channel.referrals.queries import get_referral
from app.channel.referrals.services import end_own_if_due
from app.channel.referrals.totals import update_totals
from app.channel.shared.notifications import notify_person
from app.customers.creation.services import create_customer
from app.kernel import clock
from app.kernel.database.session import db
from app.kernel.database.transactions import transactional
from app.kernel.errors import Denied, Invalid
from app.kernel.fields.phones import canonical_phone
from app.kernel.text import clean_line
from app.kernel.translation import N_

if TYPE_CHECKING:
    from datetime import date
    from decimal import Decimal

    from app.customers.shared.models import Customer
    from app.kernel.access.actor import Actor


MAX_UNIT = 120
_MAX_AMOUNT = 10**13


@dataclass(frozen=True)
class Closed:
    """A closed deal. ``warning``: it was not bound, and its day lies outside any protection period."""

    referral: Referral
    warning: bool


def outside_protection(referral: Referral, on: date) -> bool:
    """Tell whether closing needs a warning: not bound now, and the day is in no protection period of it
    (CH-24).
    """
    if referral.present_state == "bound":
        return False
    if referral.bound_at is None or referral.expires_at is None:
        return True
    return not clock.to_local(referral.bound_at).date() <= on <= clock.to_local(referral.expires_at).date()


@transactional
def close_referral(
    pk: int,
    *,
    closed_on: date,
    amount: Decimal | None = None,
    unit: str | None = None,
    note: str | None = None,
    actor: Actor,
) -> Closed:
    """Close a referral as a deal (成交): from ``bound``, or with a warning from ``reported`` or ``expired``
    (CH-24).

    Its binding no longer expires; a referral without one gets one, so that what was sold stays reserved.
    ``amount`` in yuan. The broker is notified.

    :raises Invalid: for a day in the future or before the entry, or a wrong amount.
    :raises Denied: 403 by rule; ``referral.closed``, ``referral.not_reported``, ``referral.bound_elsewhere``.
    """
    seen = get_referral(pk, actor=actor)
    _check(seen, closed_on, amount, unit)
    lock_identity(seen.project_id, seen.name_key)
    end_own_if_due(seen)
    referral = get_referral(pk, actor=actor, lock=True)
    bindings = live_bindings(referral.project_id, referral.name_key, fragments_of(referral))
    facts = policies.ReferralFacts(bound_elsewhere=any(one.referral_id != pk for one in bindings))
    policies.can_close(actor, referral, facts).enforce()
    warning, before, state = outside_protection(referral, closed_on), referral.furthest_stage, referral.state
    own = next((one for one in bindings if one.referral_id == pk), None) or _make_binding(referral)
    referral.close(on=closed_on, amount=amount, unit=unit or None, note=note or None, by_id=actor.id)
    own.close()
    changed = {"state": (state, "closed"), "closed_on": ("", closed_on), "amount": ("", amount or "")}
    message = (
        N_("Deal closed on %(day)s, outside any protection") if warning else N_("Deal closed on %(day)s")
    )
    audit.record(actor, "referral.close", referral, message, changed, day=closed_on)
    _notify(referral, N_("%(name)s (%(code)s) has closed a deal"), actor)
    update_totals((referral, before))
    return Closed(referral, warning)


def _check(referral: Referral, on: date, amount: Decimal | None, unit: str | None) -> None:
    if on > clock.today():
        raise Invalid(closed_on=_("Not a day in the future"))
    if on < clock.to_local(referral.created_at).date():
        raise Invalid(closed_on=_("Not before the customer was entered"))
    if amount is not None and not (0 < amount < _MAX_AMOUNT and amount == round(amount, 2)):
        raise Invalid(amount=_("More than 0, with at most two decimals"))
    if unit and len(clean_line(unit)) > MAX_UNIT:
        raise Invalid(unit=_("At most %(n)s characters", n=MAX_UNIT))


def _make_binding(referral: Referral) -> Binding:
    """Make a binding of zero length that holds the identity of a deal that was not bound."""
    moment = clock.now()
    try:
        return add_binding(referral, state="closed", begins=moment, ends=moment)
    except IntegrityError:
        raise Denied(bound_elsewhere()) from None


@transactional
def reopen_referral(pk: int, *, reason: str, actor: Actor) -> Referral:
    """Undo a deal: back to the state before, or ``expired`` where the period has passed (CH-24).

    :raises Invalid: without a reason.
    :raises Denied: 403 by rule; ``referral.not_closed``.
    """
    seen = get_referral(pk, actor=actor)
    if not reason.strip():
        raise Invalid(reason=_("This field is required"))
    lock_identity(seen.project_id, seen.name_key)
    referral = get_referral(pk, actor=actor, lock=True)
    policies.can_reopen(actor, referral).enforce()
    before = referral.furthest_stage
    own = select(Binding).where(Binding.referral_id == pk, Binding.state == "closed")
    binding = db.session.scalars(own.with_for_update()).one()
    referral.reopen()
    binding.reopen(referral.state, clock.now())
    if binding.state != "live":
        release_binding_keys(binding)
    changed = {"state": ("closed", referral.state)}
    audit.record(actor, "referral.reopen", referral, N_("Reopened: %(reason)s"), changed, reason=reason)
    _notify(referral, N_("The deal of %(name)s (%(code)s) was reopened"), actor)
    update_totals((referral, before))
    return referral


@transactional
def make_customer(
    pk: int,
    *,
    phone: str,
    pool: str = "personal",
    owner_id: int | None = None,
    handler_id: int | None = None,
    department_id: int | None = None,
    actor: Actor,
) -> Customer:
    """Turn a closed referral into a customer file and keep the two linked (CH-24).

    The whole number must match the referral's; POOL-1 and POOL-2 say who may own it and when it exists.

    :raises Invalid: when the number does not match.
    :raises Denied: ``referral.not_closed``, ``referral.has_customer``, ``customer.duplicate``.
    """
    referral = get_referral(pk, actor=actor, lock=True)
    if not _matches(referral, phone):
        raise Invalid(phone=_("This is not the number that was reported"))
    policies.can_make_customer(actor, referral).enforce()
    customer = create_customer(
        pool=pool,
        kind="individual",
        name=referral.name,
        phone=phone,
        owner_id=owner_id,
        handler_id=handler_id,
        department_id=department_id,
        actor=actor,
    )
    referral.customer_id = customer.id
    audit.record(
        actor, "referral.make_customer", referral, N_("Became customer %(code)s"), code=customer.code
    )
    return customer


def _matches(referral: Referral, phone: str) -> bool:
    try:
        number = canonical_phone(phone)
    except ValueError:
        return False
    return any(number.startswith(one.prefix) and number.endswith(one.tail) for one in referral.fragments)


def _notify(referral: Referral, message: str, actor: Actor) -> None:
    notify_person(referral.broker_id, message, actor, about=referral, name=referral.name, code=referral.code)
