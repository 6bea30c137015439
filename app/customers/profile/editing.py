"""Fields that an ordinary edit may change, and the log of each changed field (CUST-20)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from app.customers.shared.fields import MASKED, names_of
from app.customers.shared.log_values import masked_email, to_log_text

if TYPE_CHECKING:
    from collections.abc import Mapping

    from app.customers.shared.models import Customer

DEMAND = names_of("demand")
BUSINESS = names_of("business")
EDITABLE = names_of("basic", "demand", "business")


def masked(field: str, value: Any) -> str:
    """Return a value as the log keeps it: e-mail addresses without their local part."""
    return masked_email(value) if field in MASKED else to_log_text(value)


def changes_of(customer: Customer, values: Mapping[str, Any]) -> dict[str, tuple[Any, Any]]:
    """Return the fields whose value changes: name → (before, after)."""
    return {
        name: (getattr(customer, name), value)
        for name, value in values.items()
        if to_log_text(getattr(customer, name)) != to_log_text(value)
    }
