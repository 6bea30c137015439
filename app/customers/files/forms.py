"""The form that adds files to a customer."""

from __future__ import annotations

from flask_babel import lazy_gettext as _

from app.kernel.fields.forms import BaseForm, required
from app.kernel.fields.uploads import FilesField


class FilesForm(BaseForm):
    """Files for the customer's file (CUST-2)."""

    files = FilesField(_("Files"), required())
