"""Forms of on-site scans; the API reads its JSON through the same ones (CH-13 … CH-16)."""

from __future__ import annotations

from flask_babel import lazy_gettext as _

from app.channel.projects.fields import consultant_field, project_field
from app.kernel.fields.forms import BaseForm
from app.kernel.fields.texts import LineField
from app.kernel.fields.validators import at_most, optional, required

_TOKEN = 500


class ScanForm(BaseForm):
    """A scanned code and who receives the customer (CH-13)."""

    token = LineField(_("Code"), required(at_most(_TOKEN)))
    consultant_id = consultant_field(_("Property consultant"), optional())
    project_id = project_field(_("Project"), optional())
