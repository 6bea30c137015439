"""The form that gives a customer of the public pool to a colleague (POOL-20)."""

from __future__ import annotations

from flask_babel import lazy_gettext as _

from app.customers.shared.queries import FOLLOWING_UP
from app.kernel.fields.forms import BaseForm, required
from app.org.shared.fields import staff_field


class PoolOwnerForm(BaseForm):
    """Whose customer it will be (POOL-20)."""

    owner_id = staff_field(_("New owner"), required(), may=FOLLOWING_UP)
