"""Statements that read the facts about customers for the policies; ``queries.facts_of`` runs them."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Select, String, bindparam, cast, func, literal, literal_column, select, union_all

from app.customers.shared.models import Customer, CustomerDistrict, CustomerMember, FollowUp, Push
from app.kernel.access.guard import scoped

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
    ]


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
LIST_FACTS = scoped(union_all(*_fact_statements()))
ALL_FACTS = scoped(union_all(*_fact_statements(), *_record_fact_statements()))
