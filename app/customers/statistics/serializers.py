"""REST API record of the statistics (``spec/api.md``)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypedDict, cast

from app.customers.labels.queries import CATEGORIES, TAGS
from app.customers.statistics.queries import CODES
from app.org.shared.directory import COLLEAGUES

if TYPE_CHECKING:
    from app.customers.statistics.queries import Figures, Statistics


class FigureRecord(TypedDict):
    """Customers of one code; without one, those that have none."""

    code: str | None
    count: int
    won: int
    share_won: float


class NamedFigureRecord(TypedDict):
    """Customers of one owner, tag or category."""

    id: int
    name: str
    count: int
    won: int
    share_won: float


class MonthRecord(TypedDict):
    """A month: new customers, and all at its end."""

    month: str
    new: int
    total: int


class StatisticsRecord(TypedDict):
    """The figures of the customers in the caller's scope (CUST-25); amounts in CNY."""

    total: int
    won: int
    by_grade: list[FigureRecord]
    by_deal_status: list[FigureRecord]
    by_stage: list[FigureRecord]
    by_source: list[FigureRecord]
    by_level: list[FigureRecord]
    by_industry: list[FigureRecord]
    by_owner: list[NamedFigureRecord]
    by_tag: list[NamedFigureRecord]
    by_category: list[NamedFigureRecord]
    revenue_sum: float
    mean_years: float | None
    growth: list[MonthRecord]


NAMES = {"owner": COLLEAGUES.name, "tag": TAGS.name, "category": CATEGORIES.name}


def statistics_record(found: Statistics) -> StatisticsRecord:
    """Return the API record of the figures."""
    record: dict[str, Any] = {f"by_{name}": _by_code(found.by[name]) for name in CODES}
    record |= {f"by_{name}": _by_name(name, found.by[name]) for name in NAMES}
    record |= {
        "total": found.total,
        "won": found.won,
        "revenue_sum": float(found.revenue_sum),
        "mean_years": None if found.mean_years is None else float(found.mean_years),
        "growth": [{"month": f"{day:%Y-%m}", "new": new, "total": total} for day, new, total in found.growth],
    }
    return cast("StatisticsRecord", record)


def _by_code(figures: Figures) -> list[FigureRecord]:
    return [
        {"code": code, "count": one.count, "won": one.won, "share_won": one.share_won}
        for code, one in figures.items()
    ]


def _by_name(name: str, figures: Figures) -> list[NamedFigureRecord]:
    return [
        {"id": pk, "name": NAMES[name](pk), "count": one.count, "won": one.won, "share_won": one.share_won}
        for pk, one in figures.items()
    ]
