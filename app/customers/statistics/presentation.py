"""The statistics on pages and in spreadsheets: sections of bars, each leading to its list (CUST-25)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from flask import url_for
from flask_babel import gettext
from flask_babel import lazy_gettext as _

from app.customers.labels.queries import TAGS
from app.customers.shared.fields import CODES as DICTIONARIES
from app.customers.shared.fields import LABELS
from app.customers.statistics.serializers import NAMES
from app.kernel.pages.elements import Bar, length

if TYPE_CHECKING:
    from collections.abc import Mapping

    from app.customers.statistics.queries import Figure, Figures, Statistics

SCOPE = "scope"  # the tab whose rows are counted
MOST_BARS = 12
_KINDS = {"deal_status": "status", "stage": "status", "source": "status", "industry": "status"}
SECTIONS = ("deal_status", "grade", "stage", "source", "level", "industry", "owner", "tag", "category")
_ARGUMENTS = {"owner": "owner_id", "category": "category_id"}
_LABELS = {**LABELS, "tag": _("Tag"), "category": _("Category")}


@dataclass(frozen=True)
class Section:
    """One dimension: its bars, with the share won of each; ``kind`` is the kind of its chart."""

    name: str
    label: str
    bars: list[Bar]
    kind: str
    more: int = 0

    def data(self) -> list[dict[str, Any]]:
        """Return the data of the chart script."""
        return [bar.data() for bar in self.bars]


def label_of(name: str) -> str:
    """Return the label of a dimension."""
    return str(_LABELS[name])


def name_of(name: str, key: Any) -> str:
    """Return the name of one of its values; a dash for customers that have none."""
    if key is None:
        return gettext("Not given")
    if name in NAMES:
        return NAMES[name](key)
    return DICTIONARIES[name].label(key)


def _tone_of(name: str, key: Any, place: int) -> str:
    if name == "tag":
        found = TAGS.get(key)
        return found.tone if found else "blue"
    if name in NAMES:
        return "blue"
    tone = DICTIONARIES[name].tone(key)
    return tone if tone != "gray" or key is None else _CYCLE[place % len(_CYCLE)]


_CYCLE = ("blue", "cyan", "gold", "orange", "green", "red")


def url_of(name: str, key: Any) -> str:
    """Return the address of the list that a figure counts; empty where the list cannot ask for it."""
    if key is None:
        return ""
    return url_for("CustomerView.list", tab=SCOPE, **{_ARGUMENTS.get(name, name): key})


def _bar(name: str, key: Any, figure: Figure, top: int, place: int) -> Bar:
    return Bar(
        name_of(name, key),
        f"{figure.count:,}",
        figure.count,
        url_of(name, key),
        length(figure.count, top),
        _tone_of(name, key, place),
        f"{figure.share_won:.1%}",
    )


def sections_of(found: Statistics) -> list[Section]:
    """Return all dimensions that have figures."""
    return [_section(name, found.by[name]) for name in SECTIONS if found.by[name]]


def _section(name: str, figures: Figures) -> Section:
    top = max((one.count for one in figures.values()), default=0)
    shown: Mapping[Any, Figure] = dict([*figures.items()][:MOST_BARS])
    bars = [_bar(name, key, figure, top, place) for place, (key, figure) in enumerate(shown.items())]
    return Section(name, label_of(name), bars, _KINDS.get(name, "columns"), len(figures) - len(shown))


def growth_bars(found: Statistics) -> list[tuple[Bar, Bar]]:
    """Return the months, oldest first: new customers with their list, and all at the month's end."""
    top, last = max((new for _day, new, _all in found.growth), default=0), found.total
    months = []
    for place, (day, new, total) in enumerate(found.growth):
        following = found.growth[place + 1][0] if place + 1 < len(found.growth) else None
        url = url_for(
            "CustomerView.list",
            tab=SCOPE,
            created_from=day.isoformat(),
            created_to=None if following is None else _day_before(following),
        )
        label = f"{day:%Y-%m}"
        months.append(
            (
                Bar(label, f"{new:,}", new, url, length(new, top)),
                Bar(label, f"{total:,}", total, "", length(total, last), "cyan"),
            )
        )
    return months


def _day_before(day: Any) -> str:
    return str(day.fromordinal(day.toordinal() - 1).isoformat())


def growth_data(months: list[tuple[Bar, Bar]]) -> dict[str, Any]:
    """Return the data of the chart script."""
    return {
        "days": [new.label for new, _all in months],
        "series": [
            {
                "name": gettext("New customers"),
                "values": [new.value for new, _all in months],
                "urls": [new.url for new, _all in months],
            },
            {
                "name": gettext("All customers"),
                "values": [total.value for _new, total in months],
                "urls": ["" for _month in months],
            },
        ],
    }
