"""Statements that read the facts about customers for the policies; ``queries.facts_of`` runs them."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any

from sqlalchemy import Select, String, bindparam, cast, func, literal, literal_column, select, union_all

from app.customers.shared.follow_ups import FollowUp
from app.customers.shared.hindrances import held_customers
from app.customers.shared.models import Customer, CustomerDistrict, CustomerMember
from app.customers.shared.policies import Facts
from app.customers.shared.pushes import Push
from app.customers.shared.readers import readable_by
from app.kernel.access.guard import scoped

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

_C = Customer.__table__.c
_PUSH = Push.__table__.c
_MEMBER = CustomerMember.__table__.c
_DEMAND = CustomerDistrict.__table__.c
_FOLLOW = FollowUp.__table__.c


def _fact_statements() -> list[Select[Any]]:
    """Return statements for the policies' facts, as rows of customer, kind and value; built once."""
    person: Any = bindparam("person")
    ids: Any = bindparam("ids", expanding=True)
    meeting = _DEMAND.district_id.in_(bindparam("districts", expanding=True))
    demand = select(_DEMAND.customer_id, literal_column("'demand'"))
    of_these = _DEMAND.customer_id.in_(ids)
    return [
        select(_MEMBER.customer_id, literal_column("'member'"), _MEMBER.access).where(
            _MEMBER.staff_id == person, _MEMBER.customer_id.in_(ids)
        ),
        select(_PUSH.customer_id, literal_column("'push'"), _PUSH.state).where(
            _PUSH.receiver_id == person,
            _PUSH.customer_id.in_(ids),
            _PUSH.state.in_(["pending", "accepted"]),
        ),
        demand.add_columns(literal_column("'any'")).where(of_these).distinct(),
        demand.add_columns(literal_column("'meets'")).where(of_these, meeting).distinct(),
        *_marked("reads", readable_by(person), ids),
        *_marked("kept", held_customers(), ids),
    ]


def _marked(kind: str, found: Iterable[Select[Any]], ids: Any) -> list[Select[Any]]:
    """Return statements of those of the customers that contexts above name for a reason of theirs."""
    marks = []
    for statement in found:
        column: Any = statement.selected_columns[0]
        marked = statement.add_columns(literal_column(f"'{kind}'"), literal_column("''"))
        marks.append(marked.where(column.in_(ids)).distinct())
    return marks


def _record_fact_statements() -> list[Select[Any]]:
    """Return statements for facts that only operations on single records need: too slow for whole lists."""
    ids: Any = bindparam("ids", expanding=True)
    held = select(func.count()).where(_C.private_holder_id == bindparam("person"), _C.deleted_at.is_(None))
    mine = select(_FOLLOW.customer_id, literal_column("'lately'"), literal_column("''")).where(
        _FOLLOW.customer_id.in_(ids),
        _FOLLOW.author_id == bindparam("person"),
        _FOLLOW.created_at >= bindparam("since"),
    )
    took_in = select(_C.merged_into_id, literal_column("'took_in'"), literal_column("''")).where(
        _C.merged_into_id.in_(ids)
    )
    return [
        mine.distinct(),
        took_in.distinct(),
        select(literal(PERSON), literal_column("'held'"), cast(held.scalar_subquery(), String)),
    ]


PERSON = 0  # the actor, where a row belongs to no customer


@cache
def fact_statement(*, complete: bool) -> Any:
    """Return the statement that reads the facts of lists or, ``complete``, of operations; built when it is
    first needed, after every context has joined.
    """
    more = _record_fact_statements() if complete else []
    return scoped(union_all(*_fact_statements(), *more))


def one_of_kind(marks: Mapping[str, set[str]], kind: str) -> str:
    """Return the value of a fact that has at most one; empty without it."""
    return next(iter(marks.get(kind, ())), "") or ""


def facts_from(marks: Mapping[str, set[str]], common: Mapping[str, Any]) -> Facts:
    """Return the facts of one customer as the policies take them, from the rows read about it."""
    pushes, demand = marks.get("push", ()), marks.get("demand", ())
    accepted = "accepted" in pushes  # which makes a write member (POOL-17)
    reads = "read" if "reads" in marks else ""
    return Facts(
        member="write" if accepted else one_of_kind(marks, "member") or reads,
        push="accepted" if accepted else "pending" if pushes else "",
        meets="meets" in demand,
        has_demand="any" in demand,
        kept="kept" in marks,
        followed_lately="lately" in marks,
        took_in="took_in" in marks,
        **common,
    )
