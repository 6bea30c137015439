"""How business records are shown: amounts, customers, totals."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask import url_for
from markupsafe import Markup

from app.customers.shared.permissions import CustomerPermission
from app.customers.shared.queries import openable_names
from app.kernel.pages.formatting import join_names

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from decimal import Decimal

    from app.deals.shared.models import BusinessRecord
    from app.kernel.access.actor import Actor

_LINK = Markup('<a href="{}">{}</a>')


def money(amount: Decimal, currency: str) -> str:
    """Return an amount with its currency, e.g. ``1,200.50 CNY``."""
    return f"{amount:,.2f} {currency}"


def totals(amounts: Mapping[str, Decimal]) -> str:
    """Return totals by currency in one line; amounts of two currencies are never added."""
    return join_names(_largest_first(amounts))


def totals_below(amounts: Mapping[str, Decimal]) -> Markup:
    """Return totals by currency below each other, for the foot of a list."""
    return Markup("<br>").join(_largest_first(amounts))


def _largest_first(amounts: Mapping[str, Decimal]) -> list[str]:
    ordered = sorted(amounts.items(), key=lambda pair: (-pair[1], pair[0]))
    return [money(amount, currency) for currency, amount in ordered if amount]


def customer_cells(records: Sequence[BusinessRecord], actor: Actor) -> Mapping[int, Mapping[str, Any]]:
    """Return the names of the records' customers as links, where the actor can open the customer."""
    if not actor.may(CustomerPermission.READ):
        return {}
    names = openable_names([record.customer_id for record in records], actor)
    return {
        record.id: {
            "customer": _LINK.format(
                url_for("CustomerView.show", pk=record.customer_id), names[record.customer_id]
            )
        }
        for record in records
        if record.customer_id in names
    }
