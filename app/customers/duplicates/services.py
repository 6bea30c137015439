"""Duplicate numbers (CUST-7, CUST-8, POOL-1, POOL-2), checked under a lock on the number and excluded by a
unique claim.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar

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
    from collections.abc import Collection, Mapping, Sequence

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
Key = TypeVar("Key")
_PART = 500  # numbers in one statement
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
    return find_duplicates({0: (index, place)}, actor, exclude=exclude).get(0, ALLOW)


def find_duplicates(
    wanted: Mapping[Key, tuple[str, NumberPlace]], actor: Actor, *, exclude: int | None = None
) -> dict[Key, Decision]:
    """Return the refusals of the numbers that are not free where they are wanted: a fixed number of
    statements for any number of them.
    """
    with unscoped("duplicate check: equal numbers matter whoever owns them (CUST-7)"):
        holders = _holders([index for index, _place in wanted.values()], exclude)
        rules = _Rules(holders)
        found = {
            key: by_rule
            for key, (index, place) in wanted.items()
            if (by_rule := {o.id: name for o in holders.get(index, ()) if (name := rules.of(o, place))})
        }
    return duplicates_of(found, actor) if found else {}


def _holders(indexes: Sequence[str], exclude: int | None) -> dict[str, list[Any]]:
    """Return the customers with these numbers, oldest first, by number."""
    columns = (Customer.id, Customer.phone_index, Customer.pool, Customer.owner_id, Customer.department_id)
    found: dict[str, list[Any]] = {}
    for start in range(0, len(indexes), _PART):
        same = select(*columns).where(
            Customer.phone_index.in_(indexes[start : start + _PART]), Customer.deleted_at.is_(None)
        )
        if exclude is not None:
            same = same.where(Customer.id != exclude)
        for row in db.session.execute(same.order_by(Customer.id)):
            found.setdefault(row.phone_index, []).append(row)
    return found


class _Rules:
    """The rules that forbid a number beside its holders, with what they ask read at once."""

    def __init__(self, holders: Mapping[str, Sequence[Any]]) -> None:
        everybody = [row for rows in holders.values() for row in rows]
        self._is_global = bool(everybody) and DEDUPE_MODE.read() == "global"
        self._pushed: set[tuple[int, int]] = set()
        self._works_in: dict[int, int] = {}
        if everybody and not self._is_global:
            ids = {row.id for row in everybody}
            accepted = select(Push.customer_id, Push.receiver_id).where(
                id_in(Push.customer_id, ids), Push.state == "accepted"
            )
            self._pushed = {(one, receiver) for one, receiver in db.session.execute(accepted)}
            owners = {row.owner_id for row in everybody if row.owner_id is not None}
            if owners:
                people = select(Staff.id, Staff.department_id).where(id_in(Staff.id, owners))
                self._works_in = dict(db.session.execute(people).all())

    def of(self, other: Any, place: NumberPlace) -> str:
        """Return the rule that forbids the number at the place because of its holder; empty if none does."""
        if self._is_global:
            return "global"
        return self._personal(other, place) if place.pool == "personal" else self._platform(other, place)

    def _personal(self, other: Any, place: NumberPlace) -> str:
        """POOL-1 a, b, d."""
        if other.pool == "personal" and other.owner_id == place.owner_id:
            return "own_personal"
        if (other.id, place.owner_id) in self._pushed:
            return "accepted_push"
        if other.pool == "platform" and (place.reaches_all or other.department_id in place.reach):
            return "platform_in_reach"
        return ""

    def _platform(self, other: Any, place: NumberPlace) -> str:
        """POOL-2."""
        if other.pool == "platform":
            return "platform_in_department" if other.department_id == place.department_id else ""
        return "owner_in_department" if self._works_in.get(other.owner_id) == place.department_id else ""


def duplicates_of(found: Mapping[Key, Mapping[int, str]], actor: Actor) -> dict[Key, Decision]:
    """Refuse because of existing customers (for each key: id → rule).

    A refusal names one that the actor can open, their own first; where they can open none, it says only
    where one is (CUST-8).
    """
    every = {pk for by_rule in found.values() for pk in by_rule}
    mine = or_(Customer.owner_id == actor.id, Customer.private_holder_id == actor.id)
    openable = visible_customers(actor).where(id_in(Customer.id, every))
    openable = openable.with_only_columns(Customer.id, case((mine, 0), else_=1))
    rows: Any = db.session.execute(openable)
    order: dict[int, int] = dict(rows.all())
    hidden = {pk for by_rule in found.values() if not order.keys() & by_rule.keys() for pk in by_rule}
    near = _in_own_department(hidden, actor) if hidden else set()
    return {key: _refusal(by_rule, order, near) for key, by_rule in found.items()}


def _refusal(by_rule: Mapping[int, str], order: Mapping[int, int], near: set[int]) -> Decision:
    reachable = sorted((order[pk], pk) for pk in by_rule if pk in order)
    if reachable:
        customer_id = reachable[0][1]
        rule = by_rule[customer_id]
        return Decision(
            allowed=False,
            code="customer.duplicate",
            message=SENTENCES[rule],
            status=STATE,
            details={"rule": rule, "customer_id": customer_id},
            link=f"/customers/{customer_id}",
        )
    here = min((pk for pk in by_rule if pk in near), default=None)
    return Decision(
        allowed=False,
        code="customer.duplicate",
        message=ELSEWHERE if here is None else COLLEAGUE,
        status=STATE,
        details={"rule": by_rule[here or next(iter(by_rule))]},
    )


def _in_own_department(pks: Collection[int], actor: Actor) -> set[int]:
    with unscoped("a refused duplicate says whether a colleague or another department has it (CUST-8)"):
        here = select(Customer.id).where(
            id_in(Customer.id, pks), Customer.department_id == actor.department_id
        )
        return set(db.session.scalars(here))


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
        duplicates_of({0: {found: "tax_id"}}, actor)[0].enforce()


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
