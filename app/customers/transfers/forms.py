"""The form that transfers a customer."""

from __future__ import annotations

from flask_babel import lazy_gettext as _

from app.customers.shared.queries import FOLLOWING_UP
from app.kernel.fields.forms import BaseForm, at_most, required
from app.kernel.fields.texts import LineField
from app.org.shared.fields import staff_field


class TransferForm(BaseForm):
    """Whose customer it will be, and why (CUST-21)."""

    owner_id = staff_field(_("New owner"), required(), may=FOLLOWING_UP)
    reason = LineField(_("Reason"), required(at_most(200)))
