"""The tab of a customer's files (CUST-2)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from app.customers.files.operations import ADD_FILES, REMOVE_FILE
from app.customers.files.queries import files_of_customer
from app.customers.shared.queries import facts_for
from app.customers.shared.tabs import form_button
from app.kernel.access.current import current_actor
from app.kernel.pages.files import files_table

if TYPE_CHECKING:
    from app.customers.shared.models import Customer
    from app.kernel.pages.elements import TableTab


def files_tab(customer: Customer, _page: int) -> TableTab:
    """Return the tab of the customer's files, newest first (CUST-2)."""
    actor = current_actor()
    facts = facts_for(customer, actor)
    return files_table(
        files_of_customer(customer),
        buttons=form_button(ADD_FILES, customer, actor, facts),
        remove=REMOVE_FILE.buttons("CustomerView", customer, actor, facts),
    )
