"""Requests for other credit limits of a customer (CUST-17)."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any

from flask_babel import gettext
from flask_babel import lazy_gettext as _

from app.approvals import policies
from app.approvals.choices import CREDIT_CHANGE
from app.approvals.kinds import ROLE, SUPERIOR, Change, Kind, Values, only
from app.deals.credit.queries import find_limit
from app.deals.credit.services import MOST, apply_credit
from app.deals.shared.currencies import CURRENCY, complaint_of, money
from app.kernel.errors import Invalid
from app.kernel.fields.forms import REQUIRED
from app.org.roles.names import FINANCE

if TYPE_CHECKING:
    from collections.abc import Mapping

    from app.approvals.models import ApprovalRequest
    from app.customers.shared.models import Customer
    from app.kernel.access.actor import Actor
    from app.kernel.errors import Sentence

_LIMITS = "values.limits"


def _read(values: Mapping[str, Any]) -> Values:
    """Return whether the credit is checked, and the limits that change, each as text or none."""
    given = only(values, "credit_enabled", "limits")
    if "credit_enabled" not in given:
        raise Invalid(**{"values.credit_enabled": REQUIRED})
    limits: dict[str, str | None] = {}
    for currency, amount in given.get("limits", ()):
        complaint = _complaint(currency, amount, limits)
        if complaint is not None:
            raise Invalid(**{_LIMITS: complaint})
        limits[currency] = None if amount is None else f"{amount:.2f}"
    return {"credit_enabled": bool(given["credit_enabled"]), "limits": limits}


def _complaint(currency: str, amount: Decimal | None, before: Mapping[str, Any]) -> Sentence | None:
    if currency not in CURRENCY or currency in before:
        return _("Each currency once, by its code")
    if amount is None:
        return None
    if not 0 <= amount <= MOST or amount != round(amount, 2):
        return _("Not an acceptable value")
    return complaint_of(amount, currency)


def _present(customer: Customer, proposed: Values) -> Values:
    """Return the customer's credit, in the currencies of the request."""
    found = {currency: find_limit(customer.id, currency) for currency in proposed["limits"]}
    limits = {currency: None if one is None else f"{one.amount:.2f}" for currency, one in found.items()}
    return {"credit_enabled": customer.credit_enabled, "limits": limits}


def _apply(customer: Customer, request: ApprovalRequest, actor: Actor) -> None:
    proposed = request.proposed
    limits = {
        currency: None if amount is None else Decimal(amount)
        for currency, amount in proposed["limits"].items()
    }
    apply_credit(customer, limits, request.reason, actor, enabled=proposed["credit_enabled"])


def _difference(before: Mapping[str, Any], proposed: Mapping[str, Any]) -> list[Change]:
    found = []
    if before["credit_enabled"] != proposed["credit_enabled"]:
        said = (gettext("Yes") if one["credit_enabled"] else gettext("No") for one in (before, proposed))
        found.append(Change("credit_enabled", _("Credit checked"), *said))
    for currency, after in proposed["limits"].items():
        was = before["limits"].get(currency)
        if was != after:
            label = _("Limit in %(currency)s", currency=currency)
            found.append(Change(f"limits.{currency}", label, _said(was, currency), _said(after, currency)))
    return found


def _said(amount: str | None, currency: str) -> str:
    return gettext("none") if amount is None else money(Decimal(amount), currency)


CREDIT = Kind(
    code=CREDIT_CHANGE,
    levels=(SUPERIOR, f"{ROLE}{FINANCE}"),
    read=_read,
    present=_present,
    policy=policies.can_request_credit,
    check=policies.can_change_credit,
    apply=_apply,
    difference=_difference,
    by_two=True,
)
