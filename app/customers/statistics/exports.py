"""The statistics as a spreadsheet (CUST-25)."""

from __future__ import annotations

from operator import itemgetter
from typing import TYPE_CHECKING, Any

from flask_babel import gettext
from flask_babel import lazy_gettext as _

from app.audit.services import record_export
from app.customers.statistics.presentation import SECTIONS, label_of, name_of
from app.customers.statistics.queries import statistics_of
from app.kernel.exports.lists import export_rows
from app.kernel.exports.spreadsheets import SheetColumn

if TYPE_CHECKING:
    from collections.abc import Iterator

    from werkzeug.wrappers import Response

    from app.customers.statistics.queries import Statistics
    from app.kernel.access.actor import Actor

TITLE = _("Customer statistics")
_COLUMNS = (_("Dimension"), _("Value"), _("Number of customers"), _("Of them won"), _("Share won"))


def export_statistics(actor: Actor) -> Response:
    """Export all figures of the actor's scope as one sheet, logged."""
    columns = [SheetColumn(str(label), itemgetter(place)) for place, label in enumerate(_COLUMNS)]
    return export_rows(
        str(TITLE),
        columns,
        _rows(statistics_of(actor)),
        lambda rows: record_export(actor, "customer_statistics.export", rows, ""),
    )


def _rows(found: Statistics) -> Iterator[tuple[Any, ...]]:
    yield gettext("All customers"), "", found.total, found.won, _share(found.won, found.total)
    for name in SECTIONS:
        for key, one in found.by[name].items():
            yield label_of(name), name_of(name, key), one.count, one.won, f"{one.share_won:.1%}"
    for day, new, _total in found.growth:
        yield gettext("New customers"), f"{day:%Y-%m}", new, "", ""


def _share(won: int, count: int) -> str:
    return f"{won / count:.1%}" if count else ""
