"""The form that names another handler."""

from __future__ import annotations

from flask_babel import lazy_gettext as _

from app.customers.shared.queries import FOLLOWING_UP
from app.kernel.fields.forms import BaseForm, required
from app.org.shared.fields import staff_field


class AssignForm(BaseForm):
    """Who handles the customer from now on (POOL-14)."""

    handler_id = staff_field(_("New handler"), required(), may=FOLLOWING_UP)
