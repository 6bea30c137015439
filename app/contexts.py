"""Registration of all contexts' views and APIs: after every context is loaded, so that higher ones may add
to the records of lower ones.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask_babel import lazy_gettext as _

from app.audit.views import OperationLogView
from app.customers import actions as customer_actions
from app.customers.api import CustomerApi
from app.customers.views import CustomerView
from app.kernel.actions import form_action
from app.kernel.grants import AUDITOR, CUSTOMER_WORKERS, FINANCE, grant
from app.notices.api import NoticeApi
from app.notices.views import NotificationView, TodoView
from app.org.api import OrgApi
from app.org.views import OptionsView

if TYPE_CHECKING:
    from flask_appbuilder import AppBuilder

# ACC-16: who may use the functions; the record's rule decides the rest.
grant("Customer", ["read"], [*CUSTOMER_WORKERS, FINANCE, AUDITOR])
grant("Customer", ["create", "update", "follow_up", "reveal_phone", "change_phone"], CUSTOMER_WORKERS)

for _action in customer_actions.ALL:
    form_action(CustomerView, CustomerApi, _action)


def register_contexts(builder: AppBuilder) -> None:
    """Give the framework every view, API and menu entry."""
    builder.add_link(
        "Workbench", href="/", icon="fa-gauge-high", label=_("Workbench"), baseview=builder._indexview
    )
    builder.add_view(CustomerView, "Customers", icon="fa-user-group", label=_("Customers"))
    builder.add_view(TodoView, "To-dos", icon="fa-list-check", label=_("To-dos"))
    builder.add_view(NotificationView, "Inbox", icon="fa-inbox", label=_("Inbox"))
    builder.add_view(OperationLogView, "Operation log", icon="fa-clock-rotate-left", label=_("Operation log"))
    builder.add_view_no_menu(OptionsView)
    for api in (CustomerApi, NoticeApi, OrgApi):
        builder.add_api(api)
