"""Edit the fields of a customer (POOL-5, CUST-20, CUST-21)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask_babel import lazy_gettext as _

from app.audit import services as audit
from app.customers.duplicates.services import check_tax_id
from app.customers.profile.editing import BUSINESS, DEMAND, EDITABLE, changes_of, masked
from app.customers.shared.fields import field_label
from app.customers.shared.grading import grade_of
from app.customers.shared.log_values import to_log_text
from app.customers.shared.policies import can_edit_all, can_edit_basics
from app.customers.shared.queries import facts_for, get_customer
from app.customers.shared.validation import check_kind, read_tax_id, validate_demand
from app.kernel.database.session import db
from app.kernel.database.transactions import transactional
from app.kernel.errors import Invalid, Stale
from app.kernel.translation import N_
from app.org.shared.models import District

if TYPE_CHECKING:
    from collections.abc import Mapping

    from app.customers.shared.models import Customer
    from app.kernel.access.actor import Actor


@transactional
def update_customer(pk: int, *, version: int, values: Mapping[str, Any], actor: Actor) -> Customer:
    """Edit fields of the file (POOL-5, CUST-20, CUST-21); raise the version and log each field.

    ``values`` holds only what is to change; ``demand_districts`` is a list of district ids.

    :raises Stale: when another person saved in between.
    :raises Denied: when the actor may not edit these fields.
    """
    customer = get_customer(pk, actor=actor, lock=True)
    facts = facts_for(customer, actor)
    districts = list(values.get("demand_districts") or []) if "demand_districts" in values else None
    plain = {k: v for k, v in values.items() if k != "demand_districts"}
    if plain.get("tax_id"):
        plain["tax_id"] = read_tax_id(plain["tax_id"])
    _check_values(customer, plain, districts)
    differences = changes_of(customer, plain)
    beyond = any(name in BUSINESS for name in differences)
    rule = can_edit_all if beyond else can_edit_basics
    rule(actor, customer, facts).enforce()
    if version != customer.version:
        raise Stale(
            customer.version,
            {field_label(name): (to_log_text(a), to_log_text(b)) for name, (a, b) in differences.items()},
        )
    if differences.get("tax_id", (None, None))[1]:
        check_tax_id(plain["tax_id"], actor, exclude=customer.id)
    for name, (_before, after) in differences.items():
        setattr(customer, name, after)
    if "birthday" in differences:
        customer.birthday_noted_on = None
    if districts is not None:
        differences.update(_set_districts(customer, districts))
    grade = grade_of(customer.annual_revenue, customer.cooperation_years, customer.deal_status)
    if grade != customer.grade:
        differences["grade"] = (customer.grade, grade)
        customer.grade = grade
    if differences:
        customer.bump()
        log = {name: (masked(name, a), masked(name, b)) for name, (a, b) in differences.items()}
        audit.record(actor, "customer.update", customer, N_("Customer edited"), log)
    return customer


def _check_values(customer: Customer, values: Mapping[str, Any], districts: list[int] | None) -> None:
    unknown = [name for name in values if name not in EDITABLE]
    if unknown:
        raise Invalid(**{name: _("This cannot be edited") for name in unknown})
    empty = [name for name in ("name", "enabled", "deal_status") if name in values and values[name] is None]
    if empty:
        raise Invalid(**{name: _("This field is required") for name in empty})
    merged = {name: values.get(name, getattr(customer, name)) for name in DEMAND}
    validate_demand(merged, districts or [])
    check_kind(customer.kind, values)
    district = values.get("district_id")
    if district is not None and db.session.get(District, district) is None:
        raise Invalid(district_id=_("Not one of the choices"))


def _set_districts(customer: Customer, ids: list[int]) -> dict[str, tuple[str, str]]:
    before = "、".join(district.name for district in customer.demand_districts)
    customer.demand_districts = [db.session.get_one(District, pk) for pk in dict.fromkeys(ids)]
    customer.demand_districts.sort(key=lambda district: district.code)
    after = "、".join(district.name for district in customer.demand_districts)
    return {"demand_districts": (before, after)} if before != after else {}
