"""The form that links a customer with another."""

from __future__ import annotations

from flask_babel import lazy_gettext as _

from app.customers.shared.forms import customer_choices_url, customer_name
from app.kernel.fields.choices import ReferenceField
from app.kernel.fields.forms import BaseForm, required


class JoinForm(BaseForm):
    """The customer that this one belongs together with (CUST-3)."""

    customer_id = ReferenceField(_("Customer"), required(), url=customer_choices_url, name_of=customer_name)
