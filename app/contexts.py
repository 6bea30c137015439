"""Registration of all contexts' views and APIs: after every context is loaded, so that higher ones may add
to the records of lower ones.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask_babel import lazy_gettext as _

from app.audit.views import OperationLogView
from app.channel import choices as _channel_choices  # noqa: F401 - declares what channel sales offer
from app.customers import actions as customer_actions
from app.customers.api import CustomerApi
from app.customers.dedupe import prepare_switch
from app.customers.exporting import note_export
from app.customers.followup_views import FollowUpView
from app.customers.settings import DEDUPE_MODE
from app.customers.views import CustomerView
from app.kernel.actions import form_action
from app.kernel.exportviews import offer_export
from app.kernel.fileviews import FileApi, FileView
from app.kernel.grants import AUDITOR, CUSTOMER_WORKERS, FINANCE, grant
from app.kernel.openapi import DocumentApi
from app.kernel.settings import before_change
from app.notices.api import NoticeApi
from app.notices.views import NotificationView, TodoView
from app.org.registration import register_organisation
from app.system.dictionary_views import DictionaryView
from app.system.saved_views import SavedFilterView
from app.system.views import SettingsView

if TYPE_CHECKING:
    from flask_appbuilder import AppBuilder

# ACC-16: who may use the functions; the record's rule decides the rest.
grant("Customer", ["read", "export"], [*CUSTOMER_WORKERS, FINANCE, AUDITOR])
grant("Customer", ["create", "update", "follow_up", "reveal_phone", "change_phone"], CUSTOMER_WORKERS)
grant(
    "Customer",
    [
        "add_files", "remove_file", "add_member", "remove_member", "join_group", "leave_group", "transfer",
    ],
    CUSTOMER_WORKERS,
    words={"remove_file": _("Remove file"), "remove_member": _("Remove colleague")},
)  # fmt: skip

for _action in customer_actions.ALL:
    form_action(CustomerView, CustomerApi, _action)
offer_export(CustomerView, CustomerApi, note_export)

before_change(DEDUPE_MODE, prepare_switch)


def register_contexts(builder: AppBuilder) -> None:
    """Give the framework every view, API and menu entry."""
    builder.add_link(
        "Workbench", href="/", icon="fa-gauge-high", label=_("Workbench"), baseview=builder._indexview
    )
    builder.add_view(CustomerView, "Customers", icon="fa-user-group", label=_("Customers"))
    builder.add_view(FollowUpView, "Follow-ups", icon="fa-comment-dots", label=_("Follow-ups"))
    builder.add_view(TodoView, "To-dos", icon="fa-list-check", label=_("To-dos"))
    builder.add_view(NotificationView, "Inbox", icon="fa-inbox", label=_("Inbox"))
    builder.add_view(OperationLogView, "Operation log", icon="fa-clock-rotate-left", label=_("Operation log"))
    register_organisation(builder)
    builder.add_view(
        SettingsView,
        "Settings",
        icon="fa-sliders",
        label=_("Settings"),
        category="System",
        category_icon="fa-gears",
        category_label=_("System"),
    )
    builder.add_view(
        DictionaryView, "Dictionaries", icon="fa-book", label=_("Dictionaries"), category="System"
    )
    builder.add_view_no_menu(SavedFilterView)
    builder.add_view_no_menu(FileView)
    for api in (CustomerApi, NoticeApi, DocumentApi, FileApi):
        builder.add_api(api)
