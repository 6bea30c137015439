"""Customers in the global search (PLAT-17)."""

from __future__ import annotations

from flask_babel import lazy_gettext as _

from app.customers.shared.choices import FOLLOW_STATUS
from app.customers.shared.models import Customer
from app.customers.shared.permissions import CustomerPermission
from app.customers.shared.queries import PEOPLE, responsible_customers, visible_customers
from app.kernel.lists.finding import Found, Kind
from app.kernel.lists.words import WordIndex, keep_words, word_table

CUSTOMER_WORDS = keep_words(
    WordIndex(Customer, word_table("customer"), ("name", "short_name"), ("code", "phone_last4"))
)


def _show(customer: Customer) -> Found:
    responsible = customer.owner or customer.private_holder or customer.handler or customer.department
    return Found(
        title=customer.name,
        code=customer.code,
        phone=str(customer.phone or ""),
        owner=responsible.name,
        status=FOLLOW_STATUS.label(customer.follow_status),
        tone=FOLLOW_STATUS.tone(customer.follow_status),
    )


CUSTOMERS = Kind(
    "customer",
    _("Customer"),
    "fa-user-group",
    "CustomerView.show",
    CustomerPermission.READ,
    CUSTOMER_WORDS,
    visible_customers,
    _show,
    own=responsible_customers,
    options=PEOPLE,
)
