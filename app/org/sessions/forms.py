"""Forms of signing in; the API reads its JSON through the same ones (ACC-12)."""

from __future__ import annotations

from flask_babel import lazy_gettext as _

from app.kernel.fields.forms import BaseForm
from app.kernel.fields.texts import LineField
from app.kernel.fields.validators import at_most, required


class CodeForm(BaseForm):
    """The second step of signing in: a code of the authenticator, or a recovery code."""

    code = LineField(_("One-time code"), required(at_most(20)))
