"""The inputs that the forms of creation and edit share; the API reads its JSON through the same ones."""

from __future__ import annotations

from flask import url_for

from app.customers.shared.fields import add_inputs
from app.customers.shared.models import Customer
from app.customers.shared.queries import visible_customers
from app.kernel.access.current import current_actor
from app.kernel.database.session import db
from app.kernel.fields.forms import BaseForm, FormField, SubForm


class DemandForm(SubForm):
    """What the customer is looking for (CUST-5)."""


class CustomerFieldsForm(BaseForm):
    """The fields that creation and edit share (CUST-2 … CUST-5)."""

    demand = FormField(DemandForm)


add_inputs(DemandForm, "demand")
add_inputs(CustomerFieldsForm, "basic", "business")


def customer_choices_url() -> str:
    """Return the address of the customers that the actor may choose."""
    return url_for("CustomerView.options")


def customer_name(pk: int) -> str:
    """Return the name of a chosen customer that the actor can open."""
    statement = visible_customers(current_actor()).where(Customer.id == pk)
    return db.session.scalar(statement.with_only_columns(Customer.name)) or ""
