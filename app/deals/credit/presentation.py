"""How a customer's credit is said in words and tables (CUST-18)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask_babel import gettext

from app.deals.credit.currencies import money

if TYPE_CHECKING:
    from decimal import Decimal

    from app.deals.credit.policies import Credit


def credit_in_words(credit: Credit, currency: str = "") -> str:
    """Say limit, exposure and what remains, of one currency or of all; empty where nothing is known."""
    wanted = [currency] if currency else [*credit.lines]
    return "; ".join(_line(credit, one) for one in wanted)


def _line(credit: Credit, currency: str) -> str:
    line = credit.line(currency)
    limit = gettext("none, which counts as zero") if line.limit is None else money(line.limit, currency)
    return gettext(
        "%(currency)s: limit %(limit)s, signed and unpaid %(exposure)s, remaining %(remaining)s",
        currency=currency,
        limit=limit,
        exposure=money(line.exposure, currency),
        remaining=money(line.remaining, currency),
    )


def warning_before_signing(credit: Credit, currency: str, amount: Decimal) -> str:
    """Say before a signing what the credit allows, and whether it will be refused (CUST-18)."""
    if not credit.enabled:
        return ""
    said = credit_in_words(credit, currency)
    if amount <= credit.line(currency).remaining:
        return said
    refused = gettext("This will be refused: the credit does not reach.")
    return f"{said}. {refused}"
