"""Registration of all contexts' views and APIs: after every context is loaded, so that higher ones may add
to the records of lower ones.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask_babel import lazy_gettext as _

from app.audit.services import export_recorder
from app.audit.views import OperationLogView
from app.channel import registration as _channel  # noqa: F401 - declares what channel sales are
from app.channel.brokers.api import BrokerApi, BrokerCompanyApi
from app.channel.collisions.api import CollisionApi
from app.channel.consultants.api import ConsultantApi
from app.channel.fees.api import ViewingFeeApi
from app.channel.phone.setup import register_phone
from app.channel.projects.api import ProjectApi
from app.channel.ranking.api import RankingApi
from app.channel.referrals import customer_tab as customer_part
from app.channel.referrals.api import ReferralApi
from app.channel.referrals.parts import ReferralPartsApi
from app.channel.registration_money import register_money
from app.channel.registration_places import register_places
from app.channel.registration_visits import register_visits
from app.channel.scans.api import ScanApi
from app.channel.tours.api import TourApi
from app.channel.visitors.api import VisitorApi
from app.customers import actions as customer_actions
from app.customers import tabs as customer_tabs
from app.customers.api import CustomerApi
from app.customers.dedupe import prepare_switch
from app.customers.followup_views import FollowUpView
from app.customers.parts import add_parts_to_api, register_parts
from app.customers.settings import DEDUPE_MODE
from app.customers.views import CustomerView
from app.kernel.access.grants import grant
from app.kernel.api.files import FileApi
from app.kernel.api.openapi import DocumentApi
from app.kernel.api.operations import form_action
from app.kernel.exports.views import offer_export
from app.kernel.pages.files import FileView
from app.kernel.settings.declarations import before_change
from app.notices.api import NoticeApi
from app.notices.outbox import jobs as _message_jobs  # noqa: F401 - declares what the clock does
from app.notices.outbox.operations import SEND_AGAIN
from app.notices.outbox.views import OutboxView
from app.notices.views import NotificationView, TodoView
from app.org.roles.names import AUDITOR, CUSTOMER_WORKERS, FINANCE
from app.org.setup import register_organisation
from app.pool import actions as pool_actions
from app.pool import show as pool_show
from app.pool.api import PushApi
from app.pool.views import PushView
from app.system.dictionaries.views import DictionaryView
from app.system.jobs import cleanup as _system_jobs  # noqa: F401 - declares what the clock does
from app.system.jobs.views import JobRunView, JobView
from app.system.runs import executor as _executor  # noqa: F401 - the runner's worker
from app.system.runs.api import RunApi
from app.system.runs.exports import begin_export
from app.system.runs.views import RunView
from app.system.saved_filters.views import SavedFilterView
from app.system.settings.views import SettingsView

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

grant("Customer", [action.name for action in pool_actions.ON_CUSTOMERS], CUSTOMER_WORKERS)

for _action in (
    *customer_actions.DAILY,
    *pool_actions.ON_CUSTOMERS,
    *customer_actions.OF_THE_FILE,
):
    form_action(CustomerView, CustomerApi, _action)
for _action in pool_actions.ON_PUSHES:
    form_action(PushView, PushApi, _action)
form_action(OutboxView, None, SEND_AGAIN)
register_parts(*customer_tabs.PARTS, *pool_show.PARTS, customer_part.PART)
CustomerView.detail_tabs = customer_tabs.detail_tabs()
add_parts_to_api(CustomerApi)
offer_export(CustomerView, CustomerApi, export_recorder("customer.export"), begin_export)

_CHANNEL = (
    ReferralApi, ReferralPartsApi, ScanApi, TourApi, ProjectApi, ConsultantApi, BrokerCompanyApi, BrokerApi,
    VisitorApi, CollisionApi, ViewingFeeApi, RankingApi,
)  # fmt: skip

before_change(DEDUPE_MODE, prepare_switch)


def register_contexts(builder: AppBuilder) -> None:
    """Give the framework every view, API and menu entry."""
    builder.add_link(
        "Workbench", href="/", icon="fa-gauge-high", label=_("Workbench"), baseview=builder._indexview
    )
    builder.add_view(CustomerView, "Customers", icon="fa-user-group", label=_("Customers"))
    builder.add_view(PushView, "Pushes", icon="fa-paper-plane", label=_("Pushes"))
    builder.add_view(FollowUpView, "Follow-ups", icon="fa-comment-dots", label=_("Follow-ups"))
    for register in (register_visits, register_money, register_places):
        register(builder)
    builder.add_view(TodoView, "To-dos", icon="fa-list-check", label=_("To-dos"))
    builder.add_view(NotificationView, "Inbox", icon="fa-inbox", label=_("Inbox"))
    builder.add_view(RunView, "Download centre", icon="fa-download", label=_("Download centre"))
    builder.add_view(OperationLogView, "Operation log", icon="fa-clock-rotate-left", label=_("Operation log"))
    register_organisation(builder)
    _register_system(builder)
    builder.add_view_no_menu(SavedFilterView)
    builder.add_view_no_menu(FileView)
    register_phone(builder)
    for api in (CustomerApi, PushApi, NoticeApi, RunApi, DocumentApi, FileApi, *_CHANNEL):
        builder.add_api(api)


def _register_system(builder: AppBuilder) -> None:
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
    builder.add_view(JobView, "Jobs", icon="fa-clock", label=_("Jobs"), category="System")
    builder.add_view(
        OutboxView,
        "Outgoing messages",
        icon="fa-paper-plane",
        label=_("Outgoing messages"),
        category="System",
    )
    builder.add_view_no_menu(JobRunView)
