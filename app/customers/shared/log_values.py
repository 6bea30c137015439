"""Values of a customer and its parts as text: as the log keeps them, and as edits are compared (CUST-20)."""

from __future__ import annotations

from typing import Any

from app.kernel.clock import to_local


def to_log_text(value: Any) -> str:
    """Return a value as text, as the log and the form compare it."""
    if value is None:
        return ""
    if hasattr(value, "tzinfo"):
        return to_local(value).strftime("%Y-%m-%d %H:%M")
    if hasattr(value, "normalize"):
        return f"{value.normalize():f}"
    return str(value)


def masked_email(value: Any) -> str:
    """Return an e-mail address without its local part."""
    text = to_log_text(value)
    if "@" not in text:
        return text
    name, domain = text.split("@", 1)
    return f"{name[:1]}***@{domain}"
