"""Tabs of a customer's detail: files, team, linked customers; and the order of all tabs."""

from __future__ import annotations

from flask_babel import lazy_gettext as _

from app.audit.models import OperationLog
from app.audit.presentation import LOG_TAB
from app.audit.queries import operations_of
from app.customers import show
from app.customers.files.tabs import files_tab
from app.customers.follow_ups.tabs import FOLLOW_UPS
from app.customers.groups.tabs import linked_tab
from app.customers.members.tabs import team_tab
from app.customers.numbers.tabs import REVEALS
from app.customers.records import OperationRecord, operation_records
from app.customers.shared.parts import STAY, CustomerPart, customer_parts
from app.kernel.pages.tabs import DetailTab

EDITS = CustomerPart(
    "edits",
    _("Edits"),
    show.edits_tab,
    lambda customer, _actor: operations_of(customer, edits_only=True),
    OperationLog.number,
    operation_records,
    OperationRecord,
    position=70,
    answers=STAY,
)
OPERATIONS = CustomerPart(
    "operation_log",
    LOG_TAB.label,
    LOG_TAB.render,
    lambda customer, _actor: operations_of(customer),
    OperationLog.number,
    operation_records,
    OperationRecord,
    tab_key=LOG_TAB.key,
    position=80,
    answers=STAY,
)
PARTS = (FOLLOW_UPS, EDITS, OPERATIONS, REVEALS)


_OWN_TABS = (
    (20, DetailTab("files", _("Files"), files_tab)),
    (30, DetailTab("team", _("Team"), team_tab)),
    (40, DetailTab("linked", _("Linked customers"), linked_tab)),
)


def detail_tabs() -> tuple[DetailTab, ...]:
    """Return the tabs of the detail: registered parts, and the file's own, in order."""
    of_parts = [
        (part.position, DetailTab(part.tab_key or part.key, part.label, part.tab, part.resource))
        for part in customer_parts()
    ]
    return tuple(tab for _position, tab in sorted([*of_parts, *_OWN_TABS], key=lambda pair: pair[0]))
