"""The pages of imports: upload, mapping and preview, result with undo (CUST-26)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask import render_template, request, url_for
from flask_appbuilder.baseviews import expose
from flask_appbuilder.models.sqla.interface import SQLAInterface
from flask_babel import gettext
from flask_babel import lazy_gettext as _
from werkzeug.utils import redirect

from app.customers.imports import services
from app.customers.imports.api import xlsx_answer
from app.customers.imports.content import sheets_of
from app.customers.imports.forms import HIDDEN, MATCH, MODE, UploadForm
from app.customers.imports.models import IMPORT_STATE, ImportBatch
from app.customers.imports.options import Options
from app.customers.imports.policies import can_run_import, can_undo_import
from app.customers.imports.presentation import shown_columns, shown_rows
from app.customers.imports.queries import (
    get_import,
    import_of_run,
    options_of,
    rows_to_show,
    visible_imports,
)
from app.customers.imports.sheets import write_errors, write_template
from app.customers.imports.targets import TARGETS
from app.customers.imports.undoing import undo_import
from app.customers.imports.work import begin
from app.customers.shared import choices
from app.customers.shared.permissions import CustomerPermission
from app.kernel import clock
from app.kernel.access.current import current_actor
from app.kernel.errors import Denied, Invalid, NotFound
from app.kernel.lists.filters import ChoiceFilter, DateRangeFilter
from app.kernel.lists.requests import ListSpec
from app.kernel.pages.elements import Button
from app.kernel.pages.form_page import run_form
from app.kernel.pages.formatting import code_tag
from app.kernel.pages.routes import permitted
from app.kernel.pages.views import ScopedModelView

if TYPE_CHECKING:
    from werkzeug.datastructures import MultiDict

    from app.kernel.access.actor import Actor

SHOWN = 200


class ImportView(ScopedModelView):
    """``/imports``."""

    datamodel = SQLAInterface(ImportBatch)
    route_base = "/imports"
    class_permission_name = "Customer"
    list_permission = CustomerPermission.IMPORT
    include_route_methods = {
        "list", "show", "new", "template", "check", "run", "undo", "cancel", "errors", "of_run",
    }  # fmt: skip
    scope = staticmethod(visible_imports)
    spec = ListSpec(
        (
            ChoiceFilter("state", _("State"), ImportBatch.state, IMPORT_STATE),
            DateRangeFilter("created", _("Begun"), ImportBatch.created_at),
        ),
        {"created_at": ImportBatch.created_at},
        "-created_at",
    )
    list_title = _("Imports")
    empty_text = _("No import yet: send a table of customers, or take the template")
    list_columns = ["file_name", "state", "rows", "created", "updated", "same", "errors", "created_at"]
    number_columns = frozenset({"rows", "created", "updated", "same", "errors"})
    label_columns = {
        "file_name": _("Table"),
        "state": _("State"),
        "rows": _("Rows"),
        "created": _("New"),
        "updated": _("Updated"),
        "same": _("Already there"),
        "errors": _("Errors"),
        "created_at": _("Begun"),
    }
    formatters_columns = {"state": lambda batch: code_tag(IMPORT_STATE, batch.state)}

    def record_title(self, record: ImportBatch) -> str:
        return record.file_name

    def list_buttons(self, actor: Actor) -> list[Button]:
        if not actor.may(CustomerPermission.IMPORT):
            return []
        return [
            Button(gettext("Import customers"), url_for("ImportView.new"), "fa-file-import", primary=True),
            Button(gettext("Template"), url_for("ImportView.template"), "fa-download"),
        ]

    @expose("/new", methods=["GET", "POST"])
    @permitted(CustomerPermission.IMPORT)
    def new(self) -> Any:
        """Take a table, and try it out at once."""
        actor = current_actor()

        def submit(values: dict[str, Any]) -> ImportBatch:
            file = values["file"]
            batch = services.keep_table(file.filename or "import", file.stream, actor=actor)
            if "name" in options_of(batch).mapping.values():
                services.preview(batch.id, actor=actor)
            return batch

        return run_form(
            UploadForm(),
            title=gettext("Import customers"),
            back_url=url_for("ImportView.list"),
            submit=submit,
            done_url=lambda batch: url_for("ImportView.show", pk=batch.id),
            submit_label=_("Upload and check"),
            hint=_(
                "Any table with headings, or the template. Nothing is written before you have seen every row."
            ),
        )

    new._takes_files = True

    @expose("/template", methods=["GET"])
    @permitted(CustomerPermission.IMPORT)
    def template(self) -> Any:
        """Return the template."""
        return xlsx_answer(write_template(), gettext("Customer import template"))

    @expose("/<int:pk>", methods=["GET"])
    @permitted(CustomerPermission.IMPORT)
    def show(self, pk: int) -> Any:
        """Show an import: what was chosen, what becomes of the rows, or its result."""
        return self._page(get_import(pk, actor=current_actor()))

    def _page(self, batch: ImportBatch, alert: str = "", status: int = 200) -> Any:
        actor = current_actor()
        options, sheets = options_of(batch), []
        if can_run_import(actor, batch):
            try:
                sheets = sheets_of(batch)
            except NotFound:
                sheets = []
        page = {
            "title": batch.file_name,
            "batch": batch,
            "state": IMPORT_STATE.label(batch.state),
            "tone": IMPORT_STATE.tone(batch.state),
            "options": options,
            "sheets": [(n, one.name) for n, one in enumerate(sheets) if one.is_visible and one.rows],
            "columns": shown_columns(sheets, options) if sheets else [],
            "targets": [(name, str(one.label)) for name, one in TARGETS.items()],
            "modes": MODE.choices(),
            "matches": MATCH.choices(),
            "kinds": choices.KIND.choices(),
            "hiddens": HIDDEN.choices(),
            "rows": shown_rows(rows_to_show(batch.id, SHOWN), actor),
            "can_undo": bool(can_undo_import(actor, batch, clock.now())),
            "is_running": batch.state in {"waiting", "running"},
            "has_hidden": any(
                row.is_hidden for row in sheets[options.sheet].rows
            ) if sheets else False,
            "alert": alert,
        }  # fmt: skip
        return render_template("customers/import.html", page=page), status

    @expose("/<int:pk>/check", methods=["POST"])
    @permitted(CustomerPermission.IMPORT)
    def check(self, pk: int) -> Any:
        """Keep what was chosen, and try the table out."""
        actor = current_actor()
        batch = get_import(pk, actor=actor)
        try:
            services.choose(pk, _chosen(request.form, options_of(batch)), actor=actor)
            services.preview(pk, actor=actor)
        except (Denied, Invalid) as error:
            return self._refused(pk, error)
        return redirect(url_for("ImportView.show", pk=pk))

    @expose("/<int:pk>/run", methods=["POST"])
    @permitted(CustomerPermission.IMPORT)
    def run(self, pk: int) -> Any:
        """Keep what was chosen, and begin to write."""
        actor = current_actor()
        batch = get_import(pk, actor=actor)
        try:
            services.choose(pk, _chosen(request.form, options_of(batch)), actor=actor)
            begin(pk, actor=actor)
        except (Denied, Invalid) as error:
            return self._refused(pk, error)
        return redirect(url_for("ImportView.show", pk=pk))

    def _refused(self, pk: int, error: Denied | Invalid) -> Any:
        fields = error.fields.values() if isinstance(error, Invalid) else [error.message]
        return self._page(
            get_import(pk, actor=current_actor()), " ".join(str(one) for one in fields), error.status
        )

    @expose("/<int:pk>/undo", methods=["POST"])
    @permitted(CustomerPermission.IMPORT)
    def undo(self, pk: int) -> Any:
        """Take an import back."""
        try:
            undo_import(pk, actor=current_actor())
        except Denied as error:
            return self._refused(pk, error)
        return redirect(url_for("ImportView.show", pk=pk))

    @expose("/<int:pk>/cancel", methods=["POST"])
    @permitted(CustomerPermission.IMPORT)
    def cancel(self, pk: int) -> Any:
        """Cancel an import that is not written yet."""
        try:
            services.cancel_import(pk, actor=current_actor())
        except Denied as error:
            return self._refused(pk, error)
        return redirect(url_for("ImportView.show", pk=pk))

    @expose("/<int:pk>/errors", methods=["GET"])
    @permitted(CustomerPermission.IMPORT)
    def errors(self, pk: int) -> Any:
        """Return the rows with errors as a table."""
        batch = get_import(pk, actor=current_actor())
        return xlsx_answer(write_errors(batch), gettext("Rows with errors"))

    @expose("/run/<int:pk>", methods=["GET"])
    @permitted(CustomerPermission.IMPORT)
    def of_run(self, pk: int) -> Any:
        """Lead from a background run to its import."""
        return redirect(url_for("ImportView.show", pk=import_of_run(pk, actor=current_actor()).id))


def _chosen(form: MultiDict[str, str], before: Options) -> Options:
    """Return what the page posted.

    :raises Invalid: for what is not on offer.
    """
    sheet, heading_row = _whole(form, "sheet", before.sheet), _whole(form, "heading_row", before.heading_row)
    mapping = {}
    for name, target in form.items():
        if name.startswith("column-") and name[7:].isdigit() and target in TARGETS:
            mapping[int(name[7:])] = target
    if sheet != before.sheet or (heading_row != before.heading_row and mapping == before.mapping):
        mapping = {}  # other headings: they are mapped anew
    if len(mapping) > len(set(mapping.values())):
        raise Invalid(mapping=_("Two columns are mapped to the same field"))
    chosen = {name: form.get(name, getattr(before, name)) for name in ("mode", "match_by", "kind", "hidden")}
    offered = {"mode": MODE, "match_by": MATCH, "kind": choices.KIND, "hidden": HIDDEN}
    for name, value in chosen.items():
        if value and not offered[name].offers(value):
            raise Invalid(**{name: _("Not one of the choices")})
    return Options(
        sheet=sheet,
        heading_row=heading_row,
        mapping=mapping,
        department_id=before.department_id,
        into_pool=form.get("into_pool") == "y",
        valid_rows_only=form.get("valid_rows_only") == "y",
        **chosen,
    )


def _whole(form: MultiDict[str, str], name: str, default: int) -> int:
    text = form.get(name, "")
    return int(text) if text.isdigit() and len(text) < 7 else default  # noqa: PLR2004 - rows of a sheet
