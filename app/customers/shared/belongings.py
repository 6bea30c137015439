"""Records that belong to a customer and have pages of their own: contacts, bank accounts, company paths and
shipping marks (CUST-11, CUST-12).

Who sees more of a customer than its basic information reads them, and every rule is the customer's.  Their
services lock the customer first, as all its operations do.
"""

from __future__ import annotations

from functools import wraps
from typing import TYPE_CHECKING, Any, TypeVar

from sqlalchemy import Select, delete, select
from sqlalchemy.orm import contains_eager, joinedload

from app.customers.shared.models import Customer
from app.customers.shared.queries import get_customer, known_customers
from app.kernel.access.guard import scoped
from app.kernel.database.conditions import id_in
from app.kernel.database.records import get_one
from app.kernel.database.session import db

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from app.customers.shared.parts import Merge
    from app.customers.shared.policies import Facts
    from app.kernel.access.actor import Actor
    from app.kernel.errors import Decision

B = TypeVar("B", bound=Any)


def visible_belongings(model: type[B], actor: Actor) -> Select[B]:
    """Select the records of customers of which the actor sees more than the basics (ACC-14, POOL-17)."""
    mine = known_customers(actor).with_only_columns(Customer.__table__.c.id)
    return scoped(select(model).where(model.customer_id.in_(mine)))


def with_customer(model: type[B]) -> tuple[Any, ...]:
    """Return the options that load the customer and the people whom its rules read."""
    people = (Customer.owner, Customer.handler, Customer.private_holder, Customer.department)
    return tuple(joinedload(model.customer).joinedload(one) for one in people)


def get_belonging(model: type[B], pk: int, *, actor: Actor, lock: bool = False) -> B:
    """Return a record with its customer; both locked for a change if asked, the customer first.

    :raises NotFound: when there is none, or its customer is out of reach.
    """
    statement = visible_belongings(model, actor).where(model.id == pk)
    if not lock:
        return get_one(statement.options(*with_customer(model)))
    customer_id: int = get_one(statement).customer_id
    get_customer(customer_id, actor=actor, lock=True)
    joined = scoped(select(model).join(model.customer).where(model.id == pk))
    return get_one(joined.options(contains_eager(model.customer)), lock=True)


def belongings_of(model: type[B], customer: Customer) -> Select[B]:
    """Select the records of a customer that the caller has loaded."""
    return scoped(select(model).where(model.customer_id == customer.id))


def of_customer(rule: Callable[[Actor, Any, Facts], Decision]) -> Callable[[Actor, Any, Facts], Decision]:
    """Return a rule on customers as the rule on what belongs to them."""

    @wraps(rule)
    def judge(actor: Actor, record: Any, facts: Facts) -> Decision:
        return rule(actor, record.customer, facts)

    return judge


def unmark_others(model: type[Any], flag: str, customer: Customer) -> None:
    """Take a mark that one record of a customer may have from whichever has it now, before another gets it.

    The caller holds the customer's lock; the unique index of the table keeps everybody else out.
    """
    marked = getattr(model, flag)
    found = db.session.scalars(belongings_of(model, customer).where(marked)).all()
    for one in found:
        setattr(one, flag, False)
    db.session.flush()


def take_belongings(step: Merge, model: type[Any], flag: str, equal: Callable[[Any], object]) -> None:
    """Let the records of a merged customer go to the survivor (CUST-9).

    One that the survivor has already, by the key that ``equal`` returns, stays behind; None is equal to none.
    The survivor's own mark stays: theirs counts where it has none.
    """
    ours = db.session.scalars(belongings_of(model, step.survivor)).all()
    theirs = db.session.scalars(belongings_of(model, step.merged)).all()
    known = {equal(one) for one in ours} - {None}
    taken = [one for one in theirs if equal(one) not in known]
    if flag and any(getattr(one, flag) for one in ours):
        for one in taken:
            setattr(one, flag, False)
    db.session.flush()
    step.take(model.customer_id, id_in(model.id, [one.id for one in taken]))


def erase_belongings(model: type[Any]) -> Callable[[Sequence[Customer], Actor], None]:
    """Return the answer of rows that go when their customers are deleted (CUST-22)."""

    def erase(customers: Sequence[Customer], _actor: Actor) -> None:
        gone = delete(model).where(id_in(model.customer_id, [one.id for one in customers]))
        db.session.execute(scoped(gone.execution_options(synchronize_session=False)))

    return erase
