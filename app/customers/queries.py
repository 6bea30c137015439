"""Reading customers: always scoped, marked for the guard (ACC-6, ACC-14, POOL-3)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import Select, and_, false, func, literal, literal_column, or_, select, union_all
from sqlalchemy.orm import joinedload, selectinload

from app.customers.models import Customer, CustomerDistrict, CustomerMember, FollowUp, NumberReveal, Push
from app.customers.policies import NO_FACTS, Facts, sees_private_follow_ups
from app.kernel import clock
from app.kernel.db import db
from app.kernel.errors import NotFound
from app.kernel.guard import scoped
from app.kernel.reach import Way, among, open_on
from app.org.models import Staff

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from sqlalchemy import ColumnElement

    from app.kernel.actor import Actor

PEOPLE = (
    joinedload(Customer.owner),
    joinedload(Customer.handler),
    joinedload(Customer.private_holder),
    joinedload(Customer.department),
)
WHOLE = (*PEOPLE, joinedload(Customer.district), selectinload(Customer.demand_districts))

_C = Customer.__table__.c  # plain columns: a list's statements of them are built several times faster
_STAFF = Staff.__table__.c
_FEW = 5  # departments
_PUSH = Push.__table__.c
_MEMBER = CustomerMember.__table__.c
_DEMAND = CustomerDistrict.__table__.c
_FOLLOW = FollowUp.__table__.c
COUNTED: ColumnElement[bool] = literal_column("follow_up.counts")  # bare, so that an index alone answers it
_PERSONAL = _C.pool == "personal"
_PLATFORM = _C.pool == literal_column("'platform'")  # spelled out, as the partial indexes have it
_LIVE = _C.deleted_at.is_(None)


def _customers(*conditions: ColumnElement[bool]) -> Select[Customer]:
    return scoped(select(Customer).where(_LIVE, *conditions))


def _open_on(actor: Actor, ways: Sequence[Way], *conditions: ColumnElement[bool]) -> Select[Customer]:
    """Customers under the conditions: all of them for those who open everything, else those on the ways."""
    found = _customers(*conditions)
    return found if actor.opens_all else open_on(found, ways)


def _over(column: Any, actor: Actor, condition: ColumnElement[bool] | None = None) -> Way:
    """Data scope over the person that the column names.

    The people of a few departments are looked up one by one; those of many are met soon enough by walking
    everybody's.
    """
    if not actor.departments:
        return Way(condition, column, (actor.id,))
    over = select(_STAFF.id).where(or_(_STAFF.id == actor.id, among(_STAFF.department_id, actor.departments)))
    if len(actor.departments) <= _FEW:
        return Way(condition, column, over)
    anyone = column.is_not(None) if condition is None else and_(column.is_not(None), condition)
    return Way(and_(anyone, column.in_(over)))


def _in_scope(actor: Actor) -> list[Way]:
    """POOL-3: personal by the owner's data scope, whose department is the file's; platform in my department,
    those below it and those in scope.  The widest first.
    """
    own = Way(None, _C.owner_id, (actor.id,))
    departments = Way(None, _C.department_id, actor.departments)
    below = Way(_PLATFORM, _C.department_id, actor.below - actor.departments)
    return [departments, own, below] if actor.departments else [own, below]


def visible_customers(actor: Actor) -> Select[Customer]:
    """Every customer that the person can open, acting or reading (ACC-14)."""
    pushed = select(_PUSH.customer_id).where(
        _PUSH.receiver_id == actor.id, _PUSH.state.in_(["pending", "accepted"])
    )
    member = select(_MEMBER.customer_id).where(_MEMBER.staff_id == actor.id)
    ways = [
        *_in_scope(actor),
        _over(_C.handler_id, actor, _PLATFORM),
        _over(_C.private_holder_id, actor),
        Way(_C.id.in_(union_all(member, pushed))),
    ]
    if actor.districts and actor.company_id is not None:
        meeting = select(_DEMAND.customer_id).where(among(_DEMAND.district_id, actor.districts))
        ways.append(Way(and_(_PLATFORM, _C.company_id == actor.company_id, _C.id.in_(meeting))))
    return _open_on(actor, ways)


def customers_in_scope(actor: Actor) -> Select[Customer]:
    """Personal and platform customers of one's data scope: what figures and charts count (POOL-3, PLAT-8)."""
    return _open_on(actor, _in_scope(actor))


def personal_customers(actor: Actor) -> Select[Customer]:
    """The tab of personal customers (POOL-3)."""
    return _open_on(actor, _in_scope(actor), _PERSONAL)


def platform_customers(actor: Actor) -> Select[Customer]:
    """The tab of platform customers, in all their states (POOL-3)."""
    return _open_on(actor, [Way(None, _C.department_id, actor.below | actor.departments)], _PLATFORM)


def private_customers(actor: Actor) -> Select[Customer]:
    """The tab of privately held customers: by data scope over the holder (POOL-3)."""
    held = _C.private_holder_id.is_not(None)
    return _open_on(actor, [_over(_C.private_holder_id, actor)], held)


def pending_customers(actor: Actor) -> Select[Customer]:
    """The tab of pending customers: by data scope over the handler (POOL-3).

    Those with a handler are the pending ones (a check of the table), and there is an index of them.
    """
    pending = _C.handler_id.is_not(None)
    return _open_on(actor, [_over(_C.handler_id, actor)], pending)


def off_shelf_customers(actor: Actor) -> Select[Customer]:
    """The tab of off-shelf customers, of both kinds (POOL-3)."""
    return _open_on(actor, _in_scope(actor), _C.follow_status == "off_shelf")


def responsible_customers(actor: Actor) -> Select[Customer]:
    """The customers that wait for nobody but this person: owned, privately held or handled."""
    held = [Way(None, column, (actor.id,)) for column in (_C.private_holder_id, _C.handler_id)]
    return open_on(_customers(), [Way(None, _C.owner_id, (actor.id,)), *held])


def follow_ups_in_scope(actor: Actor) -> Select[FollowUp]:
    """Follow-ups by those over whom one has data scope: oneself, staff in scope and below (ACC-5)."""
    statement = select(FollowUp).where(COUNTED)
    return statement if actor.opens_all else open_on(statement, [_over(_FOLLOW.author_id, actor)])


def names_in_reach(pks: Iterable[int], actor: Actor) -> dict[int, str]:
    """Names of those of the customers that the person can open, in one statement."""
    wanted = list(set(pks))
    if not wanted:
        return {}
    found = visible_customers(actor).where(among(_C.id, wanted)).with_only_columns(_C.id, _C.name)
    return dict(db.session.execute(found).all())


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
