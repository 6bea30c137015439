"""Count the customers in scope by everything that describes them (CUST-25).

One statement groups them by all their codes together, from the index ``ix_customer_figures`` alone; the
figures by each code are sums of its rows.  Owners, tags, categories and months are a statement each.
"""

from __future__ import annotations

import time
from collections import defaultdict
from dataclasses import dataclass, field
from datetime import timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from sqlalchemy import and_, case, func, select

from app.customers.labels.models import Category, CustomerCategory, CustomerTag
from app.customers.shared.models import Customer, FollowUp
from app.customers.shared.queries import customers_in_scope
from app.kernel import clock
from app.kernel.database.conditions import id_in, local_day
from app.kernel.database.session import db
from app.org.shared.models import Staff
from app.org.staff.queries import visible_staff

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import date, datetime

    from app.kernel.access.actor import Actor

CODES = ("deal_status", "grade", "stage", "level", "source", "industry")
MONTHS = 12
MOST_OWNERS = 200
ACTIVE_DAYS = 7  # of the table of what people did
_C = Customer.__table__.c
_TAG, _CATEGORY = CustomerTag.__table__.c, CustomerCategory.__table__.c
_FOLLOW = FollowUp.__table__.c
_WON = func.count().filter(_C.deal_status == "won")
_SLOW, _KEPT_FOR = 0.2, 60.0  # seconds: figures that took long are kept for a minute


@dataclass
class Figure:
    """How many customers, and how many of them are won."""

    count: int = 0
    won: int = 0

    @property
    def share_won(self) -> float:
        """The share won, from 0 to 1."""
        return round(self.won / self.count, 4) if self.count else 0.0

    def add(self, count: int, won: int) -> None:
        """Count more customers."""
        self.count += count
        self.won += won


Figures = dict[Any, Figure]


@dataclass
class Statistics:
    """The figures of one scope; amounts in CNY.  ``by``: dimension → code or id → figure, most first.

    ``growth``: first day of the month → new customers and all at its end.
    """

    total: int = 0
    won: int = 0
    revenue_sum: Decimal = Decimal(0)
    mean_years: Decimal | None = None
    by: dict[str, Figures] = field(default_factory=dict)
    growth: list[tuple[date, int, int]] = field(default_factory=list)


def statistics_of(actor: Actor) -> Statistics:
    """Return the figures of the customers in the actor's scope; those that took long to count are up to a
    minute old.
    """
    kept: tuple[float, Statistics] | None = actor.memory.get(_KEY)
    now = time.monotonic()
    if kept is not None and now - kept[0] < _KEPT_FOR:
        return kept[1]
    found = _count(actor)
    if time.monotonic() - now > _SLOW:
        actor.memory[_KEY] = time.monotonic(), found
    return found


_KEY = "customer_statistics"


def _count(actor: Actor) -> Statistics:
    found = Statistics()
    _count_codes(actor, found)
    found.by["owner"] = _ordered(_grouped(actor, _C.owner_id), MOST_OWNERS)
    found.by["tag"] = _ordered(_of_tags(actor))
    found.by["category"] = _ordered(_of_categories(actor))
    found.growth = _growth(actor, found.total)
    return found


def _in_scope(actor: Actor, *columns: Any) -> Any:
    return customers_in_scope(actor).with_only_columns(*columns).order_by(None)


def _count_codes(actor: Actor, found: Statistics) -> None:
    """Fill in the figures by code, the sum of revenue and the mean of the years."""
    codes = [_C[name] for name in CODES]
    years = func.sum(_C.cooperation_years), func.count(_C.cooperation_years)
    statement = _in_scope(actor, *codes, func.count(), func.sum(_C.annual_revenue), *years).group_by(*codes)
    sums: dict[str, Figures] = {name: defaultdict(Figure) for name in CODES}
    all_years, with_years = Decimal(0), 0
    for *values, count, revenue, year_sum, year_count in db.session.execute(statement):
        won = count if values[0] == "won" else 0
        found.total, found.won = found.total + count, found.won + won
        found.revenue_sum += revenue or 0
        all_years, with_years = all_years + (year_sum or 0), with_years + year_count
        for name, value in zip(CODES, values, strict=True):
            sums[name][value].add(count, won)
    found.mean_years = round(all_years / with_years, 2) if with_years else None
    found.by |= {name: _ordered(figures) for name, figures in sums.items()}


def _grouped(actor: Actor, column: Any) -> Figures:
    statement = _in_scope(actor, column, func.count(), _WON).where(column.is_not(None)).group_by(column)
    return {key: Figure(count, won) for key, count, won in db.session.execute(statement)}


def _of_tags(actor: Actor) -> Figures:
    statement = _in_scope(actor, _TAG.tag_id, func.count(), _WON).where(_TAG.customer_id == _C.id)
    rows = db.session.execute(statement.group_by(_TAG.tag_id))
    return {key: Figure(count, won) for key, count, won in rows}


def _of_categories(actor: Actor) -> Figures:
    """Count each customer once in every category that it is in, or below."""
    above, own = Category.__table__.alias("above"), Category.__table__.alias("own")
    customers = func.count(_C.id.distinct())
    won = func.count(case((_C.deal_status == "won", _C.id)).distinct())
    statement = _in_scope(actor, above.c.id, customers, won).where(
        _CATEGORY.customer_id == _C.id,
        own.c.id == _CATEGORY.category_id,
        own.c.path.startswith(above.c.path),
    )
    rows = db.session.execute(statement.group_by(above.c.id))
    return {key: Figure(count, won) for key, count, won in rows}


def _ordered(figures: Figures, most: int | None = None) -> Figures:
    """Return the largest first."""
    return dict(sorted(figures.items(), key=lambda pair: (-pair[1].count, str(pair[0])))[:most])


def _growth(actor: Actor, total: int) -> list[tuple[date, int, int]]:
    """Return the last months, oldest first: new customers, and all at the month's end that still exist."""
    firsts = _months(clock.today())
    starts = [clock.start_of_day(day) for day in firsts]
    within = [
        func.count(case((and_(_C.created_at >= start, _C.created_at < end), 1)))
        for start, end in zip(starts, [*starts[1:], None], strict=True)
        if end is not None
    ]
    within.append(func.count(case((_C.created_at >= starts[-1], 1))))
    counts = db.session.execute(_in_scope(actor, *within).where(_C.created_at >= starts[0])).one()
    so_far = total - sum(counts)
    grown = []
    for day, new in zip(firsts, counts, strict=True):
        so_far += new
        grown.append((day, new, so_far))
    return grown


def _months(today: date) -> list[date]:
    """Return the first days of the last months, oldest first."""
    first, found = today.replace(day=1), []
    for _step in range(MONTHS):
        found.append(first)
        first = (
            first.replace(year=first.year - 1, month=12)
            if first.month == 1
            else first.replace(month=first.month - 1)
        )
    return found[::-1]


@dataclass(frozen=True)
class Done:
    """What one person did on one day: customers created, and follow-ups by method."""

    day: str
    staff_id: int
    name: str
    created: int
    follow_ups: Mapping[str, int]


def activity_per_day(actor: Actor) -> list[Done]:
    """Return what the people in the actor's scope did on each of the last days, newest first (CUST-25)."""
    since = clock.start_of_day(clock.today() - timedelta(days=ACTIVE_DAYS - 1))
    people = visible_staff(actor).with_only_columns(Staff.id).order_by(None)
    created = _created(actor, since)
    followed: dict[tuple[str, int], dict[str, int]] = defaultdict(dict)
    day = local_day(_FOLLOW.created_at)
    rows = db.session.execute(
        select(day, _FOLLOW.author_id, _FOLLOW.method, func.count())
        .where(_FOLLOW.created_at >= since, _FOLLOW.counts, _FOLLOW.author_id.in_(people))
        .group_by(day, _FOLLOW.author_id, _FOLLOW.method)
    )
    for on, who, method, number in rows:
        followed[str(on), who][method] = number
    names = _names({who for _on, who in {*created, *followed}})
    keys = sorted({*created, *followed}, key=lambda key: (key[0], names.get(key[1], "")), reverse=True)
    return [
        Done(on, who, names.get(who, ""), created.get((on, who), 0), followed.get((on, who), {}))
        for on, who in keys
    ]


def _created(actor: Actor, since: datetime) -> dict[tuple[str, int], int]:
    day = local_day(_C.created_at)
    statement = _in_scope(actor, day, _C.created_by_id, func.count()).where(_C.created_at >= since)
    rows = db.session.execute(statement.group_by(day, _C.created_by_id))
    return {(str(on), who): number for on, who, number in rows}


def _names(pks: Iterable[int]) -> dict[int, str]:
    wanted = set(pks)
    if not wanted:
        return {}
    return dict(db.session.execute(select(Staff.id, Staff.name).where(id_in(Staff.id, wanted))).all())
