"""How a customer is shown on pages: cells, sections and the tabs of the detail."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask_babel import lazy_gettext as _

from app.audit.queries import actor_name, operations_of, shown_value
from app.customers.shared.fields import field_label
from app.kernel.pages.tabs import TabColumn, one_page, table_of

if TYPE_CHECKING:
    from app.customers.shared.models import Customer
    from app.kernel.pages.elements import TableTab

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
