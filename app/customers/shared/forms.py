"""The inputs that the forms of creation and edit share; the API reads its JSON through the same ones."""

from __future__ import annotations

from app.customers.shared.fields import add_inputs
from app.kernel.fields.forms import BaseForm, FormField, SubForm


class DemandForm(SubForm):
    """What the customer is looking for (CUST-5)."""


class CustomerFieldsForm(BaseForm):
    """The fields that creation and edit share (CUST-2 … CUST-5)."""

    demand = FormField(DemandForm)


add_inputs(DemandForm, "demand")
add_inputs(CustomerFieldsForm, "basic", "business")
