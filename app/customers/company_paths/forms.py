"""The form of a company path; the API reads its JSON through the same one (CUST-12)."""

from __future__ import annotations

from flask_babel import lazy_gettext as _

from app.customers.company_paths.fields import LABELS
from app.kernel.fields.forms import BaseForm, at_most, optional, required
from app.kernel.fields.numbers import YesNoField
from app.kernel.fields.texts import LineField


class PathForm(BaseForm):
    """A company path (CUST-12)."""

    path = LineField(
        LABELS["path"],
        required(at_most(200)),
        description=_("Our legal entities in their order, with → between"),
    )
    our_code = LineField(
        LABELS["our_code"], optional(at_most(60)), description=_("Under which the customer knows us there")
    )
    is_default = YesNoField(LABELS["is_default"])
