"""What becomes of a customer's tags and categories when the customer is merged or erased (CUST-32)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import delete, select, update

from app.customers.shared.parts import Answers, nothing
from app.kernel.database.conditions import id_in
from app.kernel.database.session import db

if TYPE_CHECKING:
    from collections.abc import Sequence

    from app.customers.shared.models import Customer
    from app.customers.shared.parts import Merge
    from app.kernel.access.actor import Actor


def label_answers(model: Any, label: Any) -> Answers:
    """Return the answers of rows (customer, label): they stay with the file whoever holds it; a merge gives
    the survivor those that it lacks, and erasing takes all away.
    """

    def merge(step: Merge) -> None:
        own = select(label).where(model.customer_id == step.survivor.id)
        theirs = model.customer_id == step.merged.id
        come = list(db.session.scalars(select(label).where(theirs, label.not_in(own)).order_by(label)))
        values = {"customer_id": step.survivor.id, "created_at": step.survivor.created_at}
        db.session.execute(
            update(model).where(theirs, label.in_(come)).values(**values),
            execution_options={"synchronize_session": False},
        )
        step.moved.setdefault(f"{model.__tablename__}.{label.key}", []).extend(come)

    def erase(customers: Sequence[Customer], _actor: Actor) -> None:
        gone = delete(model).where(id_in(model.customer_id, [one.id for one in customers]))
        db.session.execute(gone, execution_options={"synchronize_session": False})

    return Answers(
        hand_over=nothing, unshelve=nothing, recycle=nothing, freeze=nothing, merge=merge, erase=erase
    )  # fmt: skip
