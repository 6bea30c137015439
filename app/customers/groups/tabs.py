"""The tab of linked customers (CUST-3)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import url_for
from flask_babel import lazy_gettext as _

from app.customers.groups.operations import JOIN_GROUP, LEAVE_GROUP
from app.customers.groups.queries import linked_customers
from app.customers.shared.fields import FORMATTERS
from app.customers.shared.queries import PEOPLE, facts_for
from app.customers.shared.tabs import form_button
from app.kernel.access.current import current_actor
from app.kernel.pages.tabs import TabColumn, one_page, table_of

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
        *form_button(JOIN_GROUP, customer, actor, facts),
        *(form_button(LEAVE_GROUP, customer, actor, facts) if customer.link_code else []),
    ]
    return table_of(
        rows,
        _LINKED,
        _("Linked with no customer that you can open"),
        more=more,
        url_of=lambda one: url_for("CustomerView.show", pk=one.id),
        buttons=buttons,
    )
