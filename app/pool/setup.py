"""What the customer pool brings into the application."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask_babel import lazy_gettext as _

from app.customers.api import CustomerApi
from app.customers.parts import register_parts
from app.customers.views import CustomerView
from app.kernel.access.grants import grant
from app.kernel.api.operations import add_operation
from app.kernel.database.transactions import refuses
from app.kernel.pages.badges import badge
from app.kernel.setup import add_apis, add_menu_entry
from app.org.roles.names import AUDITOR, CUSTOMER_WORKERS
from app.pool.actions import ON_CUSTOMERS, ON_PUSHES
from app.pool.api import PushApi
from app.pool.pushing import already_pushed
from app.pool.queries import count_waiting
from app.pool.show import PARTS
from app.pool.views import PushView

if TYPE_CHECKING:
    from flask import Flask


def register(app: Flask) -> None:
    """Declare the pool's operations on customers and pushes, its tabs and the inbox of pushes."""
    grant("Customer", [action.name for action in ON_CUSTOMERS], CUSTOMER_WORKERS)
    grant("Push", ["read"], [*CUSTOMER_WORKERS, AUDITOR])
    grant("Push", ["accept", "reject", "withdraw"], CUSTOMER_WORKERS)
    refuses("uq_push_open", already_pushed)
    badge("pushes", count_waiting)
    for action in ON_CUSTOMERS:
        add_operation(CustomerView, CustomerApi, action)
    for action in ON_PUSHES:
        add_operation(PushView, PushApi, action)
    register_parts(*PARTS)
    add_menu_entry(app, "Pushes", PushView, "fa-paper-plane", _("Pushes"))
    add_apis(app, PushApi)
