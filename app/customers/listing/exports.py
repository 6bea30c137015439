"""The list of customers as a spreadsheet (PLAT-6): numbers masked, codes in words."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask_babel import gettext

from app.customers.shared import choices

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from app.customers.shared.models import Customer


def _status(customer: Customer) -> str:
    shown = choices.FOLLOW_STATUS.label(customer.follow_status)
    return f"{shown} · {gettext('Private')}" if customer.is_private else shown


# Values of the spreadsheet for columns whose page cells are HTML: a label for a tag, a moment for its text.
VALUES: Mapping[str, Callable[[Customer], Any]] = {
    "status": _status,
    "next_contact_at": lambda customer: customer.next_contact_at,
}
