"""The pages of batches (OFF-4): the user's own, each with its result, and the rows to try again or export."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask import render_template, url_for
from flask_appbuilder.baseviews import expose
from flask_appbuilder.models.sqla.interface import SQLAInterface
from flask_babel import lazy_gettext as _
from werkzeug.utils import redirect

from app.audit import services as audit
from app.kernel.access.current import current_actor
from app.kernel.database.transactions import transactional
from app.kernel.exports.lists import export_rows
from app.kernel.lists.filters import DateRangeFilter
from app.kernel.lists.requests import ListSpec
from app.kernel.pages.requests import is_drawer
from app.kernel.pages.routes import permitted
from app.kernel.pages.views import ScopedModelView
from app.kernel.translation import N_
from app.system.batches.models import Batch
from app.system.batches.queries import batch_of_run, get_batch, tallies, visible_batches
from app.system.batches.results import result_page, sheet_columns, undone_in_words
from app.system.permissions import BackgroundRunPermission

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from app.kernel.access.actor import Actor


class BatchView(ScopedModelView):
    """``/batches``."""

    datamodel = SQLAInterface(Batch)
    route_base = "/batches"
    class_permission_name = "BackgroundRun"
    include_route_methods = {"list", "show", "of_run", "export"}
    menu_place = "RunView"
    scope = staticmethod(visible_batches)
    spec = ListSpec(
        (DateRangeFilter("created", _("Begun"), Batch.created_at),),
        {"created_at": Batch.created_at},
        "-created_at",
    )
    list_title = _("Batches")
    empty_text = _("Nothing here yet: operations on several chosen rows of a list appear here")
    list_columns = ["title", "total", "done", "refused", "waiting", "created_at"]
    number_columns = frozenset({"total", "done", "refused", "waiting"})
    label_columns = {
        "title": _("What"),
        "total": _("Chosen"),
        "done": _("Done"),
        "refused": _("Refused"),
        "waiting": _("Not done"),
        "created_at": _("Begun"),
    }

    def record_title(self, record: Batch) -> str:
        return record.title

    def cells_of(self, records: Sequence[Batch], _actor: Actor) -> Mapping[int, Mapping[str, Any]]:
        """Return the figures of each batch, counted in one statement."""
        found = tallies([record.id for record in records])
        return {
            pk: {"done": tally.done, "refused": tally.refused, "waiting": tally.waiting}
            for pk, tally in found.items()
        }

    @expose("/<int:pk>", methods=["GET"])
    @permitted(BackgroundRunPermission.READ)
    def show(self, pk: int) -> str:
        """Show the result of a batch, or its progress."""
        actor = current_actor()
        return render_template("kernel/batch.html", page=result_page(get_batch(pk, actor=actor), actor))

    @expose("/run/<int:pk>", methods=["GET"])
    @permitted(BackgroundRunPermission.READ)
    def of_run(self, pk: int) -> Any:
        """Lead from a background run to its batch."""
        batch = batch_of_run(pk, actor=current_actor())
        return redirect(url_for("BatchView.show", pk=batch.id, _drawer="1" if is_drawer() else None))

    @expose("/<int:pk>/export", methods=["POST"])
    @permitted(BackgroundRunPermission.READ)
    def export(self, pk: int) -> Any:
        """Return the rows that were refused or not reached as a file, with the reasons."""
        actor = current_actor()
        batch = get_batch(pk, actor=actor)
        rows = [*undone_in_words(batch, actor)]

        @transactional
        def note(number: int) -> None:
            audit.record(
                actor,
                "batch.export",
                batch,
                N_("Refused rows of “%(title)s” exported: %(rows)s"),
                title=batch.title,
                rows=number,
            )

        return export_rows(batch.title.replace(" · ", "-"), sheet_columns(), rows, note)
