"""Forms of districts; the API reads its JSON through the same ones (ACC-1)."""

from __future__ import annotations

from flask_babel import lazy_gettext as _
from wtforms.validators import Regexp

from app.kernel.fields.forms import BaseForm, at_most, optional, required
from app.kernel.fields.texts import LineField
from app.org.shared.fields import district_field

_CODE = Regexp(r"[A-Za-z0-9-]{1,12}$", message=_("At most 12 letters, digits and hyphens"))


class DistrictEditForm(BaseForm):
    """The name of a district, and the district above it."""

    name = LineField(_("Name"), required(at_most(60)))
    parent_id = district_field(_("Above it"), optional())


class DistrictForm(DistrictEditForm):
    """A new district."""

    code = LineField(
        _("Code"), required(_CODE), description=_("Never changes; the official code, where there is one")
    )

    sections = (("", ("code", "name", "parent_id")),)
