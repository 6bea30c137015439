"""Queries of customers: always scoped to the actor, marked for the guard (ACC-6, ACC-14, POOL-3)."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from flask_babel import lazy_gettext as _
from sqlalchemy import Select, and_, bindparam, inspect, literal_column, or_, select, union_all
from sqlalchemy.orm import joinedload, selectinload, undefer

from app.customers.shared.facts import PERSON, fact_statement, facts_from, one_of_kind
from app.customers.shared.models import Customer, CustomerDistrict, CustomerMember
from app.customers.shared.permissions import CustomerPermission
from app.customers.shared.policies import BASICS_ONLY, NO_FACTS, Facts, can_see_history
from app.customers.shared.pushes import Push
from app.customers.shared.readers import readable_by
from app.customers.shared.settings import ADMIN_MAY_REVEAL, OPEN_SHELVING, PRIVATE_CEILING
from app.kernel import clock
from app.kernel.access.actor import cached_per_actor
from app.kernel.access.guard import scoped, unscoped
from app.kernel.database.conditions import id_in
from app.kernel.database.records import get_one
from app.kernel.database.session import db
from app.kernel.errors import Invalid, Moved, NotFound
from app.kernel.lists.grounds import AccessGround, narrow_to_grounds
from app.org.shared.models import Staff
from app.org.staff.queries import get_colleague, name_for

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from sqlalchemy import ColumnElement

    from app.kernel.access.actor import Actor

FOLLOWING_UP = name_for("follow_up", CustomerPermission.FOLLOW_UP)
PEOPLE = (
    joinedload(Customer.owner),
    joinedload(Customer.handler),
    joinedload(Customer.private_holder),
    joinedload(Customer.department),
)
_LABELS = (undefer(Customer.tag_ids), undefer(Customer.category_ids))
WHOLE = (*PEOPLE, *_LABELS, joinedload(Customer.district), selectinload(Customer.demand_districts))

_C = Customer.__table__.c  # plain columns: a list's statements of them are built several times faster
_STAFF = Staff.__table__.c
_FEW = 5  # departments
_PUSH = Push.__table__.c
_MEMBER = CustomerMember.__table__.c
_DEMAND = CustomerDistrict.__table__.c
PERSONAL = _C.pool == "personal"
_PLATFORM = _C.pool == literal_column("'platform'")  # spelled out, as the partial indexes have it
_LIVE = _C.deleted_at.is_(None)


def _customers(*conditions: ColumnElement[bool]) -> Select[Customer]:
    return scoped(select(Customer).where(_LIVE, *conditions))


def _customers_on(
    actor: Actor, ways: Sequence[AccessGround], *conditions: ColumnElement[bool]
) -> Select[Customer]:
    """Select customers: all for those who open everything, else those with one of the grounds."""
    found = _customers(*conditions)
    return found if actor.opens_all else narrow_to_grounds(found, ways)


def in_data_scope(column: Any, actor: Actor, condition: ColumnElement[bool] | None = None) -> AccessGround:
    """Return data scope over the person in the column as an access ground.

    The people of a few departments are looked up one by one; for many, walking all rows meets them soon
    enough.
    """
    if not actor.departments:
        return AccessGround(condition, column, (actor.id,))
    over = select(_STAFF.id).where(or_(_STAFF.id == actor.id, id_in(_STAFF.department_id, actor.departments)))
    if len(actor.departments) <= _FEW:
        return AccessGround(condition, column, over)
    anyone = column.is_not(None) if condition is None else and_(column.is_not(None), condition)
    return AccessGround(and_(anyone, column.in_(over)))


def _in_scope(actor: Actor) -> list[AccessGround]:
    """POOL-3: personal by data scope over the owner, wherever the file is kept; platform in the actor's
    department, those below it and those in scope. The widest first.
    """
    return [
        in_data_scope(_C.owner_id, actor),
        AccessGround(_PLATFORM, _C.department_id, actor.below | actor.departments),
    ]


@cached_per_actor
def visible_customers(actor: Actor) -> Select[Customer]:
    """Select all customers that the actor can open, to act or only to read (ACC-14)."""
    return _openable(actor, ("pending", "accepted"))


@cached_per_actor
def known_customers(actor: Actor) -> Select[Customer]:
    """Select those of which the actor sees more than the basic information (POOL-17): without the ones that
    they know through a pending push only.
    """
    return _openable(actor, ("accepted",))


def _openable(actor: Actor, pushes: Sequence[str]) -> Select[Customer]:
    member = select(_MEMBER.customer_id).where(_MEMBER.staff_id == actor.id)
    ways = [
        *_in_scope(actor),
        in_data_scope(_C.handler_id, actor, _PLATFORM),
        in_data_scope(_C.private_holder_id, actor),
        AccessGround(_C.id.in_(union_all(member, _pushed_to(actor, pushes), *readable_by(actor.id)))),
    ]
    if actor.districts and actor.company_id is not None:
        meeting = select(_DEMAND.customer_id).where(id_in(_DEMAND.district_id, actor.districts))
        ways.append(AccessGround(and_(_PLATFORM, _C.company_id == actor.company_id, _C.id.in_(meeting))))
    ways += _free_to_shelve(actor)
    return _customers_on(actor, ways)


@cached_per_actor
def customers_in_scope(actor: Actor) -> Select[Customer]:
    """Select customers in data scope, personal and platform: those that figures count (POOL-3, PLAT-8)."""
    return _customers_on(actor, _in_scope(actor))


@cached_per_actor
def personal_customers(actor: Actor) -> Select[Customer]:
    """Select the tab of personal customers (POOL-3)."""
    return _customers_on(actor, _in_scope(actor), PERSONAL)


@cached_per_actor
def platform_customers(actor: Actor) -> Select[Customer]:
    """Select the tab of platform customers, in all states (POOL-3)."""
    return _customers_on(
        actor, [AccessGround(None, _C.department_id, actor.below | actor.departments)], _PLATFORM
    )


@cached_per_actor
def pooled_customers(actor: Actor) -> Select[Customer]:
    """Select the tab of customers in the public pool (POOL-3)."""
    return _customers_on(
        actor,
        [AccessGround(None, _C.department_id, actor.below | actor.departments)],
        _C.pooled_at.is_not(None),
    )


@cached_per_actor
def private_customers(actor: Actor) -> Select[Customer]:
    """Select the tab of privately held customers, by data scope over the holder (POOL-3)."""
    held = _C.private_holder_id.is_not(None)
    return _customers_on(actor, [in_data_scope(_C.private_holder_id, actor)], held)


@cached_per_actor
def pending_customers(actor: Actor) -> Select[Customer]:
    """Select the tab of pending customers, by data scope over the handler (POOL-3).

    Those with a handler are the pending ones (a check of the table), and there is an index of them.
    """
    pending = _C.handler_id.is_not(None)
    return _customers_on(actor, [in_data_scope(_C.handler_id, actor)], pending)


@cached_per_actor
def off_shelf_customers(actor: Actor) -> Select[Customer]:
    """Select the tab of off-shelf customers, of both kinds (POOL-3).

    With open shelving it includes those that the actor may shelve as a colleague of the owner's department
    (POOL-9).
    """
    return _customers_on(actor, [*_in_scope(actor), *_free_to_shelve(actor)], _C.follow_status == "off_shelf")


@cached_per_actor
def offered_customers(actor: Actor) -> Select[Customer]:
    """Select the tab of customers that colleagues offered to the actor: asked, or accepted and not ended
    (POOL-17).
    """
    return _customers(_C.id.in_(_pushed_to(actor, ("pending", "accepted"))))


def _pushed_to(actor: Actor, states: Sequence[str]) -> Select[Any]:
    return select(_PUSH.customer_id).where(_PUSH.receiver_id == actor.id, _PUSH.state.in_(states))


def _free_to_shelve(actor: Actor) -> list[AccessGround]:
    """ACC-14: with open shelving, what the owner's department may take up."""
    if not OPEN_SHELVING.get() or actor.department_id is None:
        return []
    free = and_(PERSONAL, _C.follow_status == "off_shelf")
    return [AccessGround(free, _C.department_id, (actor.department_id,))]


def responsible_customers(actor: Actor) -> Select[Customer]:
    """Select the customers that the actor owns, holds privately or handles."""
    held = [AccessGround(None, column, (actor.id,)) for column in (_C.private_holder_id, _C.handler_id)]
    return narrow_to_grounds(_customers(), [AccessGround(None, _C.owner_id, (actor.id,)), *held])


def colleague_for(customer: Customer, pk: int, *, field: str, actor: Actor, may: str = FOLLOWING_UP) -> Staff:
    """Return an active colleague of the customer's company, named in ``field``, whose roles allow their task
    (ACC-15); any colleague where ``may`` is empty.

    :raises Invalid: for any other person.
    """
    found = get_colleague(pk, actor=actor, may=may)
    if found is None or found.company_id != customer.company_id:
        able = _("Choose an active colleague of the customer's company who may work on customers")
        raise Invalid(**{field: able if may else _("Choose an active colleague of the customer's company")})
    return found


def get_customers(pks: Iterable[int], *, actor: Actor, lock: bool = True) -> list[Customer]:
    """Return the given customers that the actor can open, with their people, locked in one order."""
    statement = visible_customers(actor).where(id_in(_C.id, [*pks])).order_by(_C.id).options(*PEOPLE)
    if not lock:
        return [*db.session.scalars(statement).unique()]
    statement = statement.with_for_update(of=Customer).execution_options(populate_existing=True)
    return [_with_current_people(customer) for customer in db.session.scalars(statement).unique()]


def openable_names(pks: Iterable[int], actor: Actor) -> dict[int, str]:
    """Return the names of the given customers that the actor can open, in one statement."""
    wanted = list(set(pks))
    if not wanted:
        return {}
    found = visible_customers(actor).where(id_in(_C.id, wanted)).with_only_columns(_C.id, _C.name)
    return dict(db.session.execute(found).all())


@cached_per_actor
def _select_visible(actor: Actor) -> Select[Customer]:
    return visible_customers(actor).where(_C.id == bindparam("pk")).options(*WHOLE)


@cached_per_actor
def _select_locked(actor: Actor) -> Select[Customer]:
    statement = visible_customers(actor).where(_C.id == bindparam("pk")).options(*PEOPLE)
    return statement.with_for_update(of=Customer).execution_options(populate_existing=True)


def get_customer(pk: int, *, actor: Actor, lock: bool = False) -> Customer:
    """Return a customer that the actor can open, with its people; locked for a change if asked.

    :raises Moved: when it was merged into a file that the actor can open (CUST-9).
    :raises NotFound: when it does not exist, or is out of reach.
    """
    statement = _select_locked(actor) if lock else _select_visible(actor)
    try:
        found = get_one(statement, parameters={"pk": pk})
    except NotFound:
        survivor = survivor_of(_C.id == pk)
        if survivor is None or survivor[0] not in openable_names([survivor[0]], actor):
            raise
        raise Moved(survivor[0]) from None
    return _with_current_people(found) if lock else found


def survivor_of(condition: ColumnElement[bool]) -> tuple[int, str] | None:
    """Return id and code of the file that the one which meets the condition is part of now, through all
    merges; None for a file that was not merged, or does not exist.
    """
    step = select(_C.id, _C.code, _C.merged_into_id)
    with unscoped("a merged file leads on to its survivor, of which the caller decides (CUST-9)"):
        row = db.session.execute(step.where(condition)).one_or_none()
        if row is None or row.merged_into_id is None:
            return None
        while row.merged_into_id is not None:
            row = db.session.execute(step.where(_C.id == row.merged_into_id)).one()
    return row.id, row.code


_JOINED = ("owner", "handler", "private_holder", "department")


def _with_current_people(customer: Customer) -> Customer:
    """Return a customer that was just locked, with its present people.

    PostgreSQL answers a row that it waited for as it is when the lock is held, and the rows joined to it as
    they were when the statement began: those are read again.
    """
    for name in _JOINED:
        if getattr(customer, f"{name}_id") != getattr(getattr(customer, name), "id", None):
            db.session.expire(customer, [name])
    return customer


_LATELY = timedelta(days=30)  # POOL-7


def facts_of(customers: Sequence[Customer], actor: Actor, *, complete: bool = False) -> Mapping[int, Facts]:
    """Return the facts that the policies need about these customers and this actor, in one statement.

    Lists need only what the buttons of their rows ask; operations need it ``complete``.
    """
    known = {one.id: _known_facts(one, actor) for one in customers}
    if not complete and all(known.values()):
        return known  # type: ignore[return-value]
    ids = [*known]
    if not ids:
        return {}
    given: dict[str, Any] = {"person": actor.id, "ids": ids, "districts": [*actor.districts]}
    if complete:
        given["since"] = clock.now() - _LATELY
    found: dict[int, dict[str, set[str]]] = {pk: {} for pk in (*ids, PERSON)}
    for pk, kind, value in db.session.execute(fact_statement(complete=complete), given):
        found[pk].setdefault(kind, set()).add(value)
    common = common_facts(actor)
    if complete:
        common |= {"held": int(one_of_kind(found[PERSON], "held") or 0), "ceiling": PRIVATE_CEILING.get()}
    return {pk: facts_from(found[pk], common) for pk in ids}


def common_facts(actor: Actor) -> dict[str, Any]:
    """Return the facts that are the same for every customer: the settings."""
    return {
        "open_shelving": OPEN_SHELVING.get(),
        "admin_reveals": actor.is_admin and ADMIN_MAY_REVEAL.get(),
    }


def facts_for(customer: Customer, actor: Actor) -> Facts:
    """Return the facts that the policies need about one customer and this actor, in one statement."""
    return facts_of([customer], actor, complete=True)[customer.id]


def facts_for_page(customer: Customer, actor: Actor) -> Facts:
    """Return the same for a page that only reads the customer: its parts find them without a statement."""
    found = facts_for(customer, actor)
    inspect(customer).info[_PAGE_FACTS] = actor.id, found
    return found


_PAGE_FACTS = "page_facts"


def _known_facts(customer: Customer, actor: Actor) -> Facts | None:
    state: Any = inspect(customer, raiseerr=False)  # None for a row of a list, which is no record
    known: tuple[int, Facts] | None = state.info.get(_PAGE_FACTS) if state else None
    return known[1] if known and known[0] == actor.id else None


def known_by_push_only(customers: Iterable[Customer], actor: Actor) -> frozenset[int]:
    """Return the ids of the given customers that the actor knows only through a pending push (POOL-17).

    Most people can open them regardless of pushes and teams: for them no statement runs.
    """
    unsure = [one for one in customers if not can_see_history(actor, one, NO_FACTS)]
    facts = facts_of(unsure, actor)
    return frozenset(one.id for one in unsure if not can_see_history(actor, one, facts[one.id]))


def sees_history(customer: Customer, actor: Actor) -> bool:
    """Tell whether the actor may see more of a customer than its basic information (POOL-17)."""
    return not known_by_push_only([customer], actor)


def lock_customer(pk: int) -> Customer:
    """Return a customer, locked: its records are changed one after the other (CUST-18).

    The caller has found the record that belongs to it in scope; what a person may do with the customer itself
    is not asked.
    """
    with unscoped("a record of the customer is in scope; its customer is locked for the change (CUST-18)"):
        return _with_current_people(
            get_one(_customers(_C.id == pk).options(*PEOPLE), lock=True, of=(Customer,))
        )


def get_customer_to_undo(pk: int) -> Customer:
    """Return a customer, locked, for who changed it a moment ago, which may have ended their own access.

    :raises NotFound: when it was deleted.
    """
    with unscoped("who changed the customer a moment ago takes it back (OFF-3)"):
        found: Customer = get_one(_customers(_C.id == pk).options(*PEOPLE), lock=True)
        return found


def get_fully_open_customer(pk: int, *, actor: Actor) -> Customer:
    """Return a customer of which the actor may see all parts.

    :raises NotFound: when it does not exist, or is out of reach.
    :raises Denied: ``customer.basics_only`` while the actor knows it only through a pending push.
    """
    customer = get_customer(pk, actor=actor)
    if not sees_history(customer, actor):
        BASICS_ONLY.enforce()
    return customer
