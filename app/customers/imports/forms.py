"""Forms of imports; the API reads its bodies through the same ones (CUST-26)."""

from __future__ import annotations

import json
from typing import Any

from flask_babel import gettext
from flask_babel import lazy_gettext as _
from werkzeug.datastructures import FileStorage
from wtforms.validators import ValidationError

from app.customers.imports.options import MATCHES, MODES
from app.customers.imports.targets import TARGETS
from app.customers.shared import choices
from app.customers.shared.fields import LABELS
from app.kernel.fields.choices import ChoiceField
from app.kernel.fields.forms import BaseForm, optional, required
from app.kernel.fields.numbers import YesNoField
from app.kernel.fields.texts import TextField
from app.kernel.fields.uploads import FilesField
from app.kernel.settings.dictionaries import Dictionary
from app.kernel.sheets.reading import MAX_BYTES

MODE = Dictionary(
    "import_modes",
    dict(
        zip(MODES, (_("Add new ones"), _("Update existing ones"), _("Update, and add new ones")), strict=True)
    ),
)
MATCH = Dictionary(
    "import_matches",
    dict(zip(MATCHES, (LABELS["phone"], LABELS["code"], LABELS["tax_id"]), strict=True)),
)
HIDDEN = Dictionary("import_hidden", {"all": _("They count"), "visible": _("They are left out")})
_MEGABYTES = MAX_BYTES // 1024 // 1024


class TableField(FilesField):
    """One table, judged by the reader of tables alone."""

    def __init__(self, label: Any, validators: list[Any], **kwargs: Any) -> None:
        super().__init__(
            label,
            validators,
            most=1,
            is_late=True,
            description=_("A table (.xlsx, .xls or CSV), at most %(size)s MB", size=_MEGABYTES),
            render_kw={"accept": ".xlsx,.xls,.csv", "data-max-bytes": MAX_BYTES},
            **kwargs,
        )

    def pre_validate(self, _form: Any) -> None:
        if len(self.data) != 1 or not isinstance(self.data[0], FileStorage):
            raise ValidationError(gettext("A file is expected"))
        if self.data[0].stream.seek(0, 2) > MAX_BYTES:
            raise ValidationError(gettext("“%(name)s” is larger than %(n)s MB", name=self.lost, n=_MEGABYTES))


class UploadForm(BaseForm):
    """A table to import."""

    file = TableField(_("Table"), required())
    sections = (("", ("file",)),)

    def values(self) -> dict[str, Any]:
        """Return the one table."""
        found = super().values()
        return {**found, "file": found["file"][0]}


class CustomerImportForm(UploadForm):
    """An import at once: what the API's ``POST /customers/import`` takes."""

    dry_run = YesNoField(_("Try only"))


class ImportForm(UploadForm):
    """An import in the background: what the API's ``POST /imports`` takes."""

    mode = ChoiceField(_("What happens"), MODE, optional())
    match_by = ChoiceField(_("Matched by"), MATCH, optional())
    mapping = TextField(_("Mapping"), optional(), description=_("JSON: column letters or headings → fields"))
    kind = ChoiceField(LABELS["kind"], choices.KIND, optional())
    into_pool = YesNoField(_("Into the public pool"))
    valid_rows_only = YesNoField(_("Import the valid rows"))
    hidden = ChoiceField(_("Hidden rows"), HIDDEN, optional())
    dry_run = YesNoField(_("Try only"))

    def validate_mapping(self, field: Any) -> None:
        """Refuse a mapping that is no object of known fields."""
        if not field.data:
            return
        try:
            given = json.loads(field.data)
        except ValueError:
            raise ValidationError(gettext("A JSON object is expected")) from None
        if not isinstance(given, dict) or any(one not in TARGETS for one in given.values()):
            raise ValidationError(gettext("Not one of the choices"))
