"""The channel ranking: brokers by the stages that their customers reached (CH-26).

A funnel: each number counts the referrals that reached that state, including those that went further. The
all-time ranking is read from totals that are kept as referrals change; a range of entry times counts the
referrals.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import Select, func, select

from app.channel.brokers.models import Broker
from app.channel.companies.models import BrokerCompany
from app.channel.referrals.choices import FUNNEL
from app.channel.referrals.models import Referral
from app.channel.referrals.totals import BrokerTotals
from app.channel.shared.permissions import ChannelRankingPermission
from app.kernel.access.guard import scoped
from app.kernel.database.session import db
from app.kernel.fields.phones import phone_part
from app.kernel.lists.days import within
from app.kernel.lists.search import contains, starting

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date

    from app.kernel.access.actor import Actor


TOP = 10
_R = Referral.__table__.c
_T = BrokerTotals.__table__.c
_B = Broker.__table__.c
_C = BrokerCompany.__table__.c


@dataclass(frozen=True)
class RankingFilter:
    """Filters of the ranking; ``entered_from`` and ``entered_to`` are days, both included."""

    company: str = ""
    broker: str = ""
    broker_phone: str = ""
    entered_from: date | None = None
    entered_to: date | None = None

    @property
    def over_all_time(self) -> bool:
        """Tell whether there is no time range."""
        return self.entered_from is None and self.entered_to is None


@dataclass(frozen=True)
class RankingRow:
    """One broker under one company."""

    broker_id: int
    broker: str
    phone: str
    company_id: int
    company: str
    entered: int
    reported: int
    bound: int
    closed: int


def ranking(
    actor: Actor, wanted: RankingFilter = RankingFilter(), *, limit: int | None = None, offset: int = 0
) -> list[RankingRow]:
    """Return a page of the ranking: most closed first, then most bound."""
    statement = _rows(actor, wanted).limit(limit).offset(offset or None)
    return [RankingRow(**row._mapping) for row in db.session.execute(statement)]


def every_row(actor: Actor, wanted: RankingFilter, *, size: int = 1000) -> Iterator[RankingRow]:
    """Yield the whole result in its order, ranked once and fetched in batches, for the export."""
    statement = _rows(actor, wanted).execution_options(yield_per=size)
    for row in db.session.execute(statement):
        yield RankingRow(**row._mapping)


def totals(actor: Actor, wanted: RankingFilter = RankingFilter()) -> dict[str, int]:
    """Return how many brokers are ranked (``brokers``), and the funnel over all of them."""
    rows = _rows(actor, wanted).order_by(None).subquery()
    sums = [func.coalesce(func.sum(rows.c[state]), 0).label(state) for state in FUNNEL]
    found = db.session.execute(scoped(select(func.count().label("brokers"), *sums).select_from(rows))).one()
    return {name: int(value) for name, value in found._mapping.items()}


def _rows(actor: Actor, wanted: RankingFilter) -> Select[Any]:
    counted = _totals(actor) if wanted.over_all_time else _counted(actor, wanted)
    numbers = counted.group_by("broker_id", "broker_company_id").subquery()
    statement = (
        select(
            numbers.c.broker_id,
            _B.name.label("broker"),
            _B.phone,
            numbers.c.broker_company_id.label("company_id"),
            _C.name.label("company"),
            *(numbers.c[state] for state in FUNNEL),
        )
        .select_from(numbers)
        .join(Broker.__table__, _B.id == numbers.c.broker_id)
        .join(BrokerCompany.__table__, _C.id == numbers.c.broker_company_id)
        .order_by(
            numbers.c.closed.desc(),
            numbers.c.bound.desc(),
            numbers.c.broker_id,
            numbers.c.broker_company_id,
        )
    )
    for column, text in ((_C.name, wanted.company), (_B.name, wanted.broker)):
        if text:
            statement = statement.where(contains(column, text))
    if wanted.broker_phone:
        statement = statement.where(starting(_B.phone, phone_part(wanted.broker_phone)))
    return scoped(statement)


def _totals(actor: Actor) -> Select[Any]:
    """Select from the kept totals: a row for each of our companies, the broker and the broker's company."""
    sums = [func.sum(_T[state]).label(state) for state in FUNNEL]
    return _of_company(select(_T.broker_id, _T.broker_company_id, *sums), _T.company_id, actor)


def _counted(actor: Actor, wanted: RankingFilter) -> Select[Any]:
    """Count the referrals that were entered in the range."""
    counts = [
        func.count().filter(_R.reached >= stage).label(state) for stage, state in enumerate(FUNNEL, start=1)
    ]
    statement = select(_R.broker_id, _R.broker_company_id, *counts)
    statement = statement.where(*within(_R.created_at, wanted.entered_from, wanted.entered_to))
    return _of_company(statement, _R.company_id, actor)


def _of_company(statement: Select[Any], column: Any, actor: Actor) -> Select[Any]:
    if actor.opens_all:
        return statement
    own = actor.company_id if actor.may(ChannelRankingPermission.READ) else None
    return statement.where(column == own)
