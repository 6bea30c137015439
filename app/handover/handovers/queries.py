"""Queries of handovers: always scoped to the actor, marked for the guard (HAND-7, ACC-14)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import and_, func, or_, select
from sqlalchemy.orm import aliased, joinedload

from app.customers.shared.models import Customer
from app.customers.shared.queries import in_data_scope, lock_customer
from app.handover.handovers.choices import OPEN_STAGES
from app.handover.handovers.models import Handover, HandoverItem
from app.handover.handovers.policies import HandoverFacts
from app.kernel.access.actor import cached_per_actor
from app.kernel.access.guard import scoped
from app.kernel.database.conditions import id_in
from app.kernel.database.records import get_one
from app.kernel.database.session import db
from app.kernel.errors import NotFound
from app.kernel.lists.grounds import AccessGround, narrow_to_grounds
from app.org.shared.models import Account, Department, Staff

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from sqlalchemy import ColumnElement, Select

    from app.kernel.access.actor import Actor

_T = Handover.__table__.c
PEOPLE = (
    joinedload(Handover.customer).load_only(Customer.name),
    joinedload(Handover.former_owner),
    joinedload(Handover.receiver),
    joinedload(Handover.acting),
)


@cached_per_actor
def visible_handovers(actor: Actor) -> Select[Handover]:
    """Select the handovers from people in the actor's scope, and to the actor."""
    statement = scoped(select(Handover))
    if actor.opens_all:
        return statement
    to_me = AccessGround(None, _T.receiver_id, (actor.id,))
    return narrow_to_grounds(statement, [in_data_scope(_T.former_owner_id, actor), to_me])


@cached_per_actor
def own_handovers(actor: Actor) -> Select[Handover]:
    """Select the tab of handovers from the actor and to them."""
    ends = [AccessGround(None, column, (actor.id,)) for column in (_T.former_owner_id, _T.receiver_id)]
    return narrow_to_grounds(scoped(select(Handover)), ends)


@cached_per_actor
def waiting_handovers(actor: Actor) -> Select[Handover]:
    """Select the tab of handovers that wait for the actor (HAND-7)."""
    return scoped(select(Handover)).where(waits_for(actor))


def is_open() -> ColumnElement[bool]:
    """Return the condition of :attr:`Handover.is_open`."""
    found: ColumnElement[bool] = _T.stage.in_(OPEN_STAGES)
    return found


def waits_for(actor: Actor) -> ColumnElement[bool]:
    """Return the condition that the actor acts next; an administrator where there is nobody (HAND-9)."""
    mine = _T.acting_id == actor.id
    return and_(is_open(), or_(mine, _T.acting_id.is_(None)) if actor.is_admin else mine)


def count_waiting(actor: Actor) -> Any:
    """Count the handovers that wait for the actor."""
    return select(func.count()).select_from(Handover.__table__).where(waits_for(actor)).scalar_subquery()


def get_handover(pk: int, *, actor: Actor) -> Handover:
    """Return a handover that the actor may see, with its people.

    :raises NotFound: when it does not exist, or is out of reach.
    """
    return get_one(visible_handovers(actor).where(_T.id == pk).options(*PEOPLE))


def lock_handover(pk: int, *, actor: Actor) -> Handover:
    """Return the same for a change: first its customer is locked, then the handover.

    :raises NotFound: when it does not exist, or is out of reach.
    """
    reach = visible_handovers(actor).where(_T.id == pk).with_only_columns(_T.customer_id)
    customer_id = db.session.scalar(reach)
    if customer_id is None:
        raise NotFound
    customer = lock_customer(customer_id)
    people = (joinedload(Handover.former_owner), joinedload(Handover.receiver))
    handover: Handover = get_one(
        scoped(select(Handover).where(_T.id == pk)).options(*people), lock=True, of=(Handover,)
    )
    handover.customer = customer
    return handover


def handovers_in_batch(batch_id: int, *, actor: Actor) -> Sequence[Handover]:
    """Return the handovers of a batch that the actor may see (HAND-1)."""
    found = visible_handovers(actor).where(_T.batch_id == batch_id).order_by(_T.customer_id)
    return db.session.scalars(found.options(joinedload(Handover.customer))).unique().all()


def handovers_of(customer: Customer, _actor: Actor) -> Select[Handover]:
    """Select the handovers of a customer that the actor can open (CUST-15)."""
    found = scoped(select(Handover).where(_T.customer_id == customer.id))
    return found.options(joinedload(Handover.former_owner), joinedload(Handover.receiver))


def items_of(handover: Handover) -> Sequence[HandoverItem]:
    """Return the checklist, in the order in which it was made (HAND-2)."""
    found = select(HandoverItem).where(HandoverItem.handover_id == handover.id).order_by(HandoverItem.id)
    return db.session.scalars(found).all()


def get_item(handover: Handover, item_id: int) -> HandoverItem:
    """Return an item of the handover's checklist.

    :raises NotFound: when it belongs to another one, or does not exist.
    """
    of_it = HandoverItem.handover_id == handover.id
    return get_one(select(HandoverItem).where(HandoverItem.id == item_id, of_it))


def superiors_of(staff_ids: Collection[int]) -> dict[int, list[int]]:
    """Return the active superiors of people, the nearest first, in one statement (ACC-3)."""
    above = aliased(Department)
    statement = (
        select(Staff.id, above.manager_id)
        .join(Department, Department.id == Staff.department_id)
        .join(above, Department.path.startswith(above.path))
        .join(Account, Account.id == above.manager_id)
        .where(id_in(Staff.id, staff_ids), above.manager_id != Staff.id, Account.active.is_(True))
        .order_by(Staff.id, func.length(above.path).desc())
    )
    found: dict[int, list[int]] = {}
    for staff_id, manager_id in db.session.execute(statement):
        known = found.setdefault(staff_id, [])
        if manager_id is not None and manager_id not in known:
            known.append(manager_id)
    return found


def facts_of(handovers: Sequence[Handover], _actor: Actor) -> Mapping[int, HandoverFacts]:
    """Return what the rules need about a page of handovers, in two statements."""
    if not handovers:
        return {}
    superiors = superiors_of({one.former_owner_id for one in handovers})
    undone: dict[int, list[str]] = {}
    waiting = select(HandoverItem).where(
        id_in(HandoverItem.handover_id, [one.id for one in handovers]), HandoverItem.done.is_(False)
    )
    for item in db.session.scalars(waiting.order_by(HandoverItem.id)):
        undone.setdefault(item.handover_id, []).append(item.description)
    return {
        one.id: HandoverFacts(
            frozenset(superiors.get(one.former_owner_id, ())), tuple(undone.get(one.id, ()))
        )
        for one in handovers
    }


def facts_for(handover: Handover, actor: Actor) -> HandoverFacts:
    """Return what the rules need about one handover."""
    return facts_of([handover], actor)[handover.id]
