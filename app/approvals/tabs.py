"""Requests as a part of their customer, and the tabs of a request's page (APP-6, CUST-15)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask_babel import gettext
from flask_babel import lazy_gettext as _

from app.approvals import choices
from app.approvals.hanging import ANSWERS
from app.approvals.kinds import difference_of
from app.approvals.models import ApprovalRequest
from app.approvals.permissions import ApprovalPermission
from app.approvals.presentation import deciders_in_words, difference_in_words, state_tags
from app.approvals.queries import WITH_PEOPLE, requests_of
from app.approvals.serializers import ApprovalRecord, approval_records
from app.customers.shared.parts import CustomerPart, Lines
from app.kernel.access.current import current_actor
from app.kernel.pages.elements import Entry
from app.kernel.pages.formatting import code_tag, join_html, local_time, record_address
from app.kernel.pages.tabs import TIME, DetailTab, TabColumn, newest_table, table_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from app.customers.shared.models import Customer
    from app.kernel.pages.elements import TableTab

_OF_A_CUSTOMER = (
    TIME,
    TabColumn("kind", _("Kind of request"), lambda row: code_tag(choices.KIND, row.kind)),
    TabColumn("difference", _("Before → after"), difference_in_words, wide=True),
    TabColumn("state", _("State"), lambda row: join_html(state_tags(row))),
    TabColumn("requester", _("Asked by"), lambda row: row.requester.display_name),
    TabColumn("deciders", _("Waits for"), deciders_in_words),
    TabColumn("reason", _("Reason"), lambda row: row.reason, wide=True),
)
_CHANGES = (
    TabColumn("field", _("Field"), lambda row: str(row.label)),
    TabColumn("before", _("Before"), lambda row: row.before),
    TabColumn("after", _("After"), lambda row: row.after),
)
_STEPS = (
    TabColumn("level", _("Approval level"), lambda row: row.level, number=True),
    TabColumn("approver", _("Approver"), lambda row: row.approver.display_name),
    TabColumn(
        "decision", _("Decision"), lambda row: row.decision and code_tag(choices.DECISION, row.decision)
    ),
    TabColumn("decided_at", _("Decided"), lambda row: row.decided_at),
    TabColumn("comment", _("Comment"), lambda row: row.comment, wide=True),
)


def requests_tab(customer: Customer, page: int) -> TableTab:
    """Return the tab of a customer's requests, open ones with their present level."""
    return newest_table(
        requests_of(customer, current_actor()),
        ApprovalRequest,
        page,
        _OF_A_CUSTOMER,
        _("Nothing was asked for yet"),
        url_of=lambda row: record_address("ApprovalView.show", row.id),
    )


def difference_tab(request: ApprovalRequest, _page: int) -> TableTab:
    """Return the tab of what a request asks to change."""
    return table_of(difference_of(request), _CHANGES, _("No change"))


def steps_tab(request: ApprovalRequest, _page: int) -> TableTab:
    """Return the tab of the levels: who may decide, and who did."""
    return table_of(request.steps, _STEPS, _("Nobody was asked yet"))


def _entries(rows: Sequence[ApprovalRequest]) -> list[Entry]:
    return [
        Entry(
            row.requester.display_name,
            local_time(row.created_at),
            difference_in_words(row),
            row.reason,
            state_tags(row),
            what=str(choices.KIND.label(row.kind)),
        )
        for row in rows
    ]


def _said(row: ApprovalRecord) -> tuple[str, str]:
    changes = "; ".join(f"{one['label']}: {one['before']} → {one['after']}" for one in row["difference"])
    return row["requester"]["name"], changes or gettext("No change")


DIFFERENCE = DetailTab("difference", _("Before → after"), difference_tab)
STEPS = DetailTab("steps", _("Approval levels"), steps_tab)
REQUESTS = CustomerPart(
    "approvals",
    _("Requests"),
    requests_tab,
    requests_of,
    ApprovalRequest.created_at,
    approval_records,
    ApprovalRecord,
    _said,
    position=19,
    read=ApprovalPermission.READ,
    answers=ANSWERS,
    options=WITH_PEOPLE,
    lines=Lines(_entries, WITH_PEOPLE, "fa-stamp", "orange"),
)
