"""Which fields an ordinary edit may change, and how a change is recorded field by field (CUST-20)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask_babel import lazy_gettext as _

from app.kernel.clock import to_local

if TYPE_CHECKING:
    from collections.abc import Mapping

    from app.customers.models import Customer
    from app.kernel.errors import Sentence

# POOL-5: what anyone who can open and act may edit of an individual.
BASICS: Mapping[str, Sentence] = {
    "name": _("Name"),
    "short_name": _("Short name"),
    "email": _("E-mail"),
    "website": _("Website"),
    "country": _("Country"),
    "district_id": _("District"),
    "address": _("Address"),
    "industry": _("Industry"),
    "company_size": _("Company size"),
    "founded_on": _("Founded on"),
    "source": _("Source"),
    "remark": _("Remark"),
}
DEMAND: Mapping[str, Sentence] = {
    "demand_kind": _("Buy or rent"),
    "price_min": _("Price from"),
    "price_max": _("Price to"),
    "area_min": _("Area from"),
    "area_max": _("Area to"),
    "rooms_min": _("Rooms from"),
    "rooms_max": _("Rooms to"),
    "needs": _("Needs"),
}
# CUST-21: the rest of the file.
BUSINESS: Mapping[str, Sentence] = {
    "tax_id": _("Tax id"),
    "enabled": _("Enabled"),
    "level": _("Level"),
    "deal_status": _("Deal status"),
    "annual_revenue": _("Yearly revenue"),
    "cooperation_years": _("Years of cooperation"),
}
LABELS: Mapping[str, Sentence] = {
    **BASICS,
    **DEMAND,
    **BUSINESS,
    "demand_districts": _("Demand districts"),
    "phone": _("Phone"),
    "follow_status": _("Follow status"),
    "owner": _("Owner"),
    "handler": _("Handler"),
    "private_holder": _("Private holder"),
    "push": _("Push"),
    "grade": _("Grade"),
    "link_code": _("Link group"),
    "member_access": _("Access"),
}

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
