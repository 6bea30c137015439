"""The public pool of the demo data: owners give customers up, colleagues claim some (POOL-19, POOL-20)."""

from __future__ import annotations

from itertools import cycle, islice
from typing import TYPE_CHECKING

from sqlalchemy import select

from app.customers.shared.models import Customer
from app.kernel.access.guard import unscoped
from app.kernel.database.session import db
from app.kernel.errors import KepanError
from app.pool.public_pool.services import claim_from_pool
from app.pool.recycling.rules import create_rule
from app.pool.recycling.services import recycle_to_pool

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from app.kernel.access.actor import Actor

_GIVEN_UP, _CLAIMED_AGAIN = 60, 4  # customers; every so manieth is claimed by a colleague
_REASONS = ("客户长期联系不上", "客户暂无购房计划", "本人近期没有时间跟进")


def write_public_pool(actors: Mapping[str, Actor]) -> None:
    """Put the customers that were left alone the longest into the public pool; colleagues claim some."""
    owners = {one.staff_id: one for one in actors.values() if one.staff_id is not None}
    for number, (pk, owner_id, reason) in enumerate(_left_alone()):
        owner = owners.get(owner_id or 0)
        if owner is None:
            continue
        try:
            recycle_to_pool(pk, reason=reason, actor=owner)
            if number % _CLAIMED_AGAIN == 0:
                claim_from_pool(pk, actor=_colleague(owner, actors))
        except KepanError:
            db.session.rollback()  # a contract or an equal number keeps it, or nobody else may take it
    create_rule(
        department_id=None,
        days=60,
        deal_status="intent",
        level=None,
        to_department_id=None,
        actor=actors["admin"],
    )


def _left_alone() -> Iterator[tuple[int, int | None, str]]:
    """Yield customers, their owners and reasons; those without a contact the longest come first."""
    statement = select(Customer.id, Customer.owner_id).where(
        Customer.pool == "personal",
        Customer.follow_status == "following",
        Customer.deal_status == "potential",
    )
    with unscoped("demo: customers of everybody"):
        rows = db.session.execute(statement.order_by(Customer.idle_since, Customer.id).limit(_GIVEN_UP)).all()
    for (pk, owner_id), reason in zip(rows, islice(cycle(_REASONS), len(rows)), strict=True):
        yield pk, owner_id, reason


def _colleague(owner: Actor, actors: Mapping[str, Actor]) -> Actor:
    """Return somebody else of the owner's department."""
    others = [one for one in actors.values() if one.department_id == owner.department_id and one is not owner]
    return others[0] if others else owner
