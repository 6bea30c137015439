"""Reading customers: always scoped, marked for the guard (ACC-6, ACC-14, POOL-3)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import Select, and_, false, func, literal, or_, select, true, union_all
from sqlalchemy.orm import joinedload, selectinload

from app.customers.models import Customer, CustomerDistrict, CustomerMember, FollowUp, NumberReveal, Push
from app.customers.policies import NO_FACTS, Facts, sees_private_follow_ups
from app.kernel import clock
from app.kernel.db import db
from app.kernel.errors import NotFound
from app.kernel.guard import scoped
from app.org.models import Staff

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from sqlalchemy import ColumnElement

    from app.kernel.actor import Actor

PEOPLE = (
    joinedload(Customer.owner),
    joinedload(Customer.handler),
    joinedload(Customer.private_holder),
    joinedload(Customer.department),
)
WHOLE = (*PEOPLE, joinedload(Customer.district), selectinload(Customer.demand_districts))

_PERSONAL = Customer.pool == "personal"
_PLATFORM = Customer.pool == "platform"
_LIVE = Customer.deleted_at.is_(None)


def _customers(condition: ColumnElement[bool]) -> Select[Customer]:
    return scoped(select(Customer).where(_LIVE, condition))


def _everything(actor: Actor) -> ColumnElement[bool] | None:
    return true() if actor.opens_all else None


def _staff_in(actor: Actor) -> Any:
    return select(Staff.id).where(Staff.department_id.in_(actor.departments))


def _over(column: Any, actor: Actor) -> ColumnElement[bool]:
    """Data scope over the person that the column names."""
    own: ColumnElement[bool] = column == actor.id
    return or_(own, column.in_(_staff_in(actor))) if actor.departments else own


def _personal_in_scope(actor: Actor) -> ColumnElement[bool]:
    """POOL-3, personal: by the owner's data scope; the file's department is its owner's."""
    own = Customer.owner_id == actor.id
    in_scope = or_(own, Customer.department_id.in_(actor.departments)) if actor.departments else own
    return and_(_PERSONAL, in_scope)


def _platform_in_scope(actor: Actor) -> ColumnElement[bool]:
    """POOL-3, platform: my department and those below it, and departments in scope."""
    departments = actor.below | actor.departments
    return and_(_PLATFORM, Customer.department_id.in_(departments)) if departments else false()


def visible_customers(actor: Actor) -> Select[Customer]:
    """Every customer that the person can open, acting or reading (ACC-14)."""
    everything = _everything(actor)
    if everything is not None:
        return _customers(everything)
    pushed = select(Push.customer_id).where(
        Push.receiver_id == actor.id, Push.state.in_(["pending", "accepted"])
    )
    member = select(CustomerMember.customer_id).where(CustomerMember.staff_id == actor.id)
    ways = [
        _personal_in_scope(actor),
        _platform_in_scope(actor),
        and_(_PLATFORM, _over(Customer.handler_id, actor)),
        and_(_PLATFORM, _over(Customer.private_holder_id, actor)),
        Customer.id.in_(member),
        Customer.id.in_(pushed),
    ]
    if actor.districts and actor.company_id is not None:
        meeting = select(CustomerDistrict.customer_id).where(
            CustomerDistrict.district_id.in_(actor.districts)
        )
        ways.append(and_(_PLATFORM, Customer.company_id == actor.company_id, Customer.id.in_(meeting)))
    return _customers(or_(*ways))


def personal_customers(actor: Actor) -> Select[Customer]:
    """The tab of personal customers (POOL-3)."""
    return _customers(_PERSONAL if actor.opens_all else _personal_in_scope(actor))


def platform_customers(actor: Actor) -> Select[Customer]:
    """The tab of platform customers, in all their states (POOL-3)."""
    return _customers(_PLATFORM if actor.opens_all else _platform_in_scope(actor))


def private_customers(actor: Actor) -> Select[Customer]:
    """The tab of privately held customers: by data scope over the holder (POOL-3)."""
    held = Customer.private_holder_id.is_not(None)
    return _customers(held if actor.opens_all else and_(held, _over(Customer.private_holder_id, actor)))


def pending_customers(actor: Actor) -> Select[Customer]:
    """The tab of pending customers: by data scope over the handler (POOL-3)."""
    pending = Customer.follow_status == "pending"
    return _customers(pending if actor.opens_all else and_(pending, _over(Customer.handler_id, actor)))


def off_shelf_customers(actor: Actor) -> Select[Customer]:
    """The tab of off-shelf customers, of both kinds (POOL-3)."""
    off = Customer.follow_status == "off_shelf"
    if actor.opens_all:
        return _customers(off)
    return _customers(and_(off, or_(_personal_in_scope(actor), _platform_in_scope(actor))))


def get_customer(pk: int, *, actor: Actor, lock: bool = False) -> Customer:
    """A customer that the person can open, with its people; locked for a change if asked.

    :raises NotFound: when it does not exist, or is out of reach.
    """
    statement = visible_customers(actor).where(Customer.id == pk)
    if lock:
        statement = statement.with_for_update(of=Customer).execution_options(populate_existing=True)
    found = db.session.scalars(statement.options(*WHOLE)).unique().one_or_none()
    if found is None:
        raise NotFound
    return found


def facts_of(customers: Sequence[Customer], actor: Actor) -> Mapping[int, Facts]:
    """What the policies must know of these customers and this person, in one statement."""
    ids = [customer.id for customer in customers]
    if not ids:
        return {}
    demand = CustomerDistrict.district_id.in_(actor.districts) if actor.districts else false()
    rows = union_all(
        select(CustomerMember.customer_id, literal("member"), CustomerMember.access).where(
            CustomerMember.staff_id == actor.id, CustomerMember.customer_id.in_(ids)
        ),
        select(Push.customer_id, literal("push"), Push.state).where(
            Push.receiver_id == actor.id,
            Push.customer_id.in_(ids),
            Push.state.in_(["pending", "accepted"]),
        ),
        select(CustomerDistrict.customer_id, literal("demand"), literal("any"))
        .where(CustomerDistrict.customer_id.in_(ids))
        .distinct(),
        select(CustomerDistrict.customer_id, literal("demand"), literal("meets"))
        .where(CustomerDistrict.customer_id.in_(ids), demand)
        .distinct(),
    )
    found: dict[int, set[tuple[str, str]]] = {pk: set() for pk in ids}
    for pk, kind, value in db.session.execute(rows):
        found[pk].add((kind, value))
    return {pk: _facts(marks) for pk, marks in found.items()}


def _facts(marks: set[tuple[str, str]]) -> Facts:
    if not marks:
        return NO_FACTS
    pushes = {value for kind, value in marks if kind == "push"}
    return Facts(
        member=next((value for kind, value in marks if kind == "member"), ""),
        push="accepted" if "accepted" in pushes else "pending" if pushes else "",
        meets=("demand", "meets") in marks,
        has_demand=("demand", "any") in marks,
    )


def visible_follow_ups(customer: Customer, actor: Actor) -> Select[FollowUp]:
    """Follow-ups of a customer one has reached; a private holder's own are not everybody's (POOL-18)."""
    statement = select(FollowUp).where(FollowUp.customer_id == customer.id)
    if not sees_private_follow_ups(actor, customer):
        statement = statement.where(FollowUp.author_id != customer.private_holder_id)
    return statement.options(joinedload(FollowUp.author))


def reveals_of(customer: Customer) -> Select[NumberReveal]:
    """Who looked at the number of a customer one has reached, newest first (ACC-10)."""
    return (
        select(NumberReveal)
        .where(NumberReveal.customer_id == customer.id)
        .options(joinedload(NumberReveal.staff), joinedload(NumberReveal.department))
    )


def count_reveals_today(staff_id: int) -> int:
    """How many numbers the person has looked at on this Shanghai day (ACC-10)."""
    statement = select(func.count()).where(
        NumberReveal.staff_id == staff_id, NumberReveal.created_at >= clock.start_of_day()
    )
    return db.session.scalar(statement) or 0
