"""Imports in the REST API (``spec/api.md``, CUST-26)."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from flask import Response, jsonify
from flask_babel import gettext

from app.customers.imports import services
from app.customers.imports.forms import CustomerImportForm, ImportForm
from app.customers.imports.queries import get_import
from app.customers.imports.serializers import (
    ImportAnswer,
    ImportBegun,
    ImportRecord,
    import_answer,
    import_record,
)
from app.customers.imports.sheets import write_errors, write_template
from app.customers.imports.undoing import undo_import
from app.customers.imports.work import begin
from app.customers.shared.permissions import CustomerPermission
from app.kernel.access.current import current_actor
from app.kernel.api.base import KepanApi, endpoint, expose
from app.kernel.errors import Invalid
from app.kernel.exports.spreadsheets import XLSX
from app.kernel.files.downloads import file_answer
from app.kernel.files.storage import ChunkReader
from app.kernel.sheets.reading import read_sheets

if TYPE_CHECKING:
    from typing import IO


MAX_AT_ONCE = 10_000


def xlsx_answer(content: IO[bytes], name: str) -> Response:
    """Return a spreadsheet."""
    size = content.seek(0, 2)
    content.seek(0)
    return file_answer(ChunkReader(content), XLSX, f"{name}.xlsx", size=size)


class CustomerImportApi(KepanApi):
    """``/api/v1/customers/import``: small tables at once."""

    route_base = "/api/v1/customers/import"
    class_permission_name = "Customer"

    @expose("", methods=["POST"])
    @endpoint(CustomerPermission.IMPORT, takes=CustomerImportForm, returns=ImportAnswer, refusals=(429,))
    def post(self) -> Response:
        """Imports a table, or tries it out; with an error row nothing is written."""
        values = self.body(CustomerImportForm).values()
        actor = current_actor()
        sheets = read_sheets(values["file"].stream)
        if sum(len(sheet.rows) for sheet in sheets if sheet.is_visible) > MAX_AT_ONCE:
            raise Invalid(
                file=gettext("More than %(n)s rows: begin an import in the background", n=MAX_AT_ONCE)
            )
        batch = services.keep_read_table(values["file"].filename or "import", sheets, actor=actor)
        outcome = services.preview(batch.id, actor=actor)
        created = outcome.figures["created"]
        if not values["dry_run"]:
            created = services.write_import(batch.id, actor=actor).created
        return jsonify(import_answer(len(outcome.lines), created, services.errors_of(outcome)))

    @expose("/template", methods=["GET"])
    @endpoint(CustomerPermission.IMPORT, returns=XLSX)
    def template(self) -> Response:
        """Returns the template with drop-downs and notes."""
        return xlsx_answer(write_template(), gettext("Customer import template"))


class ImportApi(KepanApi):
    """``/api/v1/imports``: any table, in the background."""

    route_base = "/api/v1/imports"
    class_permission_name = "Customer"
    record_type = ImportRecord
    record = staticmethod(import_record)

    @expose("", methods=["POST"])
    @endpoint(
        CustomerPermission.IMPORT, takes=ImportForm, returns=ImportBegun, status=202, refusals=(409, 429)
    )
    def post(self) -> tuple[Response, int]:
        """Begins an import; with ``dry_run`` only its rows are judged."""
        values = self.body(ImportForm).values()
        actor = current_actor()
        file = values.pop("file")
        dry_run, mapping = values.pop("dry_run"), values.pop("mapping")
        chosen = {name: value for name, value in values.items() if value is not None}
        words = json.loads(mapping) if mapping else None
        sheets = read_sheets(file.stream)

        def create() -> ImportBegun:
            batch = services.keep_read_table(
                file.filename or "import", sheets, actor=actor, words=words, **chosen
            )
            services.preview(batch.id, actor=actor)
            if not dry_run:
                begin(batch.id, actor=actor)
            return {"id": batch.id}

        return jsonify(self.created_once(create)), 202

    @expose("/<int:pk>", methods=["GET"])
    @endpoint(CustomerPermission.IMPORT, returns=ImportRecord)
    def get(self, pk: int) -> Response:
        """Returns one import with its figures."""
        return jsonify(import_record(get_import(pk, actor=current_actor())))

    @expose("/<int:pk>/errors.xlsx", methods=["GET"])
    @endpoint(CustomerPermission.IMPORT, returns=XLSX)
    def errors(self, pk: int) -> Response:
        """Returns the rows with errors as the same sheet, with the reasons beside."""
        batch = get_import(pk, actor=current_actor())
        return xlsx_answer(write_errors(batch), "errors")

    @expose("/<int:pk>/undo", methods=["POST"])
    @endpoint(CustomerPermission.IMPORT, returns=ImportRecord, refusals=(409,))
    def undo(self, pk: int) -> Response:
        """Takes an import back: new customers go, changed values are put back."""
        return jsonify(import_record(undo_import(pk, actor=current_actor())))

    @expose("/<int:pk>/cancel", methods=["POST"])
    @endpoint(CustomerPermission.IMPORT, returns=ImportRecord, refusals=(409,))
    def cancel(self, pk: int) -> Response:
        """Cancels an import that is not written yet."""
        return jsonify(import_record(services.cancel_import(pk, actor=current_actor())))
