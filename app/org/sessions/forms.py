"""Forms of signing in; the API reads its JSON through the same ones (ACC-12)."""

from __future__ import annotations

from flask_babel import lazy_gettext as _

from app.kernel.fields.forms import BaseForm, at_most, required
from app.kernel.fields.texts import LineField


class CodeForm(BaseForm):
    """The second step of signing in: a code of the authenticator, or a recovery code."""

    code = LineField(_("One-time code"), required(at_most(20)))
