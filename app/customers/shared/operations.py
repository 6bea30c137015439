"""Where the operations on a customer lead back to."""

from __future__ import annotations

from flask import url_for

from app.customers.shared.models import Customer
from app.customers.shared.queries import visible_customers
from app.kernel.access.current import current_actor
from app.kernel.database.session import db


def tab_url(pk: int, tab: str) -> str:
    """Return the address of a tab of the customer's detail."""
    return url_for("CustomerView.show", pk=pk, _anchor=tab)


def present_url(customer: Customer) -> str:
    """Return the customer's address; empty for an actor who can no longer open it."""
    mine = visible_customers(current_actor()).where(Customer.id == customer.id)
    if db.session.scalar(mine.with_only_columns(Customer.id)) is None:
        return ""
    return url_for("CustomerView.show", pk=customer.id)
