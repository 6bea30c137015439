"""Create customers (POOL-1, POOL-2, CUST-1 … CUST-7)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask_babel import lazy_gettext as _
from sqlalchemy import select

from app.audit import services as audit
from app.customers.creation.responsibility import Responsibility, responsibility_for
from app.customers.duplicates.services import check_number, check_tax_id, claim_number
from app.customers.numbers.lookups import typed_number
from app.customers.shared.fields import column_of
from app.customers.shared.grading import grade_of
from app.customers.shared.models import Customer
from app.customers.shared.queries import survivor_of
from app.customers.shared.todos import notify_handler, viewing_time
from app.customers.shared.validation import check_kind, read_tax_id, validate_demand
from app.kernel import clock
from app.kernel.access.guard import unscoped
from app.kernel.database.numbering import next_codes
from app.kernel.database.session import db
from app.kernel.database.transactions import transactional
from app.kernel.errors import Decision, Invalid, conflict
from app.kernel.fields.phones import PhoneNumber, read_phone
from app.kernel.text import fold
from app.kernel.translation import N_
from app.org.districts.queries import known_districts
from app.org.shared.models import District

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from datetime import datetime

    from app.customers.duplicates.places import NumberPlace
    from app.kernel.access.actor import Actor

_into_pool: list[Callable[[Sequence[Customer], Actor], object]] = []
CODE_PREFIX = "CUS"
NO_PHONE = PhoneNumber(None, None, None, None)
_PART = 500  # codes in one statement


def on_into_pool(listener: Callable[[Sequence[Customer], Actor], object]) -> None:
    """Register the listener that opens the entry of a customer created in the public pool (POOL-2)."""
    if listener not in _into_pool:
        _into_pool.append(listener)


@transactional
def create_customer(  # noqa: PLR0913 - what the form and the API give, each by its name
    *,
    pool: str,
    kind: str,
    name: str,
    phone: str | None = None,
    code: str | None = None,
    owner_id: int | None = None,
    department_id: int | None = None,
    handler_id: int | None = None,
    viewing_booked: bool = False,
    viewing_at: datetime | None = None,
    into_pool: bool = False,
    demand: Mapping[str, Any] | None = None,
    tax_id: str | None = None,
    actor: Actor,
    **fields: Any,
) -> Customer:
    """Create a customer (POOL-1, POOL-2, CUST-1, CUST-6, CUST-7).

    Personal: starts ``following`` with its owner. Platform: starts ``pending`` with its handler, who is
    notified and gets a to-do when a viewing is booked; or, with ``into_pool``, starts in the public pool:
    ``following``, without a handler. ``demand`` holds ``kind``, ranges and ``district_ids``; ``fields`` the
    plain columns of CUST-2 and CUST-3.

    :raises Invalid: for input that cannot be accepted.
    :raises Denied: ``customer.duplicate``, ``customer.code_taken``, or when the actor may not.
    """
    number, clean_tax_id = read_identity(kind, phone, tax_id)
    check_kind(kind, {**fields, "tax_id": clean_tax_id})
    viewing = viewing_time(booked=viewing_booked, at=viewing_at)
    wanted, districts = _read_demand(demand or {})
    _check_district(fields.get("district_id"))
    responsibility = responsibility_for(pool, owner_id, handler_id, department_id, actor, into_pool=into_pool)
    _check_duplicates(number, clean_tax_id, responsibility.place, actor)
    customer = Customer(
        **new_values(responsibility, kind, number, actor), **wanted, **fields, name=name, tax_id=clean_tax_id
    )
    customer.code = read_free_code(code) if code else free_codes(1)[0]
    customer.grade = grade_of(customer.annual_revenue, customer.cooperation_years, customer.deal_status)
    customer.demand_districts = districts
    db.session.add(customer)
    db.session.flush()
    claim_number(customer, responsibility.place, is_new=True)
    audit.record(actor, "customer.create", customer, N_("Customer %(code)s created"), code=customer.code)
    notify_handler(customer, responsibility.handler, actor, viewing_at=viewing)
    if responsibility.is_nobodys:
        enter_pool([customer], actor)
    return customer


def _check_duplicates(number: PhoneNumber, tax_id: str | None, place: NumberPlace, actor: Actor) -> None:
    if tax_id:
        check_tax_id(tax_id, actor)
    if number:
        with typed_number(number, "create", actor):
            check_number(number.index or "", place, actor)


def enter_pool(customers: Sequence[Customer], actor: Actor) -> None:
    """Put new platform customers without a handler into the public pool (POOL-2)."""
    for listener in _into_pool:
        listener(customers, actor)


def read_identity(kind: str, phone: str | None, tax_id: str | None) -> tuple[PhoneNumber, str | None]:
    """Return the number, which individuals need, and the tax id (CUST-2, CUST-4)."""
    number = read_phone(phone) if phone else NO_PHONE
    if kind == "individual" and not number:
        raise Invalid(phone=_("This field is required"))
    return number, read_tax_id(tax_id) if tax_id else None


def _read_demand(demand: Mapping[str, Any]) -> tuple[dict[str, Any], list[District]]:
    """Return the demand's columns, and its districts by code (CUST-5)."""
    columns = {column_of(key): value for key, value in demand.items()}
    ids = list(dict.fromkeys(columns.pop("demand_districts", None) or []))
    validate_demand(columns, ids)
    if not ids:
        return columns, []
    return columns, list(
        db.session.scalars(select(District).where(District.id.in_(ids)).order_by(District.code))
    )


def new_values(
    responsibility: Responsibility, kind: str, number: PhoneNumber, actor: Actor
) -> dict[str, Any]:
    """Return the initial values of every new customer (POOL-1, POOL-2)."""
    values: dict[str, Any] = {
        "company_id": responsibility.company_id,
        "pool": responsibility.place.pool,
        "kind": kind,
        "follow_status": "pending" if responsibility.handler else "following",
        "phone": number,
        "owner": responsibility.owner,
        "handler": responsibility.handler,
        "department_id": responsibility.place.department_id,
        "created_at": clock.now(),
        "idle_since": clock.now(),
        "pooled_at": clock.now() if responsibility.is_nobodys else None,
        "created_by_id": actor.id,
        "deal_status": "potential",
        "stage": "lead",
        "version": 1,
        "enabled": True,
    }
    if responsibility.handler is not None:
        values |= {
            "assigned_by_id": actor.staff_id,
            "assigned_at": values["created_at"],
            "assigned_department_id": actor.department_id,
        }
    return values


def _check_district(district_id: int | None) -> None:
    if district_id is not None and not known_districts([district_id]):
        raise Invalid(district_id=_("Not one of the choices"))


def read_free_code(text: str) -> str:
    """Return a given code as it is kept (CUST-1).

    :raises Invalid: for a code of another form.
    :raises Denied: ``customer.code_taken``.
    """
    code = read_given_code(text)
    if existing_codes([code]):
        survivor = survivor_of(Customer.__table__.c.code == code)
        (merged_code(survivor[1]) if survivor else code_taken()).enforce()
    return code


def read_given_code(text: str) -> str:
    """Return a given code as it is kept, whoever has it.

    :raises Invalid: for a code of another form.
    """
    code = fold(text).upper()
    if not (code.isascii() and code.replace("-", "").isalnum() and len(code) <= 32):  # noqa: PLR2004
        raise Invalid(code=_("Letters, digits and dashes, at most 32"))
    return code


def free_codes(number: int) -> list[str]:
    """Return the day's next codes that are not yet given to customers by hand (CUST-1)."""
    found: list[str] = []
    while len(found) < number:
        fresh = next_codes(CODE_PREFIX, number - len(found))
        taken = existing_codes(fresh)
        found += [code for code in fresh if code not in taken]
    return found


def existing_codes(codes: Sequence[str]) -> dict[str, int]:
    """Return those of the codes that customers have or had, with the customers' ids."""
    found: dict[str, int] = {}
    with unscoped("a code is unique in the whole system and never reused (CUST-1)"):
        for start in range(0, len(codes), _PART):
            part = select(Customer.code, Customer.id).where(Customer.code.in_(codes[start : start + _PART]))
            found.update(db.session.execute(part).all())
    return found


def code_taken() -> Decision:
    """Refuse a code that is taken."""
    return conflict("customer.code_taken", _("This code is taken"))


def merged_code(survivor: str) -> Decision:
    """Refuse the code of a file that was merged, and name the one that it leads to (CUST-9)."""
    sentence = _("The file with this code was merged into %(code)s", code=survivor)
    return conflict("customer.code_merged", sentence, survivor=survivor)
