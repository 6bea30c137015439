"""The one arithmetic of business records: amounts of lines and their totals (CUST-16).

Half a cent is rounded up. A line is rounded to cents after its discount, its tax is rounded on that amount,
and totals are sums of rounded amounts: what is printed line by line adds up, and a contract takes over the
same total.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal, localcontext
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Iterable

CENT = Decimal("0.01")
ZERO = Decimal("0.00")
WHOLE = Decimal(100)
_DIGITS = 60  # more than any product of a line has, so that nothing is rounded before its end


class Priced(Protocol):
    """What a line's amounts are computed from: ``quantity``, ``price`` of one, ``discount`` and ``tax`` in
    per cent.
    """

    quantity: Decimal
    price: Decimal
    discount: Decimal
    tax: Decimal


@dataclass(frozen=True)
class Amounts:
    """Amounts with two decimals: ``net`` after the discount, the ``tax`` on it, and both together."""

    net: Decimal = ZERO
    tax: Decimal = ZERO

    @property
    def total(self) -> Decimal:
        """Return what is to be paid."""
        return self.net + self.tax

    def __add__(self, other: Amounts) -> Amounts:
        return Amounts(self.net + other.net, self.tax + other.tax)


def to_cents(amount: Decimal) -> Decimal:
    """Round half up to cents; zero never has a sign."""
    with localcontext() as context:
        context.prec = _DIGITS
        return amount.quantize(CENT, ROUND_HALF_UP) + ZERO


def amounts_of_line(line: Priced) -> Amounts:
    """Return the amounts of one line: rounded after its discount, the tax rounded on that."""
    with localcontext() as context:
        context.prec = _DIGITS
        net = to_cents(line.quantity * line.price * (WHOLE - line.discount) / WHOLE)
        return Amounts(net, to_cents(net * line.tax / WHOLE))


def amounts_of(lines: Iterable[Priced]) -> Amounts:
    """Return the totals of lines: the only way in which a quote or a contract gets one from its lines."""
    return sum((amounts_of_line(line) for line in lines), Amounts())
