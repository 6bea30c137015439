"""Figures of the actor's scope (PLAT-8). Each statement stays bounded for any number of customers: it counts
by days, or no further than a limit.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any

from sqlalchemy import case, func, select

from app.customers.follow_ups.queries import follow_ups_in_scope
from app.customers.shared import choices
from app.customers.shared.follow_ups import FollowUp
from app.customers.shared.models import Customer
from app.customers.shared.queries import PEOPLE, customers_in_scope, pending_customers, responsible_customers
from app.kernel import clock
from app.kernel.database.conditions import local_day
from app.kernel.database.session import db
from app.kernel.lists.counts import COUNT_LIMIT, counts_up_to, rows_by_ground
from app.kernel.lists.paging import first_records
from app.org.shared.models import Staff

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from sqlalchemy import Select

    from app.kernel.access.actor import Actor

DAYS = 30
LATEST = 6
RANKED = 8
_C = Customer.__table__.c
_F = FollowUp.__table__.c


@dataclass(frozen=True)
class Count:
    """A number, or a lower bound of it."""

    value: int
    is_exact: bool = True

    def __str__(self) -> str:
        return f"{self.value:,}" + ("" if self.is_exact else "+")


def capped_count(number: int) -> Count:
    """Wrap a count that went no further than one past the limit."""
    return Count(min(number, COUNT_LIMIT), number <= COUNT_LIMIT)


def manages_people(actor: Actor) -> bool:
    """Tell whether the actor has scope over other people, whose figures they then see."""
    return bool(actor.opens_all or actor.departments)


def customers_to_contact(actor: Actor) -> Select[Customer]:
    """Select customers whose next contact is due by the end of today: the actor's own; for managers, all in
    scope.
    """
    base = customers_in_scope(actor) if manages_people(actor) else responsible_customers(actor)
    return base.where(_C.next_contact_at < clock.end_of_day(clock.today()))


def pending_counts(actor: Actor) -> Mapping[str, Count]:
    """Count what is pending, in one statement.

    Of the scope: ``pending``, ``due`` (to contact by tonight), of these ``overdue``.
    """
    due = customers_to_contact(actor)
    asked = {
        "pending": pending_customers(actor),
        "due": due,
        "overdue": due.where(_C.next_contact_at < clock.now()),
    }
    return _counts(asked)


def _counts(asked: Mapping[str, Select[Any]]) -> dict[str, Count]:
    return {name: capped_count(number) for name, number in counts_up_to(asked).items()}


def overdue_customers(actor: Actor) -> Sequence[Customer]:
    """List the customers to contact that are overdue the longest."""
    statement = customers_to_contact(actor)
    return first_records(statement, _C.next_contact_at, LATEST, *PEOPLE, descending=False)


def latest_customers(actor: Actor) -> Sequence[Customer]:
    """List the newest customers of the scope."""
    return first_records(customers_in_scope(actor), _C.created_at, LATEST, *PEOPLE)


def distribution(actor: Actor) -> tuple[dict[str, Count], dict[str, Count]]:
    """Count the customers of the scope by follow status and by grade.

    A scope within the limit is read and grouped; of a larger one each pair of status and grade, for which
    there is an index, is counted separately.
    """
    scope = customers_in_scope(actor)
    rows = rows_by_ground(scope, _C.follow_status, _C.grade, most=COUNT_LIMIT + 1)
    grouped = select(rows.c[1], rows.c[2], func.count()).group_by(rows.c[1], rows.c[2])
    found = db.session.execute(grouped.execution_options(**scope.get_execution_options())).all()
    cells = {(status, grade): number for status, grade, number in found}
    if sum(cells.values()) > COUNT_LIMIT:
        cells = _large_cells(scope)
    statuses = [(status, number) for (status, _grade), number in cells.items()]
    grades = [(grade, number) for (_status, grade), number in cells.items()]
    return _summed(choices.FOLLOW_STATUS.codes, statuses), _summed(choices.GRADE.codes, grades)


def _large_cells(scope: Select[Any]) -> dict[tuple[str, str], int]:
    pairs = {
        f"{status} {grade}": (status, grade)
        for status in choices.FOLLOW_STATUS.codes
        for grade in choices.GRADE.codes
    }
    asked = {
        name: scope.where(_C.follow_status == status, _C.grade == grade)
        for name, (status, grade) in pairs.items()
    }
    return {pairs[name]: number for name, number in counts_up_to(asked).items()}


def _summed(codes: Iterable[str], numbers: Iterable[tuple[str, int]]) -> dict[str, Count]:
    """Add up the numbers of each code; a sum with one capped number is capped too."""
    found = dict.fromkeys(codes, 0)
    for code, number in numbers:
        found[code] += number
    return {code: capped_count(number) for code, number in found.items()}


def new_per_day(actor: Actor, first: date) -> dict[date, int]:
    """Count the customers of the scope that were created on each day from ``first`` on."""
    statement = customers_in_scope(actor).where(_C.created_at >= clock.start_of_day(first))
    rows = rows_by_ground(statement, _C.created_at)
    return per_day(rows.c[1], statement, first)


def follow_ups_per_day(actor: Actor, first: date) -> dict[date, int]:
    """Count the follow-ups that people in scope wrote on each day from ``first`` on."""
    statement = follow_ups_in_scope(actor).where(_F.created_at >= clock.start_of_day(first))
    rows = rows_by_ground(statement, _F.created_at)
    return per_day(rows.c[1], statement, first)


def per_day(moment: Any, statement: Select[Any], first: date) -> dict[date, int]:
    """Count the rows of each day from ``first`` on."""
    day = local_day(moment)
    marks = statement.get_execution_options()
    rows = db.session.execute(select(day, func.count()).group_by(day).execution_options(**marks))
    found = {date.fromisoformat(str(day)): number for day, number in rows}
    days = (clock.today() - first).days + 1
    return {one: found.get(one, 0) for one in (first + timedelta(days=n) for n in range(days))}


@dataclass(frozen=True)
class Rank:
    """A colleague's follow-ups of this month, and of the same days of the last."""

    staff_id: int
    name: str
    number: int
    before: int


def ranking(actor: Actor) -> list[Rank]:
    """Rank the people of the scope by their follow-ups of this month."""
    month, previous, same_day = _months()
    ours = follow_ups_in_scope(actor).where(_F.created_at >= previous)
    rows = rows_by_ground(ours, _F.author_id, _F.created_at)
    author, moment = rows.c[1], rows.c[2]
    now = func.sum(case((moment >= month, 1), else_=0))
    before = func.sum(case((moment < same_day, 1), else_=0))
    best = (
        select(author.label("author"), now.label("now"), before.label("before"))
        .group_by(author)
        .having(now > 0)
        .order_by(now.desc(), author)
        .limit(RANKED)
        .subquery()
    )
    named = select(Staff.id, Staff.name, best.c.now, best.c.before).join(best, best.c.author == Staff.id)
    ordered = named.order_by(best.c.now.desc(), Staff.id)
    return [Rank(*row) for row in db.session.execute(ordered)]


def _months() -> tuple[datetime, datetime, datetime]:
    """Return the starts of this month and the last, and the same time within the last month."""
    first = clock.today().replace(day=1)
    month = clock.start_of_day(first)
    previous = clock.start_of_day((first - timedelta(days=1)).replace(day=1))
    return month, previous, min(previous + (clock.now() - month), month)
