"""Duplicate numbers (CUST-7, CUST-8, POOL-1, POOL-2), checked under a lock on the number and excluded by a
unique claim.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask_babel import lazy_gettext as _
from sqlalchemy import case, delete, or_, select

from app.customers.duplicates.models import PhoneClaim
from app.customers.shared.models import Customer, Push
from app.customers.shared.queries import visible_customers
from app.customers.shared.settings import DEDUPE_MODE
from app.kernel.access.guard import unscoped
from app.kernel.database.conditions import id_in
from app.kernel.database.session import db
from app.kernel.database.transactions import lock
from app.kernel.errors import ALLOW, STATE, Decision
from app.org.shared.models import Staff

if TYPE_CHECKING:
    from collections.abc import Mapping

    from app.customers.duplicates.places import NumberPlace
    from app.kernel.access.actor import Actor

SENTENCES = {
    "global": _("A customer with this number exists"),
    "own_personal": _("You already have a personal customer with this number"),
    "accepted_push": _("A customer with this number was pushed to you and accepted"),
    "platform_in_reach": _("A platform customer with this number exists in your departments"),
    "platform_in_department": _("The department already has a platform customer with this number"),
    "owner_in_department": _("A colleague of the department has a personal customer with this number"),
    "tax_id": _("An enterprise with this tax id exists"),
}
GLOBAL_SCOPE = "g"
COLLEAGUE = _("A colleague of your department has a customer with these details")
ELSEWHERE = _("A customer with these details exists in another department")
HIDDEN = _("A customer that you cannot open")
JUST_NOW = _("Somebody took in a customer with these details at this moment; look again")


def check_number(index: str, place: NumberPlace, actor: Actor, *, exclude: int | None = None) -> None:
    """Lock the number and refuse it when another customer's claim forbids it here.

    :raises Denied: ``customer.duplicate`` with ``rule`` and, where it can be opened, ``customer_id``.
    """
    lock(f"phone:{index}", share=DEDUPE_MODE.name)
    find_duplicate(index, place, actor, exclude=exclude).enforce()


def find_duplicate(index: str, place: NumberPlace, actor: Actor, *, exclude: int | None = None) -> Decision:
    """Return whether the number is free here: allowed, or the refusal that names the customer."""
    with unscoped("duplicate check: equal numbers matter whoever owns them (CUST-7)"):
        found = _find(index, place, exclude)
    return duplicate_of(found, actor) if found else ALLOW


def _find(index: str, place: NumberPlace, exclude: int | None) -> dict[int, str]:
    """Find the customers that forbid the number here, oldest first: id → rule."""
    same = select(Customer).where(Customer.phone_index == index, Customer.deleted_at.is_(None))
    if exclude is not None:
        same = same.where(Customer.id != exclude)
    others = list(db.session.scalars(same.order_by(Customer.id)))
    if DEDUPE_MODE.read() == "global":
        return {other.id: "global" for other in others}
    rule = _personal_rule if place.pool == "personal" else _platform_rule
    return {other.id: name for other in others if (name := rule(other, place))}


def _personal_rule(other: Customer, place: NumberPlace) -> str:
    """POOL-1 a, b, d."""
    if other.pool == "personal" and other.owner_id == place.owner_id:
        return "own_personal"
    accepted = select(Push.id).where(
        Push.customer_id == other.id, Push.receiver_id == place.owner_id, Push.state == "accepted"
    )
    if db.session.scalar(accepted.limit(1)) is not None:
        return "accepted_push"
    if other.pool == "platform" and (place.reaches_all or other.department_id in place.reach):
        return "platform_in_reach"
    return ""


def _platform_rule(other: Customer, place: NumberPlace) -> str:
    """POOL-2."""
    if other.pool == "platform":
        return "platform_in_department" if other.department_id == place.department_id else ""
    works_there = select(Staff.id).where(
        Staff.id == other.owner_id, Staff.department_id == place.department_id
    )
    return "owner_in_department" if db.session.scalar(works_there) is not None else ""


def customers_with_taken_number(going: Mapping[int, tuple[str | None, int]]) -> set[int]:
    """Return the customers whose number another one holds in the department where they shall go (POOL-2).

    ``going`` maps each customer to its number's index and that department. Who moves them holds the locks of
    the numbers.
    """
    by_number: dict[str, list[int]] = {}
    for pk, (index, _department) in going.items():
        if index:
            by_number.setdefault(index, []).append(pk)
    if DEDUPE_MODE.read() == "global" or not by_number:
        return set()
    same = select(
        Customer.id, Customer.phone_index, Customer.pool, Customer.department_id, Staff.department_id
    ).outerjoin(Staff, Staff.id == Customer.owner_id)
    same = same.where(Customer.phone_index.in_([*by_number]), Customer.deleted_at.is_(None))
    taken: set[int] = set()
    with unscoped("duplicate check: equal numbers matter whoever owns them (CUST-7)"):
        for pk, index, pool, department_id, owners_department_id in db.session.execute(same):
            here = department_id if pool == "platform" else owners_department_id
            taken |= {one for one in by_number[index] if one != pk and going[one][1] == here}
    return taken


def duplicate_of(found: Mapping[int, str], actor: Actor) -> Decision:
    """Refuse because of existing customers (id → rule).

    The refusal names one that the actor can open, their own first; where they can open none, it says only
    where one is (CUST-8).
    """
    mine = or_(Customer.owner_id == actor.id, Customer.private_holder_id == actor.id)
    reachable = visible_customers(actor).where(id_in(Customer.id, [*found]))
    reachable = reachable.order_by(case((mine, 0), else_=1), Customer.id).limit(1)
    customer_id = db.session.scalar(reachable.with_only_columns(Customer.id))
    if customer_id is None:
        return _out_of_reach(found, actor)
    rule = found[customer_id]
    return Decision(
        allowed=False,
        code="customer.duplicate",
        message=SENTENCES[rule],
        status=STATE,
        details={"rule": rule, "customer_id": customer_id},
        link=f"/customers/{customer_id}",
    )


def _out_of_reach(found: Mapping[int, str], actor: Actor) -> Decision:
    with unscoped("a refused duplicate says whether a colleague or another department has it (CUST-8)"):
        here = db.session.scalar(
            select(Customer.id)
            .where(id_in(Customer.id, [*found]), Customer.department_id == actor.department_id)
            .order_by(Customer.id)
            .limit(1)
        )
    return Decision(
        allowed=False,
        code="customer.duplicate",
        message=ELSEWHERE if here is None else COLLEAGUE,
        status=STATE,
        details={"rule": found[here or next(iter(found))]},
    )


def check_tax_id(tax_id: str, actor: Actor, *, exclude: int | None = None) -> None:
    """Refuse a tax id that another enterprise has (CUST-6).

    :raises Denied: ``customer.duplicate`` with rule ``tax_id``.
    """
    lock(f"tax:{tax_id}")
    with unscoped("duplicate check: a tax id is unique in the whole system (CUST-6)"):
        statement = select(Customer.id).where(Customer.tax_id == tax_id)
        if exclude is not None:
            statement = statement.where(Customer.id != exclude)
        found = db.session.scalar(statement)
    if found is not None:
        duplicate_of({found: "tax_id"}, actor).enforce()


def claim_number(customer: Customer, place: NumberPlace, *, is_new: bool = False) -> None:
    """Replace the customer's claims by one that keeps simultaneous holders out."""
    if not is_new:
        release_numbers(customer)
    if not customer.phone:
        return
    scope = GLOBAL_SCOPE if DEDUPE_MODE.read() == "global" else place.scope
    db.session.add(PhoneClaim(scope=scope, phone_index=customer.phone.index, customer_id=customer.id))


def release_numbers(customer: Customer) -> None:
    """Delete the customer's claims."""
    db.session.execute(delete(PhoneClaim).where(PhoneClaim.customer_id == customer.id))


def number_claimed() -> Decision:
    """Refuse the second of two people who save the same number at once (POOL-1, POOL-2)."""
    return Decision(
        allowed=False, code="customer.duplicate", message=JUST_NOW, status=STATE, details={"rule": "claim"}
    )


def tax_id_taken() -> Decision:
    """Refuse the second of two people who save the same tax id at once."""
    return Decision(
        allowed=False,
        code="customer.duplicate",
        message=SENTENCES["tax_id"],
        status=STATE,
        details={"rule": "tax_id"},
    )
