"""Which fields an ordinary edit may change, and how a change is recorded field by field (CUST-20)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from app.customers.fields import LABELS, names_of
from app.kernel.clock import to_local

if TYPE_CHECKING:
    from collections.abc import Mapping

    from app.customers.models import Customer

DEMAND = names_of("demand")
BUSINESS = names_of("business")
EDITABLE = names_of("basic", "demand", "business")

MASKED = frozenset({"email"})


def to_log_text(value: Any) -> str:
    """A value as the log and the form compare it."""
    if value is None:
        return ""
    if hasattr(value, "tzinfo"):
        return to_local(value).strftime("%Y-%m-%d %H:%M")
    if hasattr(value, "normalize"):
        return f"{value.normalize():f}"
    return str(value)


def masked(field: str, value: Any) -> str:
    """A value as the log keeps it: addresses of mail without their name part."""
    text = to_log_text(value)
    if field in MASKED and "@" in text:
        name, domain = text.split("@", 1)
        return f"{name[:1]}***@{domain}"
    return text


def changes_of(customer: Customer, values: Mapping[str, Any]) -> dict[str, tuple[Any, Any]]:
    """Fields whose new value differs: name → (before, after)."""
    return {
        name: (getattr(customer, name), value)
        for name, value in values.items()
        if to_log_text(getattr(customer, name)) != to_log_text(value)
    }


def field_label(name: str) -> str:
    """The field as people read it."""
    return str(LABELS.get(name, name))
