"""Where the operations on a customer lead back to."""

from __future__ import annotations

from typing import Any

from flask import url_for
from flask_babel import gettext

from app.customers.shared.models import Customer
from app.customers.shared.queries import visible_customers
from app.kernel.access.current import current_actor
from app.kernel.database.session import db
from app.kernel.pages.form_page import finish


def tab_url(pk: int, tab: str) -> str:
    """Return the address of a tab of the customer's detail."""
    return url_for("CustomerView.show", pk=pk, _anchor=tab)


def after_change(customer: Customer) -> Any:
    """Redirect to the customer, or to the list for an actor who can no longer open it."""
    mine = visible_customers(current_actor()).where(Customer.id == customer.id)
    if db.session.scalar(mine.with_only_columns(Customer.id)) is None:
        return finish(url_for("CustomerView.list"), gettext("Done; you cannot open it any more"))
    return finish(url_for("CustomerView.show", pk=customer.id))
