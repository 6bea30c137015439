"""Forms of saved filters; the API reads its JSON through the same ones (CUST-13)."""

from __future__ import annotations

from flask_babel import lazy_gettext as _

from app.kernel.fields.forms import BaseForm, at_most, required
from app.kernel.fields.texts import LineField
from app.kernel.pages.saved_filters import MAX_NAME


class NameForm(BaseForm):
    """The name of a saved filter."""

    name = LineField(_("Name"), required(at_most(MAX_NAME)))
