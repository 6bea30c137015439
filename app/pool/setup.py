"""Registration of the customer pool with the application."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask_babel import lazy_gettext as _

from app.audit.queries import counts_as_edit
from app.audit.undo.services import declare_undo
from app.customers.creation.services import on_into_pool
from app.customers.profile.api import CustomerApi
from app.customers.profile.views import CustomerView
from app.customers.shared.idle import IdleRules, join_idle_rules
from app.customers.shared.models import Push
from app.customers.shared.parts import register_parts
from app.kernel.access.permissions import grant
from app.kernel.api.operations import add_operation
from app.kernel.database.transactions import refuses
from app.kernel.jobs.registry import Job, daily, every, register_job
from app.kernel.pages.badges import badge
from app.kernel.pages.board import add_board
from app.kernel.pages.work import WorkItem, declare_work
from app.kernel.settings.declarations import declare_settings
from app.kernel.settings.dictionaries import declare_dictionaries
from app.kernel.setup import add_apis, add_menu_entry
from app.notices.choices.kinds import NoticeKind, declare_notice_kind
from app.notices.deeds import Deed, offer_deeds
from app.org.roles.names import AUDITOR, CUSTOMER_WORKERS, STORE_MANAGER
from app.org.staff.services import on_department_change
from app.pool.clocks import settings
from app.pool.clocks.jobs import release_private, watch_pending
from app.pool.holding.operations import ASSIGN, PRIVATIZE, PUBLICIZE
from app.pool.holding.undo import UNDO
from app.pool.moves.services import customers_follow, preview
from app.pool.public_pool import choices as public_pool_choices
from app.pool.public_pool import settings as public_pool_settings
from app.pool.public_pool.api import PoolEntryApi
from app.pool.public_pool.operations import ASSIGN_FROM_POOL, CLAIM
from app.pool.public_pool.services import in_pool_already, open_entry
from app.pool.public_pool.tabs import ENTRIES
from app.pool.public_pool.views import PoolEntryView
from app.pool.pushes.api import PushApi
from app.pool.pushes.operations import ACCEPT, ON_PUSHES, PUSH, REJECT
from app.pool.pushes.queries import count_waiting
from app.pool.pushes.services import already_pushed
from app.pool.pushes.tabs import PUSHES
from app.pool.pushes.views import PushView
from app.pool.recycling import settings as recycling_settings
from app.pool.recycling.api import RecyclingRuleApi
from app.pool.recycling.jobs import recycle_customers
from app.pool.recycling.operations import DELETE_RULE, RECYCLE
from app.pool.recycling.permissions import RecyclingRulePermission
from app.pool.recycling.queries import days_left, runs_out_within
from app.pool.recycling.rules import rule_exists
from app.pool.recycling.views import RecyclingRuleView
from app.pool.shared.permissions import PoolEntryPermission, PoolPermission, PushPermission
from app.pool.shelving import choices as shelving_choices
from app.pool.shelving.board import BOARD
from app.pool.shelving.operations import SHELVE, UNSHELVE
from app.pool.shelving.tabs import SHELF_LOG

if TYPE_CHECKING:
    from flask import Flask

# In the order of their buttons.
ON_CUSTOMERS = (CLAIM, UNSHELVE, SHELVE, PRIVATIZE, PUBLICIZE, ASSIGN, ASSIGN_FROM_POOL, PUSH, RECYCLE)


PUSHES_TO_ANSWER = WorkItem(
    "pushes", _("Pushes to answer"), "fa-paper-plane", PushView, lambda _actor: {"tab": "waiting"}
)


def register(app: Flask) -> None:
    """Register the pool's operations on customers and pushes, its tabs and the inbox of pushes."""
    declare_settings(settings)
    declare_settings(public_pool_settings)
    declare_settings(recycling_settings)
    declare_dictionaries(shelving_choices, public_pool_choices)
    grant([*PoolPermission], CUSTOMER_WORKERS)
    grant([PushPermission.READ], [*CUSTOMER_WORKERS, AUDITOR])
    answers = [PushPermission.ACCEPT, PushPermission.REJECT, PushPermission.WITHDRAW, PushPermission.END]
    grant(answers, CUSTOMER_WORKERS)
    refuses("uq_push_open", already_pushed)
    refuses("uq_pool_entry_open", in_pool_already)
    badge("pushes", count_waiting)
    counts_as_edit("pool.unshelve", "pool.shelve", "pool.privatize", "pool.publicize", "pool.assign")
    counts_as_edit("customer.department", *(how.operation for _permission, how in UNDO))
    for permission, how in UNDO:
        declare_undo(permission, how)
    on_into_pool(open_entry)
    on_department_change(customers_follow, preview=preview)
    register_job(Job("watch_pending", _("Remind of pending customers"), every(minutes=10), watch_pending))
    register_job(
        Job("release_private", _("Release private customers left alone"), daily(1, 30), release_private)
    )
    for action in ON_CUSTOMERS:
        add_operation(CustomerView, CustomerApi, action)
    for action in ON_PUSHES:
        add_operation(PushView, PushApi, action)
    declare_notice_kind(NoticeKind(Push.__audit__, _("Pushes"), needs=PushPermission.READ))
    offer_deeds(PushView, Deed(ACCEPT, at_once=True), Deed(REJECT))
    add_board(CustomerView, BOARD)
    declare_work(PUSHES_TO_ANSWER)
    register_parts(PUSHES, SHELF_LOG, ENTRIES)
    add_menu_entry(app, "Pushes", PushView, "fa-paper-plane", _("Pushes"))
    add_apis(app, PushApi)
    _register_public_pool(app)


def _register_public_pool(app: Flask) -> None:
    """Register the record of the public pool, the rules of recycling and their job (POOL-19, POOL-20)."""
    grant([PoolEntryPermission.READ], [*CUSTOMER_WORKERS, AUDITOR])
    grant(
        [RecyclingRulePermission.READ, RecyclingRulePermission.REHEARSE],
        [STORE_MANAGER, AUDITOR],
        words={"rehearse": _("Rehearsal")},
    )
    grant([*RecyclingRulePermission], [])
    refuses("uq_recycling_rule_key", rule_exists)
    join_idle_rules(IdleRules(days_left, runs_out_within))
    counts_as_edit("pool.recycle", "pool.claimed", "pool.assigned")
    add_operation(RecyclingRuleView, None, DELETE_RULE)
    register_job(
        Job(
            "recycle_customers",
            _("Put customers left alone into the public pool"),
            daily(1),
            recycle_customers,
        )
    )
    add_menu_entry(app, "Public pool", PoolEntryView, "fa-recycle", _("Public pool"))
    add_menu_entry(app, "Pool rules", RecyclingRuleView, "fa-sliders", _("Rules of the public pool"))
    add_apis(app, PoolEntryApi, RecyclingRuleApi)
