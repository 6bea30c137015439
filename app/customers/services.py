"""Operations of the customer file: edit, follow up, change the number, reveal it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask_babel import lazy_gettext as _

from app.audit import services as audit
from app.audit.queries import counts_as_edit
from app.customers import policies
from app.customers.duplicates.services import check_tax_id
from app.customers.editing import BUSINESS, DEMAND, EDITABLE, changes_of, masked, to_log_text
from app.customers.shared.fields import field_label
from app.customers.shared.grading import grade_of
from app.customers.shared.models import Customer, FollowUp
from app.customers.shared.policies import can_edit_all, can_edit_basics
from app.customers.shared.queries import facts_for, get_customer
from app.customers.shared.todos import CONTACT_AGAIN
from app.customers.shared.validation import check_kind_of_tax_id, read_tax_id, validate_demand
from app.kernel import clock
from app.kernel.database.session import db
from app.kernel.database.transactions import transactional
from app.kernel.errors import Invalid, Stale
from app.kernel.files.attachments import keep
from app.kernel.translation import N_
from app.notices import services as notices
from app.org.shared.models import District

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from app.kernel.access.actor import Actor
    from app.kernel.files.attachments import Upload

counts_as_edit("customer.update")


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
    if values.get("tax_id"):
        check_kind_of_tax_id(customer.kind)
    district = values.get("district_id")
    if district is not None and db.session.get(District, district) is None:
        raise Invalid(district_id=_("Not one of the choices"))


def _set_districts(customer: Customer, ids: list[int]) -> dict[str, tuple[str, str]]:
    before = "、".join(district.name for district in customer.demand_districts)
    customer.demand_districts = [db.session.get_one(District, pk) for pk in dict.fromkeys(ids)]
    customer.demand_districts.sort(key=lambda district: district.code)
    after = "、".join(district.name for district in customer.demand_districts)
    return {"demand_districts": (before, after)} if before != after else {}


@transactional
def follow_up(
    pk: int,
    *,
    content: str,
    method: str,
    next_contact_at: datetime | None = None,
    files: Sequence[Upload] = (),
    actor: Actor,
) -> FollowUp:
    """Record one contact with the customer (POOL-18); the handler's first one starts work (POOL-15)."""
    customer = get_customer(pk, actor=actor, lock=True)
    policies.can_follow_up(actor, customer, facts_for(customer, actor)).enforce()
    moment = clock.now()
    if next_contact_at is not None and next_contact_at <= moment:
        raise Invalid(next_contact_at=_("This must be in the future"))
    made = FollowUp(
        customer_id=customer.id,
        author_id=actor.id,
        content=content,
        method=method,
        next_contact_at=next_contact_at,
        counts=True,
        created_at=moment,
    )
    db.session.add(made)
    if files:
        db.session.flush()
        for one in files:
            keep(one, made, actor)
    before = customer.follow_status
    planned = plan_contact(customer, next_contact_at, actor)
    customer.note_follow_up(moment, planned, by_handler=customer.handler_id == actor.id)
    changed = {"follow_status": (before, customer.follow_status)} if before != customer.follow_status else {}
    audit.record(actor, "customer.follow_up", customer, N_("Follow-up written"), changed)
    return made


def plan_contact(customer: Customer, next_contact_at: datetime | None, actor: Actor) -> datetime | None:
    """Close the writer's to-dos "contact again"; a next contact makes a new one. Without one, other people's
    plans stay (POOL-18).
    """
    notices.close_todos([customer.id], assignee_id=actor.id, message=CONTACT_AGAIN)
    if next_contact_at is None:
        return notices.next_todo_due(customer.id, CONTACT_AGAIN)
    notices.add_todo(
        actor.id, CONTACT_AGAIN, due_at=next_contact_at, customer_id=customer.id, name=customer.name
    )
    return next_contact_at
