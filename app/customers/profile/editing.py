"""Fields that an ordinary edit may change, and the log of each changed field (CUST-20)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from app.customers.shared.fields import MASKED, names_of
from app.kernel.clock import to_local

if TYPE_CHECKING:
    from collections.abc import Mapping

    from app.customers.shared.models import Customer

DEMAND = names_of("demand")
BUSINESS = names_of("business")
EDITABLE = names_of("basic", "demand", "business")


def to_log_text(value: Any) -> str:
    """Return a value as text, as the log and the form compare it."""
    if value is None:
        return ""
    if hasattr(value, "tzinfo"):
        return to_local(value).strftime("%Y-%m-%d %H:%M")
    if hasattr(value, "normalize"):
        return f"{value.normalize():f}"
    return str(value)


def masked(field: str, value: Any) -> str:
    """Return a value as the log keeps it: e-mail addresses without their local part."""
    text = to_log_text(value)
    if field in MASKED and "@" in text:
        name, domain = text.split("@", 1)
        return f"{name[:1]}***@{domain}"
    return text


def changes_of(customer: Customer, values: Mapping[str, Any]) -> dict[str, tuple[Any, Any]]:
    """Return the fields whose value changes: name → (before, after)."""
    return {
        name: (getattr(customer, name), value)
        for name, value in values.items()
        if to_log_text(getattr(customer, name)) != to_log_text(value)
    }
