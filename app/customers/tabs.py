"""Tabs of a customer's detail: files, team, linked customers; and the order of all tabs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import url_for
from flask_babel import lazy_gettext as _

from app.audit.models import OperationLog
from app.audit.presentation import LOG_TAB
from app.audit.queries import operations_of
from app.customers import actions, show
from app.customers.files.tabs import files_tab
from app.customers.follow_ups.tabs import FOLLOW_UPS
from app.customers.grouping import linked_customers
from app.customers.members.tabs import team_tab
from app.customers.numbers.tabs import REVEALS
from app.customers.records import OperationRecord, operation_records
from app.customers.shared.parts import STAY, CustomerPart, customer_parts
from app.customers.shared.presentation import FORMATTERS
from app.customers.shared.queries import PEOPLE, facts_for
from app.customers.shared.tabs import form_button
from app.kernel.access.current import current_actor
from app.kernel.pages.tabs import DetailTab, TabColumn, one_page, table_of

if TYPE_CHECKING:
    from app.customers.shared.models import Customer
    from app.kernel.pages.elements import TableTab

_LINKED = (
    TabColumn("code", _("Code"), lambda one: one.code),
    TabColumn("name", _("Name"), lambda one: one.name),
    TabColumn("status", _("Status"), FORMATTERS["status"]),
    TabColumn("responsible", _("Responsible"), FORMATTERS["responsible"]),
    TabColumn("department", _("Department"), FORMATTERS["department"]),
)


def linked_tab(customer: Customer, page: int) -> TableTab:
    """Return the tab of linked customers that the actor can open (CUST-3)."""
    actor = current_actor()
    facts = facts_for(customer, actor)
    rows, more = one_page(linked_customers(customer, actor).options(*PEOPLE), page)
    buttons = [
        *form_button(actions.JOIN_GROUP, customer, actor, facts),
        *(form_button(actions.LEAVE_GROUP, customer, actor, facts) if customer.link_code else []),
    ]
    return table_of(
        rows,
        _LINKED,
        _("Linked with no customer that you can open"),
        more=more,
        url_of=lambda one: url_for("CustomerView.show", pk=one.id),
        buttons=buttons,
    )


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
