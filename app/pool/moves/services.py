"""Staff who move to another department (POOL-22), and the customers they are responsible for.

Their personal customers move along, privately held ones are released, and customers that wait for them as
handler go to the manager of the department that they leave.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask_babel import gettext as _
from sqlalchemy import func, or_, select

from app.audit import services as audit
from app.customers.shared.models import Customer
from app.customers.shared.parts import HandOver, hand_over
from app.customers.shared.queries import FOLLOWING_UP, PEOPLE
from app.kernel import clock
from app.kernel.access.guard import unscoped
from app.kernel.database.session import db
from app.kernel.translation import N_
from app.notices import services as notices
from app.org.staff.queries import manager_of
from app.pool.holding.services import lock_private_count
from app.pool.shared.changes import changes_since, holding_state

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy import ColumnElement

    from app.kernel.access.actor import Actor
    from app.kernel.errors import Sentence
    from app.org.shared.models import Department, Staff


def customers_follow(staff: Staff, former: Department, actor: Actor) -> None:
    """Settle the customers of a person who moved from a department, in the caller's transaction (POOL-22)."""
    people = (Customer.owner_id, Customer.private_holder_id, Customer.handler_id)
    _locked(or_(*(one == staff.id for one in people)))  # rows before holdings, as privatizing locks them
    lock_private_count(staff.id)
    _take_along(_locked(Customer.owner_id == staff.id), staff, former, actor)
    _release(_locked(Customer.private_holder_id == staff.id), actor)
    manager = manager_of(former, but=staff.id, may=FOLLOWING_UP)
    if manager is not None:
        pending = Customer.pool == "platform", Customer.handler_id == staff.id
        _give_back(_locked(*pending), manager, actor)


def _locked(*conditions: ColumnElement[bool]) -> Sequence[Customer]:
    found = select(Customer).where(Customer.deleted_at.is_(None), *conditions).order_by(Customer.id)
    found = found.options(*PEOPLE).with_for_update(of=Customer).execution_options(populate_existing=True)
    with unscoped("who moves to another department leaves or takes along every customer (POOL-22)"):
        return db.session.scalars(found).unique().all()


def _take_along(customers: Sequence[Customer], staff: Staff, former: Department, actor: Actor) -> None:
    heads, moved = audit.lock_heads(customers), {"department": (former.name, staff.department.name)}
    for customer in customers:
        customer.department, customer.department_id = staff.department, staff.department_id
        message = N_("Moved to another department with its owner")
        audit.append(heads[customer.id], actor, "customer.department", customer, message, moved)


def _release(customers: Sequence[Customer], actor: Actor) -> None:
    heads = audit.lock_heads(customers)
    for customer in customers:
        before = holding_state(customer)
        customer.publicize()
        message = N_("Released to the public: its holder moved to another department")
        changes = changes_since(before, customer)
        audit.append(heads[customer.id], actor, "pool.publicize", customer, message, changes)


def _give_back(customers: Sequence[Customer], manager: Staff, actor: Actor) -> None:
    heads, moment = audit.lock_heads(customers), clock.now()
    for customer in customers:
        before, former_id = holding_state(customer), customer.handler_id
        customer.assign_to(manager, by_id=actor.staff_id, department_id=actor.department_id, moment=moment)
        hand_over(HandOver(customer, former_id, manager, actor))
        message, changes = N_("Assigned to %(handler)s"), changes_since(before, customer)
        audit.append(
            heads[customer.id], actor, "pool.assign", customer, message, changes, handler=manager.name
        )
        if manager.id != actor.id:
            notices.notify(
                manager.id,
                N_("New customer to handle: %(name)s"),
                customer_id=customer.id,
                name=customer.name,
            )


def preview(staff: Staff) -> Sentence:
    """Say how many customers a move would take along, release and hand on (POOL-22)."""
    counted = [
        func.count().filter(Customer.owner_id == staff.id),
        func.count().filter(Customer.private_holder_id == staff.id),
        func.count().filter(Customer.pool == "platform", Customer.handler_id == staff.id),
    ]
    people = (Customer.owner_id, Customer.private_holder_id, Customer.handler_id)
    found = select(*counted).where(Customer.deleted_at.is_(None), or_(*(one == staff.id for one in people)))
    with unscoped("the office sees how many customers a move concerns, not which (POOL-22)"):
        owned, held, pending = (int(n) for n in db.session.execute(found).one())
    if not owned + held + pending:
        return ""
    manager = manager_of(staff.department, but=staff.id, may=FOLLOWING_UP)
    return _(
        "With another department: %(owned)s personal customers come along, %(held)s held privately are "
        "released, %(pending)s pending ones go to %(manager)s.",
        owned=owned,
        held=held,
        pending=pending,
        manager=manager.name if manager else staff.name,
    )
