"""Forms of on-site scans; the API reads its JSON through the same ones (CH-13 … CH-16)."""

from __future__ import annotations

from typing import Any

from flask_babel import lazy_gettext as _

from app.channel.projects.fields import consultant_field, project_field
from app.kernel.fields.forms import REQUIRED, BaseForm, at_most, optional
from app.kernel.fields.texts import LineField

_TOKEN = 500


_CODE, _TAIL = 32, 8


class ScanForm(BaseForm):
    """A scanned code, or a typed one with the last four digits, and the consultant who receives the customer
    (CH-13, CH-30).
    """

    token = LineField(_("Code"), optional(at_most(_TOKEN)))
    code = LineField(_("Customer code"), optional(at_most(_CODE)))
    tail = LineField(_("Last four digits"), optional(at_most(_TAIL)))
    consultant_id = consultant_field(_("Property consultant"), optional())
    project_id = project_field(_("Project"), optional())

    def validate(self, extra_validators: Any = None) -> bool:
        """Require one of the two; the service checks what a typed code needs."""
        valid = bool(super().validate(extra_validators))
        if not self.token.data and not self.code.data:
            self.token.errors = [*self.token.errors, str(REQUIRED)]
            return False
        return valid
