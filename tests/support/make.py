"""Customers for tests: made by the real services where there is one, written into the tables for other
states. All functions need an application context (the ``world`` fixture gives one).
"""

from __future__ import annotations

from itertools import count
from typing import TYPE_CHECKING, Any

from sqlalchemy import update
from stdnum.cn import uscc

from app.customers.creation.services import create_customer
from app.customers.shared.models import Customer, CustomerMember
from app.customers.shared.pushes import Push
from app.kernel import clock
from app.kernel.access.guard import unscoped
from app.kernel.database.session import db

if TYPE_CHECKING:
    from app.kernel.access.actor import Actor

_numbers = count(1)


def restart_numbers() -> None:
    """Restart the numbering: each test gets the same numbers in every run."""
    global _numbers  # noqa: PLW0603 - one counter a process is the point
    _numbers = count(1)


def next_phone() -> str:
    """Return a mobile number of valid form that this test has not used before."""
    return f"1370000{next(_numbers):04d}"


def tax_id(number: int = 1) -> str:
    """Return a unified social credit code with a valid checksum, different for each number."""
    body = f"91510100{number:08d}X"[:17]
    return body + uscc.calc_check_digit(body)


def make_customer(actor: Actor, **overrides: Any) -> Customer:
    """Create a personal customer of the actor; any argument of ``create_customer`` may be given."""
    phone = next_phone()
    values = {
        "pool": "personal", "kind": "individual", "name": f"客户{phone[-4:]}", "phone": phone, **overrides
    }  # fmt: skip
    return create_customer(**values, actor=actor)


def make_platform_customer(actor: Actor, *, state: str = "pending", **overrides: Any) -> Customer:
    """Create a platform customer of the actor's department.

    ``pending``: handled by the actor; ``private``: held by the actor; ``following``, ``off_shelf``: without a
    handler.
    """
    values = {"pool": "platform", "handler_id": actor.id, **overrides}
    customer = make_customer(actor, **values)
    if state == "private":
        return privatize(customer, actor)
    if state != "pending":
        _write(customer, follow_status=state, **_UNASSIGNED)
    return customer


_UNASSIGNED: dict[str, Any] = {
    "handler_id": None, "assigned_by_id": None, "assigned_department_id": None, "assigned_at": None,
}  # fmt: skip


def privatize(customer: Customer, holder: Actor) -> Customer:
    """Reserve a platform customer for a person."""
    return _write(
        customer,
        follow_status="following",
        private_holder_id=holder.id,
        private_department_id=holder.department_id,
        privatized_at=clock.now(),
        **_UNASSIGNED,
    )


def shelve(customer: Customer) -> Customer:
    """Put a customer off the shelf."""
    return _write(customer, follow_status="off_shelf", private_holder_id=None, **_UNASSIGNED)


def make_push(
    customer: Customer, *, receiver: Actor, state: str = "pending", sender: Actor | None = None
) -> Push:
    """Create a push to the receiver, sent by the receiver's own account unless ``sender`` is given."""
    by = sender or receiver
    made = Push(
        customer_id=customer.id,
        sender_id=by.id,
        sender_department_id=by.department_id,
        receiver_id=receiver.id,
        receiver_department_id=receiver.department_id,
        state=state,
        created_at=clock.now(),
        decided_at=None if state == "pending" else clock.now(),
        ended_at=clock.now() if state == "ended" else None,
    )
    db.session.add(made)
    db.session.commit()
    return made


def make_member(customer: Customer, actor: Actor, access: str = "write") -> CustomerMember:
    """Add a person to the customer's team."""
    made = CustomerMember(customer_id=customer.id, staff_id=actor.id, access=access)
    db.session.add(made)
    db.session.commit()
    return made


def _write(customer: Customer, **values: Any) -> Customer:
    with unscoped("test data: a state that no operation of the present makes"):
        db.session.execute(update(Customer).where(Customer.id == customer.id).values(**values))
        db.session.commit()
        db.session.refresh(customer)
    return customer
