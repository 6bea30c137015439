"""The calendar of a list (OFF-5): its records by the day of one of their moments, a month or a week at once.

One statement reads the days: how many records each has, and the first few with the reader's own first.  It
reads only what lies between the first and the last day, at most ``MOST`` records of each access ground.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from flask import render_template, request, url_for
from flask_appbuilder.baseviews import expose
from flask_babel import format_date, gettext
from sqlalchemy import case, func, inspect, select

from app.kernel import clock
from app.kernel.access.current import current_actor
from app.kernel.access.permissions import BasicPermission
from app.kernel.database.conditions import local_day
from app.kernel.database.session import db
from app.kernel.lists.asking import refuse_typed
from app.kernel.lists.counts import COUNT_LIMIT, rows_by_ground
from app.kernel.lists.requests import apply_filters, read_list_request
from app.kernel.pages.formatting import qs, record_address
from app.kernel.pages.list_page import mode_page
from app.kernel.pages.modes import CALENDAR, PAGE_ARGUMENTS
from app.kernel.pages.routes import permitted

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from sqlalchemy import ColumnElement, Select

    from app.kernel.access.actor import Actor
    from app.kernel.lists.requests import ListRequest
    from app.kernel.pages.views import ScopedModelView


WEEK, FEW, MANY = 7, 3, 12  # days; records named on a day of a month, of a week
MOST = COUNT_LIMIT - 1  # records read of each ground
_FIRST, _LAST = date(2000, 1, 3), date(2199, 12, 1)


@dataclass(frozen=True)
class Calendar:
    """The declaration of a calendar.

    ``moment`` is the column, ``filter_name`` the list's filter of days by it, ``title`` the column with the
    record's name; ``own(actor)`` is the condition of the reader's own records, which come first.
    """

    moment: Any
    filter_name: str
    title: Any
    own: Callable[[Actor], ColumnElement[bool]]


@dataclass(frozen=True)
class Happening:
    """A record on its day."""

    title: str
    url: str
    time: str
    is_own: bool
    is_past: bool


@dataclass
class Day:
    """A day with its first records, and the address of its list."""

    day: date
    url: str
    is_today: bool
    is_inside: bool
    total: int = 0
    first: list[Happening] = field(default_factory=list)

    @property
    def count(self) -> str:
        """The number of records as it is shown."""
        return f"{MOST:,}+" if self.total >= MOST else f"{self.total:,}"

    @property
    def rest(self) -> int:
        """How many more there are than are named."""
        return self.total - len(self.first)


@dataclass(frozen=True)
class Span:
    """The days that are shown: a month in whole weeks, or one week."""

    first: date
    days: int
    month: date | None = None

    def __iter__(self) -> Iterator[date]:
        return (self.first + timedelta(days=n) for n in range(self.days))

    @property
    def end(self) -> date:
        """The day after the last one."""
        return self.first + timedelta(days=self.days)

    @property
    def title(self) -> str:
        """The span in words."""
        if self.month:
            return str(format_date(self.month, gettext("MMMM yyyy")))  # type: ignore[no-untyped-call]
        return f"{self.first.isoformat()} – {(self.end - timedelta(days=1)).isoformat()}"

    def beside(self, step: int) -> dict[str, str]:
        """Return the arguments of the span before or after."""
        if self.month is None:
            return {"week": (self.first + timedelta(days=WEEK * step)).isoformat()}
        number = self.month.year * 12 + self.month.month - 1 + step
        return {"month": f"{number // 12}-{number % 12 + 1:02}"}


def read_span(week: str, month: str) -> Span:
    """Return the span that an address asks for; the present month for anything that is none."""
    asked = _day(week)
    if asked is not None:
        return Span(asked - timedelta(days=asked.weekday()), WEEK)
    first = (_day(f"{month}-01") or clock.today()).replace(day=1)
    start = first - timedelta(days=first.weekday())
    following = (first + timedelta(days=31)).replace(day=1)
    weeks = -(-(following - start).days // WEEK)
    return Span(start, weeks * WEEK, first)


def _day(text: str) -> date | None:
    try:
        found = date.fromisoformat(text)
    except ValueError:
        return None
    return found if _FIRST <= found <= _LAST else None


def add_calendar(view: type[ScopedModelView], calendar: Calendar) -> None:
    """Add a calendar to a list.  Call it while the contexts are loaded, before the registration of views."""

    def page(self: ScopedModelView) -> str:
        """Show the calendar: the list's filters hold."""
        actor, asked = current_actor(), read_list_request(self.spec, request.args)
        refuse_typed(self.spec, asked)
        shown = mode_page(self, asked, CALENDAR)
        span = read_span(request.args.get("week", ""), request.args.get("month", ""))
        days = _days(self, calendar, span)
        if not shown.is_refused:
            _fill(self, calendar, span, days, asked, actor)
        return render_template(
            "kernel/calendar.html",
            page=shown,
            span=span,
            weeks=[days[at : at + WEEK] for at in range(0, len(days), WEEK)],
            links=_links(span),
            is_cut=sum(one.total for one in days) >= MOST,
        )

    page.__name__ = CALENDAR
    route = expose("/calendar", methods=["GET"])(permitted(BasicPermission.READ)(page))
    setattr(view, CALENDAR, route)
    view.include_route_methods = {*(view.include_route_methods or ()), CALENDAR}


def _links(span: Span) -> dict[str, str]:
    """Return the addresses of the spans around, of today, and of the other kind of span."""
    near = clock.today() if span.month and span.month == clock.today().replace(day=1) else span.first
    inside = span.month or span.first
    return {
        "before": qs(**{"page": None, **span.beside(-1)}),
        "after": qs(**{"page": None, **span.beside(1)}),
        "today": qs(page=None, month=None, week=None if span.month else clock.today().isoformat()),
        "month": qs(page=None, week=None, month=f"{inside.year}-{inside.month:02}"),
        "week": qs(page=None, month=None, week=near.isoformat()),
    }


def _days(view: ScopedModelView, calendar: Calendar, span: Span) -> list[Day]:
    low, high = f"{calendar.filter_name}_from", f"{calendar.filter_name}_to"
    left_out = {*PAGE_ARGUMENTS, "month", "week", low, high}
    kept: dict[str, Any] = {n: request.args.getlist(n) for n in request.args if n not in left_out}
    today = clock.today()
    return [
        Day(
            day,
            url_for(f"{view.endpoint}.list", **{**kept, low: day.isoformat(), high: day.isoformat()}),
            day == today,
            span.month is None or (day.year, day.month) == (span.month.year, span.month.month),
        )
        for day in span
    ]


def _fill(
    view: ScopedModelView,
    calendar: Calendar,
    span: Span,
    days: Sequence[Day],
    asked: ListRequest,
    actor: Actor,
) -> None:
    tab = view.open_tab()
    whole = (tab.scope if tab else type(view).scope)(actor)
    statement = apply_filters(whole, view.spec, asked, actor)
    by_day = {one.day: one for one in days}
    now = clock.now()
    for pk, title, at, is_own, total in db.session.execute(_statement(statement, calendar, span, actor)):
        day = by_day[clock.to_local(at).date()]
        day.total = total
        url = record_address(f"{view.endpoint}.show", pk)
        time = clock.to_local(at).strftime("%H:%M")
        day.first.append(Happening(title, url, time, bool(is_own), at < now))


def _statement(statement: Select[Any], calendar: Calendar, span: Span, actor: Actor) -> Select[Any]:
    """Return the first records of each day, the reader's own before the others, with the day's total."""
    moment = calendar.moment
    within = statement.where(moment >= clock.start_of_day(span.first), moment < clock.start_of_day(span.end))
    key = inspect(statement.column_descriptions[0]["entity"]).primary_key[0]
    own = case((calendar.own(actor), 1), else_=0).label("own")
    rows = rows_by_ground(within, calendar.title, moment, own, most=MOST)
    at = rows.c[moment.key]
    day = local_day(at)
    place = func.row_number().over(partition_by=day, order_by=(rows.c.own.desc(), at, rows.c[key.key]))
    total = func.count().over(partition_by=day)
    placed = select(
        rows.c[key.key],
        rows.c[calendar.title.key],
        at,
        rows.c.own,
        total.label("total"),
        place.label("place"),
    ).subquery()
    few = FEW if span.month else MANY
    shown = [one for one in placed.c if one.key != "place"]
    found = (
        select(*shown)
        .where(placed.c.place <= few)
        .order_by(placed.c.own.desc(), placed.c[at.key], placed.c[key.key])
    )
    return found.execution_options(**statement.get_execution_options())
