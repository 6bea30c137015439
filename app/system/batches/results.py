"""The result of a batch as its page and its spreadsheet show it (OFF-4).

Names are read when the result is shown, within what its owner may see then; none is kept.
"""

from __future__ import annotations

from operator import itemgetter
from typing import TYPE_CHECKING

from flask import url_for
from flask_babel import gettext, ngettext

from app.kernel.exports.spreadsheets import SheetColumn
from app.kernel.jobs.lease import read_lease
from app.kernel.pages import elements as pages
from app.kernel.pages.answers import offered_undo, records_of
from app.kernel.pages.batches import find_batch
from app.kernel.pages.elements import Button
from app.kernel.pages.selections import RETRY
from app.system.batches.models import ROW_STATE, BatchRow
from app.system.batches.queries import retry_of, rows_to_show, tally_of, undone_rows
from app.system.runs.queries import get_run

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from app.kernel.access.actor import Actor
    from app.system.batches.models import Batch
    from app.system.batches.queries import Tally
    from app.system.runs.models import BackgroundRun

    Names = Mapping[int, tuple[str, str]]

SHOWN = 200
_PART = 500


def result_page(batch: Batch, actor: Actor) -> pages.BatchPage:
    """Return the page of a batch: progress while it runs, then refused rows first."""
    run = get_run(batch.run_id, actor=actor) if batch.run_id is not None else None
    tally, rows = tally_of(batch.id), rows_to_show(batch.id, SHOWN)
    later = retry_of(batch.id, actor=actor)
    found = find_batch(batch.view, batch.operation)
    is_running = run is not None and run.is_under_way
    names = _names(batch, [row.record_id for row in rows], actor)
    return pages.BatchPage(
        title=batch.title.split(" · ")[-1],
        rows=_page_rows(rows, names, is_running=is_running),
        back_url=url_for(f"{found[0].endpoint}.list") if found else url_for("BatchView.list"),
        done=tally.done,
        refused=tally.refused,
        waiting=tally.waiting,
        sentence=_sentence(batch, tally, rows, names) if not is_running else "",
        undo_url=offered_undo(),
        is_running=is_running,
        note=_note(run),
        list_key=found[0].class_permission_name if found else "",
        buttons=[] if is_running else _buttons(batch, tally, actor),
        later_url=url_for("BatchView.show", pk=later.id) if later else "",
        cancel_url=url_for("RunView.cancel", pk=batch.run_id) if is_running else "",
        own_url=url_for("BatchView.show", pk=batch.id),
    )


def _note(run: BackgroundRun | None) -> str:
    """Return how a batch in the background ended, or that it goes on."""
    if run is None or run.state == "done":
        return ""
    if run.problem:
        return gettext(run.problem)
    if run.state == "cancelled":
        return gettext("Cancelled: what was done stays done; the rest was not touched.")
    if run.state == "waiting" and not read_lease().held:
        return gettext("No runner is working: background runs wait until one is started")
    if run.attempts > 1:
        return gettext("The server was restarted meanwhile; the batch continues where it stopped.")
    return gettext("It goes on in the background; you may close this and work on.")


def _buttons(batch: Batch, tally: Tally, actor: Actor) -> list[Button]:
    """Return the buttons for rows that are not done: try them again, export them."""
    undone = tally.refused + tally.waiting
    found = find_batch(batch.view, batch.operation)
    if not undone or found is None:
        return []
    view, operation = found
    buttons = []
    if actor.has_permission(operation.needs, view.class_permission_name):
        label = ngettext("Try %(num)d again", "Try %(num)d again", undone)
        url = f"{url_for(f'{view.endpoint}.{operation.name}_batch')}?{RETRY}={batch.id}"
        buttons.append(Button(label, url, "fa-rotate-right", "drawer"))
    url = url_for("BatchView.export", pk=batch.id)
    return [*buttons, Button(gettext("Export the refused"), url, "fa-file-export", "download")]


def _sentence(batch: Batch, tally: Tally, rows: Sequence[BatchRow], names: Names) -> str:
    """Return what was done, as the single operation says it (OFF-3); empty where nothing was."""
    found = find_batch(batch.view, batch.operation)
    if found is None or not tally.done:
        return ""
    answer = found[1].answer
    one = next((row.record_id for row in rows if row.state == "done"), 0) if tally.done == 1 else 0
    return answer.about(names[one][0]) if one in names else answer.about_many(tally.done)


def _page_rows(rows: Sequence[BatchRow], names: Names, *, is_running: bool = False) -> list[pages.BatchRow]:
    ahead = gettext("Waiting") if is_running else ROW_STATE.label("waiting")
    return [
        pages.BatchRow(
            label=names.get(row.record_id, (str(row.record_id), ""))[0],
            url=names.get(row.record_id, ("", ""))[1],
            state=ahead if row.state == "waiting" else ROW_STATE.label(row.state),
            tone=ROW_STATE.tone(row.state),
            message=row.reason,
        )
        for row in rows
    ]


def _names(batch: Batch, pks: Sequence[int], actor: Actor) -> Names:
    """Return title and address of the records that the actor may open."""
    found = find_batch(batch.view, batch.operation)
    if found is None or not pks:
        return {}
    view, _operation = found
    records = records_of(view, pks, actor)
    return {pk: (view.record_title(one), view.record_url(one)) for pk, one in records.items()}


def undone_in_words(batch: Batch, actor: Actor) -> Iterator[tuple[str, str, str]]:
    """Yield name, result and reason of every row that is not done."""
    rows = undone_rows(batch.id)
    for start in range(0, len(rows), _PART):
        part = rows[start : start + _PART]
        names = _names(batch, [row.record_id for row in part], actor)
        for row in _page_rows(part, names):
            yield row.label, row.state, row.message


def sheet_columns() -> list[SheetColumn]:
    """Return the columns of the exported rows, in the user's language."""
    labels = (gettext("Name"), gettext("Result"), gettext("Reason"))
    return [SheetColumn(label, itemgetter(place)) for place, label in enumerate(labels)]
