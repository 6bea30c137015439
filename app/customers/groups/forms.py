"""The form that links a customer with another."""

from __future__ import annotations

from flask import url_for
from flask_babel import lazy_gettext as _

from app.customers.shared.models import Customer
from app.customers.shared.queries import visible_customers
from app.kernel.access.current import current_actor
from app.kernel.database.session import db
from app.kernel.fields.choices import ReferenceField
from app.kernel.fields.forms import BaseForm, required


def _customer_url() -> str:
    return url_for("CustomerView.options")


def _customer_name(pk: int) -> str:
    """Return the name of a chosen customer that the actor can open."""
    statement = visible_customers(current_actor()).where(Customer.id == pk)
    return db.session.scalar(statement.with_only_columns(Customer.name)) or ""


class JoinForm(BaseForm):
    """The customer that this one belongs together with (CUST-3)."""

    customer_id = ReferenceField(_("Customer"), required(), url=_customer_url, name_of=_customer_name)
