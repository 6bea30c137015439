"""Setting a customer's credit, and checking what raises its exposure (CUST-17, CUST-18)."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from flask_babel import lazy_gettext as _

from app.audit import services as audit
from app.customers.shared.notifications import notify_about
from app.customers.shared.queries import facts_for, get_customer
from app.deals.credit import policies
from app.deals.credit.models import CreditLimit, CreditLimitChange
from app.deals.credit.queries import credit_of, find_limit
from app.deals.shared.currencies import CURRENCY, complaint_of, money
from app.kernel import clock
from app.kernel.database.session import db
from app.kernel.database.transactions import transactional
from app.kernel.errors import Invalid
from app.kernel.translation import N_

if TYPE_CHECKING:
    from collections.abc import Mapping

    from app.customers.shared.models import Customer
    from app.customers.shared.parts import Merge
    from app.kernel.access.actor import Actor

MOST = Decimal(10) ** 13


@transactional
def set_credit(
    pk: int,
    *,
    credit_enabled: bool,
    currency: str | None = None,
    amount: Decimal | None = None,
    reason: str | None = None,
    actor: Actor,
) -> Customer:
    """Switch the check of a customer's credit, and set its limit in one currency; without an amount there is
    no limit, which counts as zero (CUST-17, CUST-18).

    Until requests exist, Finance and administrators set limits themselves; the log says so.

    :raises Invalid: for another currency or amount.
    :raises Denied: ``credit.of_enterprises``.
    """
    customer = get_customer(pk, actor=actor, lock=True)
    policies.can_set_credit(actor, customer, facts_for(customer, actor)).enforce()
    if amount is not None and currency is None:
        raise Invalid(currency=_("This field is required"))
    limits = {} if currency is None else {currency: amount}
    message = N_("Credit set directly, without a request: %(reason)s")
    done = _change(customer, limits, message, reason, actor, enabled=credit_enabled)
    if done and customer.owner_id is not None and customer.owner_id != actor.id:
        notify_about(customer, customer.owner_id, N_("%(who)s set the credit of %(name)s"), actor)
    return customer


def apply_credit(
    customer: Customer, limits: Mapping[str, Decimal | None], reason: str, actor: Actor, *, enabled: bool
) -> None:
    """Set the credit of a locked customer as an approved request asks: the check, and the limits named, each
    none where it ends (CUST-17, APP-4).
    """
    message = N_("Credit set by an approved request: %(reason)s")
    _change(customer, limits, message, reason, actor, enabled=enabled)


def _change(
    customer: Customer,
    limits: Mapping[str, Decimal | None],
    message: str,
    reason: str | None,
    actor: Actor,
    *,
    enabled: bool,
) -> bool:
    """Change what differs, keep its history and log it; return whether anything did."""
    pairs = {currency: _set_limit(customer, currency, amount) for currency, amount in limits.items()}
    pairs = {currency: pair for currency, pair in pairs.items() if pair[0] != pair[1]}
    switched = customer.credit_enabled != enabled
    if not pairs and not switched:
        return False
    changed: dict[str, tuple[object, object]] = {}
    if switched:
        changed["credit_enabled"] = (customer.credit_enabled, enabled)
    if pairs:
        texts = [[_said(pair[end], currency) for currency, pair in pairs.items()] for end in (0, 1)]
        changed["credit_limit"] = ("; ".join(filter(None, texts[0])), "; ".join(filter(None, texts[1])))
    customer.set_credit(enabled=enabled)
    customer.bump()
    for currency, (before, after) in pairs.items():
        _keep(customer, currency, before, after, reason, actor)
    if not pairs:
        _keep(customer, None, None, None, reason, actor)
    audit.record(actor, "customer.set_credit", customer, message, changed, reason=reason or "—")
    return True


def _set_limit(
    customer: Customer, currency: str, amount: Decimal | None
) -> tuple[Decimal | None, Decimal | None]:
    """Set one limit; return it before and after."""
    if currency not in CURRENCY:
        raise Invalid(currency=_("Not one of the choices"))
    if amount is not None:
        wrong = complaint_of(amount, currency)
        if wrong is not None or not 0 <= amount <= MOST:
            raise Invalid(amount=wrong or _("Not an acceptable value"))
    limit = find_limit(customer.id, currency)
    before = limit.amount if limit is not None else None
    if limit is None and amount is not None:
        db.session.add(CreditLimit(customer_id=customer.id, currency=currency, amount=amount))
    elif limit is not None and amount is None:
        db.session.delete(limit)
    elif limit is not None and amount is not None:
        limit.change(amount)
    return before, amount


def _said(amount: Decimal | None, currency: str | None) -> str:
    return "" if amount is None else money(amount, currency or "")


def _keep(
    customer: Customer,
    currency: str | None,
    before: Decimal | None,
    after: Decimal | None,
    reason: str | None,
    actor: Actor,
) -> None:
    db.session.add(
        CreditLimitChange(
            customer_id=customer.id,
            currency=currency or "",
            before=before,
            after=after,
            enabled=customer.credit_enabled,
            reason=reason or "",
            created_at=clock.now(),
            created_by_id=actor.id,
        )
    )


def check_exposure(customer: Customer, currency: str, by: Decimal) -> None:
    """Refuse what would raise a locked customer's exposure past its limit (CUST-18).

    :raises Denied: ``credit.exceeded``, with limit, exposure and what remains.
    """
    if customer.credit_enabled and by > 0:
        policies.can_raise_exposure(credit_of(customer), currency, by).enforce()


def merge_credit(step: Merge) -> None:
    """The survivor keeps its limits and takes those in other currencies, and the history (CUST-9)."""
    kept = db.session.scalars(
        db.select(CreditLimit.currency).where(CreditLimit.customer_id == step.survivor.id)
    ).all()
    step.take(CreditLimit.customer_id, CreditLimit.currency.not_in(kept))
    step.take(CreditLimitChange.customer_id)
