"""The tabs of a customer's detail: edits, operation log, and the order of all."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask_babel import lazy_gettext as _

from app.audit.models import OperationLog
from app.audit.presentation import LOG_TAB, log_entries
from app.audit.queries import actor_name, operations_of, shown_value
from app.customers.files.queries import customer_files
from app.customers.files.tabs import files_tab
from app.customers.follow_ups.tabs import FOLLOW_UPS
from app.customers.groups.queries import linked_customers
from app.customers.groups.tabs import linked_tab
from app.customers.members.queries import team_ids
from app.customers.members.tabs import team_tab
from app.customers.numbers.tabs import REVEALS
from app.customers.profile.serializers import OperationRecord, operation_records
from app.customers.shared.fields import field_label
from app.customers.shared.parts import CustomerPart, Lines, covered_operations, customer_parts, history
from app.kernel.pages.tabs import DetailTab, TabColumn, one_page, table_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy import Select

    from app.customers.shared.models import Customer
    from app.kernel.access.actor import Actor
    from app.kernel.pages.elements import Entry, TableTab

_EDITS = (
    TabColumn("time", _("Time"), lambda edit: edit[0].at),
    TabColumn("who", _("Who"), lambda edit: actor_name(edit[0])),
    TabColumn("field", _("Field"), lambda edit: field_label(edit[1])),
    TabColumn("before", _("Before"), lambda edit: shown_value("customer", edit[1], edit[2])),
    TabColumn("after", _("After"), lambda edit: shown_value("customer", edit[1], edit[3])),
)


def edits_tab(customer: Customer, page: int) -> TableTab:
    """Return the tab of edits: person, field, before and after."""
    rows, more = one_page(operations_of(customer, edits_only=True), page)
    edits = [(row, name, before, after) for row in rows for name, (before, after) in row.differences.items()]
    return table_of(edits, _EDITS, _("Nothing was edited yet"), more=more)


def _operation_entries(rows: Sequence[OperationLog]) -> list[Entry]:
    return log_entries(rows)


def _operations_apart(customer: Customer, _actor: Actor) -> Select[OperationLog]:
    """Select the operations that no other line of the timeline tells."""
    return operations_of(customer).where(OperationLog.operation.not_in(sorted(covered_operations())))


EDITS = CustomerPart(
    "edits",
    _("Edits"),
    edits_tab,
    lambda customer, _actor: operations_of(customer, edits_only=True),
    OperationLog.number,
    operation_records,
    OperationRecord,
    position=70,
    answers=history(None),
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
    answers=history(None),
    lines=Lines(
        _operation_entries,
        icon="fa-pen",
        rows=_operations_apart,
        moment=OperationLog.at,
        label=_("Other operations"),
    ),
)
PARTS = (FOLLOW_UPS, EDITS, OPERATIONS, REVEALS)
_OWN_TABS = (
    (20, DetailTab("files", _("Files"), files_tab, rows=lambda customer, _actor: customer_files(customer))),
    (30, DetailTab("team", _("Team"), team_tab, rows=lambda customer, _actor: team_ids(customer))),
    (40, DetailTab("linked", _("Linked customers"), linked_tab, rows=linked_customers)),
)


def detail_tabs() -> tuple[DetailTab, ...]:
    """Return the tabs of the detail: registered parts, and the file's own, in order."""
    of_parts = [
        (part.position, DetailTab(part.tab_key or part.key, part.label, part.tab, part.read, part.rows))
        for part in customer_parts()
    ]
    return tuple(tab for _position, tab in sorted([*of_parts, *_OWN_TABS], key=lambda pair: pair[0]))
