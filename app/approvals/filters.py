"""Tabs, filters and orders of the list of requests, on pages and in the API (APP-6)."""

from __future__ import annotations

from flask_babel import lazy_gettext as _

from app.approvals import choices
from app.approvals.models import ApprovalRequest
from app.approvals.queries import decided_requests, own_requests, visible_requests, waiting_requests
from app.deals.shared.fields import customer_name, customer_url
from app.kernel.lists.filters import ChoiceFilter, DateRangeFilter, ReferenceFilter
from app.kernel.lists.requests import ListSpec
from app.kernel.pages.tabs import ListTab

TABS = (
    ListTab("waiting", _("Waiting for me"), waiting_requests),
    ListTab("mine", _("Asked by me"), own_requests),
    ListTab("done", _("Decided by me"), decided_requests),
    ListTab("all", _("All"), visible_requests),
)


_R = ApprovalRequest.__table__.c
SPEC = ListSpec(
    (
        ChoiceFilter("state", _("State"), _R.state, choices.STATE),
        ChoiceFilter("kind", _("Kind of request"), _R.kind, choices.KIND),
        ReferenceFilter("customer_id", _("Customer"), _R.customer_id, customer_url, customer_name),
        DateRangeFilter("created", _("Time"), _R.created_at),
    ),
    {"created_at": _R.created_at},
    "-created_at",
)
