"""Steps that services of all business records take: whose record it is, and how an edit is kept."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from app.audit import services as audit
from app.customers.shared.queries import colleague_for, get_customer
from app.customers.shared.queries import facts_for as facts_about
from app.deals.shared import policies
from app.deals.shared.queries import get_record
from app.kernel import clock
from app.kernel.database.session import db
from app.kernel.errors import Invalid, Stale
from app.kernel.fields.forms import REQUIRED
from app.kernel.translation import N_
from app.notices import services as notices
from app.org.shared.models import Staff

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from app.customers.shared.models import Customer
    from app.deals.shared.models import BusinessRecord
    from app.kernel.access.actor import Actor
    from app.kernel.errors import Sentence

OWNER = "owner_id"
EDITED = N_("Edited")
CREATED = N_("Record created")


def _plain(value: Any) -> str:
    return "" if value is None else str(value)


@dataclass(frozen=True)
class EditedField:
    """A field that an edit may change: its label, and its value as the log keeps it."""

    label: Sentence
    logged: Callable[[Any], str] = _plain


def customer_for(customer_id: int, *, actor: Actor) -> Customer:
    """Return the customer of a new record, locked.

    :raises NotFound: when it is out of reach.
    :raises Denied: 403 for who may only read it, 409 ``customer.disabled`` (CUST-2).
    """
    customer = get_customer(customer_id, actor=actor, lock=True)
    verdict = policies.can_add(actor, customer, facts_about(customer, actor))
    replace(verdict, field="customer_id").enforce()
    return customer


def owner_for(customer: Customer, owner_id: int | None, *, actor: Actor) -> Staff:
    """Return the owner of a new record: the colleague asked for, the actor, or for an account without a
    staff profile the person responsible for the customer.

    :raises Invalid: for a person who is no active colleague of the customer's company, or where nobody is
    left.
    """
    if owner_id is not None and owner_id != actor.id:
        return colleague_for(customer, owner_id, field=OWNER, actor=actor)
    found = db.session.get(Staff, actor.id) if actor.staff_id is not None else None
    found = found or customer.owner or customer.private_holder or customer.handler
    if found is None:
        raise Invalid(**{OWNER: REQUIRED})
    return found


def add_record(
    model: type[Any], customer_id: int, owner_id: int | None, values: Mapping[str, Any], *, actor: Actor
) -> Any:
    """Add a record of a customer, log it and tell its owner; refusals as of the two functions above."""
    customer = customer_for(customer_id, actor=actor)
    owner = owner_for(customer, owner_id, actor=actor)
    made = model(
        company_id=customer.company_id,
        customer=customer,
        customer_id=customer.id,
        owner=owner,
        owner_id=owner.id,
        created_by_id=actor.id,
        created_at=clock.now(),
        version=1,
        **values,
    )
    db.session.add(made)
    db.session.flush()
    audit.record(actor, f"{model.__audit__}.create", made, CREATED)
    notify_owner(made, N_("%(who)s gave you “%(title)s” of %(name)s"), actor)
    return made


def notify_owner(record: BusinessRecord, message: str, actor: Actor, **parameters: Any) -> None:
    """Tell the owner of a record what somebody else did with it."""
    if record.owner_id == actor.id:
        return
    notices.notify(
        record.owner_id,
        message,
        about=record,
        who=actor.name,
        title=record.title,
        name=record.name_of_customer,
        **parameters,
    )


def record_to_change(model: type[Any], pk: int, *, actor: Actor) -> Any:
    """Return a record for a change, locked."""
    return get_record(model, pk, actor=actor, lock=True)


def keep_edit(
    record: Any,
    fields: Mapping[str, EditedField],
    values: Mapping[str, Any],
    *,
    version: int | None,
    actor: Actor,
    more: Mapping[str, tuple[Any, Any]] | None = None,
) -> dict[str, tuple[Any, Any]]:
    """Change fields of a locked record, raise its version and log each change (CUST-20). ``more`` are
    changes that the caller made beside the fields. Return all changes as the log keeps them.

    :param version: the save that the actor had seen; without one, the present.
    :raises Stale: when another person saved in between.
    """
    values = {name: value for name, value in values.items() if name in fields}
    changed = {
        name: (getattr(record, name), value)
        for name, value in values.items()
        if getattr(record, name) != value
    }
    logged = {name: tuple(fields[name].logged(one) for one in pair) for name, pair in changed.items()}
    if version is not None and version != record.version:
        theirs = {str(fields[name].label): pair for name, pair in logged.items()}
        raise Stale(record.version, theirs)  # type: ignore[arg-type]  # pairs of texts
    for name, (_before, after) in changed.items():
        setattr(record, name, after)
    differences: dict[str, tuple[Any, Any]] = {**logged, **(more or {})}  # type: ignore[dict-item]
    if differences:
        record.bump()
        audit.record(actor, f"{record.__audit__}.update", record, EDITED, differences)
    return differences


def change_owner(record: Any, owner_id: int | None, *, actor: Actor) -> dict[str, tuple[str, str]]:
    """Give a record to another colleague, where one is asked for; return the change as the log keeps it.

    :raises Invalid: for a person who is no active colleague of the customer's company.
    """
    if owner_id is None or owner_id == record.owner_id:
        return {}
    owner = colleague_for(record.customer, owner_id, field=OWNER, actor=actor)
    change = {"owner": (record.owner.name, owner.name)}
    record.hand_to(owner)
    notify_owner(record, N_("%(who)s gave you “%(title)s” of %(name)s"), actor)
    return change
