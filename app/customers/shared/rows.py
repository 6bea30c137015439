"""Customers as rows of columns, for lists on pages and in the API: the same attributes, fewer statements."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import String, case, cast, false, func, literal_column, or_, select

from app.customers.labels.models import category_ids_of, tag_ids_of
from app.customers.shared.fields import FIELDS
from app.customers.shared.hindrances import held_customers
from app.customers.shared.models import CONTACT, Customer, CustomerDistrict, CustomerMember
from app.customers.shared.policies import Facts
from app.customers.shared.pushes import Push
from app.customers.shared.queries import common_facts
from app.kernel.database.conditions import id_in
from app.kernel.fields.birthdays import Birthday
from app.kernel.fields.phones import PhoneNumber
from app.kernel.lists.rows import ListRow, RowShape, part
from app.org.shared.directory import COLLEAGUES, DEPARTMENTS, DISTRICTS, Colleague, NamedPlace

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from app.kernel.access.actor import Actor


_T = Customer.__table__
_C = _T.c
_PUSH = Push.__table__.c
_MEMBER = CustomerMember.__table__.c
_DEMAND = CustomerDistrict.__table__.c


class CustomerRow(ListRow):
    """A customer as a list read it.  People and places come from memory."""

    @property
    def is_private(self) -> bool:
        """Tell whether it is a platform customer reserved for one agent."""
        return self.private_holder_id is not None

    @part
    def owner(self) -> Colleague | None:
        """Its owner."""
        return COLLEAGUES.get(self.owner_id)

    @part
    def handler(self) -> Colleague | None:
        """The colleague who is to contact it."""
        return COLLEAGUES.get(self.handler_id)

    @part
    def private_holder(self) -> Colleague | None:
        """The colleague for whom it is reserved."""
        return COLLEAGUES.get(self.private_holder_id)

    @part
    def department(self) -> NamedPlace | None:
        """Its department."""
        return DEPARTMENTS.get(self.department_id)

    @part
    def district(self) -> NamedPlace | None:
        """The district of its address."""
        return DISTRICTS.get(self.district_id)

    @part
    def phone(self) -> PhoneNumber:
        """Its masked number; the whole one was not read."""
        return PhoneNumber(None, self.phone_index, self.phone_masked, None)

    @part
    def birthday(self) -> Birthday:
        """The birthday of an individual."""
        return Birthday(self.birth_month_day, self.birth_year)

    @part
    def demand_districts(self) -> list[NamedPlace]:
        """The districts where it looks, by code."""
        found = (DISTRICTS.get(int(pk)) for pk in (self.demand_district_ids or "").split(",") if pk)
        return sorted((one for one in found if one is not None), key=lambda one: one.order)


_looking = _DEMAND.customer_id == _C.id
_DISTRICT_IDS = (
    select(func.aggregate_strings(cast(_DEMAND.district_id, String), ",")).where(_looking).correlate(_T)
)

_CONTACT_COUNT = select(func.count()).where(CONTACT.customer_id == _C.id).correlate(_T)


def _fact_columns(actor: Actor) -> Mapping[str, Any]:
    """Return what :func:`app.customers.shared.facts.fact_statement` reads, as scalars of the customer's row;
    without who only reads it, which decides on no button.

    An accepted push is before a pending one by its letters too.
    """
    member = select(_MEMBER.access).where(_MEMBER.customer_id == _C.id, _MEMBER.staff_id == actor.id)
    push = select(func.min(_PUSH.state)).where(
        _PUSH.customer_id == _C.id,
        _PUSH.receiver_id == actor.id,
        _PUSH.state.in_([literal_column("'accepted'"), literal_column("'pending'")]),
    )
    meets: Any = literal_column("1")
    if actor.districts:
        meets = func.max(case((id_in(_DEMAND.district_id, actor.districts), 2), else_=1))
    demand = select(meets).where(_looking) if actor.districts else select(func.max(meets)).where(_looking)
    scalars = {"member_fact": member, "push_fact": push, "demand_fact": demand}
    found = {name: one.correlate(_T).scalar_subquery() for name, one in scalars.items()}
    return {**found, "kept_fact": _kept()}


def _kept() -> Any:
    """Return 1 where a context above keeps the customer with its owner (HAND-1)."""
    held = [_C.id.in_(one) for one in held_customers()]
    return case((or_(false(), *held), 1), else_=0)


def _facts_of(rows: Sequence[CustomerRow], actor: Actor) -> Mapping[int, Facts]:
    common = common_facts(actor)
    return {one.id: _facts(one, common) for one in rows}


def _facts(row: CustomerRow, common: Mapping[str, Any]) -> Facts:
    is_accepted = row.push_fact == "accepted"  # which makes a write member (POOL-17)
    return Facts(
        member="write" if is_accepted else row.member_fact or "",
        push=row.push_fact or "",
        meets=row.demand_fact == _MEETS,
        has_demand=row.demand_fact is not None,
        kept=bool(row.kept_fact),
        **common,
    )


_MEETS = 2
CUSTOMER_ROWS = RowShape(
    CustomerRow,
    _T,
    always=(
        "id", "name", "code", "kind", "pool", "follow_status", "enabled", "company_id", "department_id",
        "owner_id", "handler_id", "private_holder_id", "link_code", "version",
    ),
    reads={one.name: one.reads or (one.name,) for one in FIELDS if one.reads or one.name in _C},
    columns={
        "demand_district_ids": _DISTRICT_IDS.scalar_subquery(),
        "contact_count": _CONTACT_COUNT.scalar_subquery(),
        "tag_ids": tag_ids_of(_C.id).correlate(_T).scalar_subquery(),
        "category_ids": category_ids_of(_C.id).correlate(_T).scalar_subquery(),
    },
    fact_columns=_fact_columns,
    facts_of=_facts_of,
)  # fmt: skip
