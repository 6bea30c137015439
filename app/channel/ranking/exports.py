"""The ranking's arguments and spreadsheet, for page, API and background (CH-26)."""

from __future__ import annotations

from operator import attrgetter
from typing import TYPE_CHECKING, Any

from flask import request, url_for
from flask_babel import gettext
from flask_babel import lazy_gettext as _
from werkzeug.datastructures import MultiDict

from app.audit.services import record_export
from app.channel.ranking.filters import RANKING
from app.channel.ranking.queries import RankingFilter, every_row, totals
from app.kernel.database.session import transaction_intent
from app.kernel.database.transactions import end_reading
from app.kernel.errors import Invalid
from app.kernel.exports import lists as export
from app.kernel.exports.lists import describe_request, export_long_rows, export_rows, file_name
from app.kernel.exports.spreadsheets import XLSX, SheetColumn
from app.kernel.exports.views import BackgroundExport
from app.kernel.lists.requests import ListRequest, read_list_request
from app.system.runs.services import Result, start_run

if TYPE_CHECKING:
    from collections.abc import Mapping

    from werkzeug.wrappers import Response

    from app.kernel.access.actor import Actor
    from app.kernel.exports.lists import ProgressMeter


TITLE = _("Channel ranking")
KIND = "channel_ranking"
COLUMNS = {
    "company": _("Broker company"),
    "broker": _("Broker"),
    "phone": _("Phone"),
    "entered": _("Entered"),
    "reported": _("Reported"),
    "bound": _("Bound"),
    "closed": _("Closed"),
}


def read_asked(args: MultiDict[str, str]) -> ListRequest:
    """Parse the arguments into a list request; the order is always the same (CH-26).

    :raises Invalid: with a sentence for each wrong argument.
    """
    asked = read_list_request(RANKING, args).enforce()
    if asked.order_by != RANKING.default_order:
        raise Invalid(order_by=_("Cannot order by this"))
    return asked


def filter_of(asked: ListRequest) -> RankingFilter:
    """Return the filter of a list request."""
    values = asked.values
    first, last = values.get("created", (None, None))
    return RankingFilter(
        company=values.get("company", ""),
        broker=values.get("broker", ""),
        broker_phone=values.get("broker_phone", ""),
        entered_from=first,
        entered_to=last,
    )


def sheet_columns() -> list[SheetColumn]:
    """Return the columns, in the reader's language."""
    return [SheetColumn(str(label), attrgetter(name)) for name, label in COLUMNS.items()]


def export_ranking(args: MultiDict[str, str], actor: Actor) -> Response | BackgroundExport:
    """Export the whole result as a file, or start a background run when it has too many rows.

    :raises Invalid: for an argument that cannot be read.
    """
    asked = read_asked(args)
    wanted = filter_of(asked)
    if request.method != "HEAD":
        end_reading()
        with transaction_intent(to_change=False):
            brokers = totals(actor, wanted)["brokers"]
            end_reading()
        if brokers > export.MAX_ROWS:
            with transaction_intent(to_change=True):
                kept = {"args": [[name, value] for name, value in args.items(multi=True)]}
                run = start_run(KIND, title=str(TITLE), arguments=kept, actor=actor)
            return BackgroundExport(run.id, url_for("RunView.list"))
    return export_rows(
        gettext("Channel ranking"),
        sheet_columns(),
        every_row(actor, wanted),
        lambda rows: _note(actor, rows, asked),
    )


def _note(actor: Actor, rows: int, asked: ListRequest) -> None:
    """Record which person exported how many rows, with which filters."""
    record_export(actor, "channel_ranking.export", rows, describe_request(RANKING, asked))


def write_ranking(arguments: Mapping[str, Any], actor: Actor, meter: ProgressMeter) -> Result:
    """Write the ranking in the background."""
    args: MultiDict[str, str] = MultiDict([(name, value) for name, value in arguments["args"]])
    asked = read_asked(args)
    wanted, title = filter_of(asked), str(TITLE)
    content = export_long_rows(
        title,
        sheet_columns(),
        lambda: (totals(actor, wanted)["brokers"], every_row(actor, wanted)),
        lambda rows: _note(actor, rows, asked),
        meter,
    )
    return Result(content, file_name(title), XLSX)
