"""The form of a shipping mark; the API reads its JSON through the same one (CUST-12)."""

from __future__ import annotations

from flask_babel import lazy_gettext as _

from app.kernel.fields.forms import BaseForm, at_most, required
from app.kernel.fields.texts import TextField


class MarkForm(BaseForm):
    """A shipping mark (CUST-12)."""

    text = TextField(_("Shipping mark"), required(at_most(1000)))
