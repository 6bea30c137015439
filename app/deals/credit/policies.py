"""What a customer may owe, and who sets it: pure rules (CUST-17, CUST-18)."""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal
from typing import TYPE_CHECKING

from flask_babel import lazy_gettext as _

from app.deals.credit.currencies import money
from app.kernel.errors import ALLOW, Decision, conflict

if TYPE_CHECKING:
    from collections.abc import Mapping

    from app.customers.shared.models import Customer
    from app.kernel.access.actor import Actor

_NONE = Decimal(0)


@dataclass(frozen=True)
class CreditLine:
    """The credit in one currency: the limit (None: none was set), what is signed and unpaid, and what of it
    is overdue.
    """

    limit: Decimal | None = None
    exposure: Decimal = _NONE
    overdue: Decimal = _NONE

    @property
    def remaining(self) -> Decimal:
        """What may still be signed; below zero where the exposure passed the limit."""
        return (self.limit or _NONE) - self.exposure


@dataclass(frozen=True)
class Credit:
    """A customer's credit: whether it is checked, and a line for each currency."""

    enabled: bool = False
    lines: Mapping[str, CreditLine] = field(default_factory=dict)

    def line(self, currency: str) -> CreditLine:
        """Return the line of a currency; no limit counts as zero."""
        return self.lines.get(currency, CreditLine())

    @property
    def is_overdue(self) -> bool:
        """True if an instalment of the customer is overdue, in any currency."""
        return any(line.overdue > 0 for line in self.lines.values())


def can_raise_exposure(credit: Credit, currency: str, by: Decimal) -> Decision:
    """CUST-18: what is signed and unpaid stays within the limit of its currency."""
    line = credit.line(currency)
    if not credit.enabled or by <= 0 or by <= line.remaining:
        return ALLOW
    sentence = _(
        "The credit does not allow this: limit %(limit)s, signed and unpaid %(exposure)s, "
        "remaining %(remaining)s",
        limit=money(line.limit or _NONE, currency),
        exposure=money(line.exposure, currency),
        remaining=money(line.remaining, currency),
    )
    return conflict(
        "credit.exceeded",
        sentence,
        currency=currency,
        limit=float(line.limit or 0),
        exposure=float(line.exposure),
        remaining=float(line.remaining),
    )


def can_sign_despite_overdue(credit: Credit, *, overdue_stops: bool) -> Decision:
    """CUST-18: with the setting, overdue instalments stop new signing."""
    if overdue_stops and credit.is_overdue:
        return conflict("credit.overdue", _("An instalment of this customer is overdue; that comes first"))
    return ALLOW


def can_set_credit(_actor: Actor, customer: Customer, _facts: object = None) -> Decision:
    """CUST-17: of enterprises, by those who have the permission (ACC-16: Finance, administrators)."""
    if customer.kind == "individual":
        return conflict("credit.of_enterprises", _("Only enterprises have a credit"))
    return ALLOW
