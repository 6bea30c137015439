"""Tabs, filters and orders of the list of instalments, on pages and in the API (CUST-16)."""

from __future__ import annotations

from flask import url_for
from flask_babel import lazy_gettext as _

from app.deals.contracts.filters import DayRangeFilter
from app.deals.contracts.forms import customer_name
from app.deals.payments.forms import contract_name
from app.deals.payments.models import Payment
from app.deals.payments.queries import (
    is_overdue,
    is_paid,
    is_partly_paid,
    overdue_payments,
    own_payments,
    visible_payments,
)
from app.kernel.lists.filters import AmountRangeFilter, DateRangeFilter, FlagFilter, ReferenceFilter
from app.kernel.lists.requests import ListSpec
from app.kernel.pages.tabs import ListTab
from app.org.shared.fields import staff_name

_P = Payment.__table__.c
TABS = (
    ListTab("all", _("All"), visible_payments),
    ListTab("mine", _("Mine, unpaid"), own_payments),
    ListTab("overdue", _("Overdue"), overdue_payments),
)
PAYMENTS = ListSpec(
    filters=(
        ReferenceFilter(
            "contract_id", _("Contract"), _P.contract_id, lambda: url_for("PaymentView.contracts"),
            contract_name,
        ),
        ReferenceFilter(
            "customer_id", _("Customer"), _P.customer_id, lambda: url_for("CustomerView.options"),
            customer_name,
        ),
        FlagFilter("partly_paid", _("Partly paid"), is_partly_paid),
        FlagFilter("overdue", _("Overdue"), is_overdue),
        FlagFilter("paid", _("Paid in full"), is_paid),
        ReferenceFilter(
            "owner_id", _("Owner"), _P.owner_id, lambda: url_for("OptionsView.staff"), staff_name
        ),
        DayRangeFilter("due", _("Due on"), _P.due_on),
        AmountRangeFilter("amount", _("Amount"), _P.amount),
        DateRangeFilter("created", _("Created"), _P.created_at),
    ),
    orders={"created_at": _P.created_at, "due_on": _P.due_on, "amount": _P.amount},
    default_order="-created_at",
)  # fmt: skip
