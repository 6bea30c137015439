"""Which fields the page of a customer shows, and which are edited on it (CUST-15, OFF-1)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from app.customers.shared.fields import FIELDS, names_of, shown_in

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from app.customers.shared.models import Customer

_OF_ENTERPRISES = frozenset({"tax_id", *(one.name for one in FIELDS if one.block in {"firm", "trade"})})
_OF_INDIVIDUALS = frozenset({"birthday"})
_FIGURES = frozenset({"annual_revenue", "cooperation_years"})
# What tells where work stands: of individuals follow status and level, of enterprises the others (CUST-15).
_STANDING = {"individual": frozenset({"grade", "deal_status", "stage"}), "enterprise": frozenset({"level"})}
_OF_PLATFORM = frozenset({"held", "held_by", "handler", "private_holder"})


def empty_of_other_kind(customer: Customer) -> frozenset[str]:
    """Return the empty fields that only the other kind of customer has (CUST-15)."""
    others = _OF_ENTERPRISES if customer.kind == "individual" else _OF_INDIVIDUALS
    return frozenset(name for name in others if str(getattr(customer, name) or "") == "")


def fields_of_other_kinds(customer: Customer) -> frozenset[str]:
    """Return the fields that say nothing about a customer of this kind and pool (CUST-15, OFF-1).

    Those of the other kind as far as they are empty; those of platform customers for a personal one; and that
    it is enabled.
    """
    others = _OF_PLATFORM if customer.pool == "personal" else frozenset({"owner"})
    usual = frozenset({"enabled"}) if customer.enabled else frozenset()
    return _of_other_kind(customer) | others | usual


def _of_other_kind(customer: Customer) -> frozenset[str]:
    found = empty_of_other_kind(customer) | _STANDING[customer.kind]
    if customer.kind == "individual":
        return found | {name for name in _FIGURES if getattr(customer, name) is None}
    has_demand = any(getattr(customer, name) not in (None, "", []) for name in names_of("demand"))
    return found if has_demand else found | {*shown_in("demand")}


_IN_PLACE: Mapping[str, tuple[str, ...]] = {
    "name": ("name",),
    "source": ("source",),
    "level": ("level",),
    "deal_status": ("deal_status",),
    "demand_kind": ("demand_kind",),
    "price": ("price_min", "price_max"),
    "area": ("area_min", "area_max"),
    "rooms": ("rooms_min", "rooms_max"),
    "needs": ("needs",),
    "short_name": ("short_name",),
    "email": ("email",),
    "address": ("address",),
    "industry": ("industry",),
    "company_size": ("company_size",),
    "remark": ("remark",),
    "birthday": ("birthday",),
    **{
        name: (name,)
        for name in (
            "business_types",
            "transport_mode",
            "price_terms",
            "payment_terms",
            "invoice_title",
            "tax_rate",
        )
    },
}


def inputs_in_place(groups: Collection[str]) -> dict[str, list[str]]:
    """Return the fields that are edited on the page itself (OFF-1), as shown field → fields of the edit form;
    those of the given groups alone.
    """
    found = {one.name: one for one in FIELDS}
    return {
        shown: [
            f"demand.{found[name].sent_name}" if found[name].group == "demand" else name for name in names
        ]
        for shown, names in _IN_PLACE.items()
        if found[names[0]].group in groups
    }
