"""What waits for a person: counts of lists, each declared once by the context of the list (OFF-11).

The count is taken of the list's own statement with the arguments of the link, so that both agree.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from flask import current_app, url_for
from flask_babel import lazy_gettext as _
from werkzeug.datastructures import MultiDict

from app.kernel import clock
from app.kernel.access.permissions import BasicPermission
from app.kernel.lists.counts import COUNT_LIMIT, counts_up_to
from app.kernel.lists.requests import apply_filters, read_list_request

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from datetime import date

    from sqlalchemy import Select

    from app.kernel.access.actor import Actor
    from app.kernel.access.permissions import Permission
    from app.kernel.errors import Sentence
    from app.kernel.pages.views import ScopedModelView

PERIODS: dict[str, Sentence] = {"today": _("Today"), "week": _("This week"), "month": _("This month")}


def leads_people(actor: Actor) -> bool:
    """Return True if the actor has scope over other people's records."""
    return bool(actor.opens_all or actor.departments)


def everybody(_actor: Actor) -> bool:
    """Return True: whoever may open the list has the count."""
    return True


@dataclass(frozen=True)
class WorkItem:
    """A count of a list.

    ``arguments(actor)`` are the list's own: its tab, filters and order.  ``dated`` is the date filter that
    the chosen period narrows; without one the count is of what waits now.  ``needs`` is the function that
    does this work, where reading the list is not enough; ``concerns(actor)`` narrows it further.
    ``part_of`` names the item whose share this one is, for a conversion in per cent.
    """

    key: str
    label: Sentence
    icon: str
    view: type[ScopedModelView]
    arguments: Callable[[Actor], Mapping[str, str]] = field(default=lambda _actor: {})
    dated: str = ""
    needs: Permission | None = None
    concerns: Callable[[Actor], bool] = everybody
    part_of: str = ""

    def is_for(self, actor: Actor) -> bool:
        """Return True if the actor opens the list and does the work."""
        may_read = actor.has_permission(BasicPermission.READ, self.view.class_permission_name)
        return bool(may_read and (self.needs is None or actor.may(self.needs)) and self.concerns(actor))

    def query(self, actor: Actor, period: str) -> dict[str, str]:
        """Return the arguments of the list's address."""
        asked = dict(self.arguments(actor))
        if self.dated:
            asked[f"{self.dated}_from"] = first_day(period).isoformat()
            asked[f"{self.dated}_to"] = clock.today().isoformat()
        return asked

    def statement(self, actor: Actor, period: str) -> Select[Any]:
        """Return the list's statement with these arguments."""
        args = MultiDict(self.query(actor, period))
        view = view_of(self.view)
        tab = view.tab_of(args)
        whole = (tab.scope if tab else self.view.scope)(actor)
        return apply_filters(whole, view.spec, read_list_request(view.spec, args).enforce(), actor)


@dataclass(frozen=True)
class WorkCount:
    """A count as the workbench shows it; ``share`` is its part of another count, in per cent."""

    key: str
    label: str
    icon: str
    number: int
    url: str
    is_dated: bool
    share: str = ""

    @property
    def text(self) -> str:
        """The number, exact up to the limit of counts."""
        return f"{min(self.number, COUNT_LIMIT):,}{'+' if self.number > COUNT_LIMIT else ''}"


_items: dict[str, WorkItem] = {}


def declare_work(*items: WorkItem) -> None:
    """Add counts to the workbench; they appear in the order in which contexts are registered."""
    _items.update({item.key: item for item in items})


def declared_work() -> Iterable[WorkItem]:
    """Return every declared count."""
    return _items.values()


def first_day(period: str) -> date:
    """Return the first day of the period: today, Monday, or the first of the month."""
    today = clock.today()
    if period == "month":
        return today.replace(day=1)
    return today - timedelta(days=today.weekday()) if period == "week" else today


def count_work(actor: Actor, period: str) -> list[WorkCount]:
    """Return the counts that concern the actor, read in one statement."""
    items = [item for item in declared_work() if item.is_for(actor)]
    numbers = counts_up_to({item.key: item.statement(actor, period) for item in items})
    return [_counted(item, numbers, actor, period) for item in items]


def _counted(item: WorkItem, numbers: Mapping[str, int], actor: Actor, period: str) -> WorkCount:
    whole = numbers.get(item.part_of, 0)
    return WorkCount(
        key=item.key,
        label=str(item.label),
        icon=item.icon,
        number=numbers[item.key],
        url=url_for(f"{item.view.__name__}.list", **item.query(actor, period)),  # type: ignore[arg-type]
        is_dated=bool(item.dated),
        share=f"{numbers[item.key] / whole:.0%}" if whole and whole <= COUNT_LIMIT else "",
    )


def view_of(kind: type[ScopedModelView]) -> ScopedModelView:
    """Return the registered view of a class."""
    found: ScopedModelView = next(
        one for one in current_app.extensions["appbuilder"].baseviews if type(one) is kind
    )
    return found
