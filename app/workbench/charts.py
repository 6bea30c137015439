"""The charts of the workbench: plain data, drawn by ECharts where it is installed and always shown as tables.

Every number links to the list that it was counted from.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from flask import url_for
from flask_babel import gettext

from app.customers.shared import choices
from app.kernel import clock
from app.kernel.pages.elements import Bar, length
from app.workbench import queries

if TYPE_CHECKING:
    from collections.abc import Mapping

    from app.kernel.access.actor import Actor
    from app.kernel.settings.dictionaries import Dictionary
    from app.workbench.queries import Count

CUSTOMERS = "CustomerView.list"
SCOPE = "scope"  # the tab whose rows are counted


@dataclass(frozen=True)
class Day:
    """A day of the trend."""

    label: str
    new: Bar
    follow_ups: Bar


@dataclass(frozen=True)
class Change:
    """The change of a figure against the period before: ``up``, ``down`` or ``same``."""

    direction: str
    text: str


def change(now: int, before: int) -> Change:
    """Return the difference in per cent; none when the number before is zero."""
    if now == before:
        return Change("same", gettext("unchanged"))
    direction = "up" if now > before else "down"
    if not before:
        return Change(direction, f"+{now:,}")
    return Change(direction, f"{abs(now - before) / before:.1%}")


def periods() -> tuple[date, date, date]:
    """Return the first days of the period before and of the present one, and today."""
    today = clock.today()
    first = today - timedelta(days=queries.DAYS - 1)
    return first - timedelta(days=queries.DAYS), first, today


@dataclass(frozen=True)
class Trend:
    """Two periods of new customers and follow-ups."""

    new: Mapping[date, int]
    follow_ups: Mapping[date, int]
    first: date

    @classmethod
    def of(cls, actor: Actor) -> Trend:
        """Read both periods: two statements."""
        before, first, _today = periods()
        return cls(queries.new_per_day(actor, before), queries.follow_ups_per_day(actor, before), first)

    def sums(self, numbers: Mapping[date, int]) -> tuple[int, int]:
        """Return the sums of the present period and the one before."""
        now = sum(number for day, number in numbers.items() if day >= self.first)
        return now, sum(numbers.values()) - now

    @property
    def days(self) -> list[Day]:
        """List the days of the present period, oldest first."""
        shown = [day for day in self.new if day >= self.first]
        tops = [max((numbers[day] for day in shown), default=0) for numbers in (self.new, self.follow_ups)]
        return [
            Day(
                f"{day:%m-%d}",
                _day_bar(day, self.new[day], tops[0], CUSTOMERS, "blue"),
                _day_bar(day, self.follow_ups[day], tops[1], "FollowUpView.list", "cyan"),
            )
            for day in shown
        ]

    def data(self) -> dict[str, Any]:
        """Return the data of the chart script."""
        days = self.days
        return {
            "days": [day.label for day in days],
            "series": [
                _series(gettext("New customers"), [day.new for day in days]),
                _series(gettext("Follow-ups"), [day.follow_ups for day in days]),
            ],
        }


def _series(name: str, bars: list[Bar]) -> dict[str, Any]:
    return {"name": name, "values": [bar.value for bar in bars], "urls": [bar.url for bar in bars]}


def _day_bar(day: date, number: int, top: int, endpoint: str, tone: str) -> Bar:
    tab = SCOPE if endpoint == CUSTOMERS else None
    url = url_for(endpoint, tab=tab, created_from=day.isoformat(), created_to=day.isoformat())
    return Bar(f"{day:%m-%d}", f"{number:,}", number, url, length(number, top), tone)


def bars_of(counts: Mapping[str, Count], dictionary: Dictionary, argument: str) -> list[Bar]:
    """Return counts by the codes of a dictionary, each linking to the list filtered by its code."""
    top = max((count.value for count in counts.values()), default=0)
    return [
        Bar(
            label=dictionary.label(code),
            text=str(count),
            value=count.value,
            url=url_for(CUSTOMERS, **_arguments(argument, code)),
            length=length(count.value, top),
            tone=dictionary.tone(code),
        )
        for code, count in counts.items()
    ]


def _arguments(name: str, value: str) -> dict[str, Any]:
    return {"tab": SCOPE, name: value}


def distribution(actor: Actor) -> tuple[list[Bar], list[Bar]]:
    """Return customers by follow status and by grade."""
    statuses, grades = queries.distribution(actor)
    return (
        bars_of(statuses, choices.FOLLOW_STATUS, "follow_status"),
        bars_of(grades, choices.GRADE, "grade"),
    )


def pie_data(bars: list[Bar]) -> list[dict[str, Any]]:
    """Return the data of the chart script."""
    return [bar.data() for bar in bars]


def ranking(actor: Actor) -> list[Bar]:
    """Rank colleagues in scope by their follow-ups of this month, beside the same days of the last."""
    rows = queries.ranking(actor)
    month = clock.today().replace(day=1).isoformat()
    top = max((row.number for row in rows), default=0)
    return [
        Bar(
            label=row.name,
            text=f"{row.number:,}",
            value=row.number,
            url=url_for("FollowUpView.list", author_id=row.staff_id, created_from=month),
            length=length(row.number, top),
            detail=change(row.number, row.before).text,
            trend=change(row.number, row.before).direction,
        )
        for row in rows
    ]
