"""Registration of handovers with the application (HAND-1 … HAND-9)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import url_for
from flask_babel import lazy_gettext as _

from app.audit.queries import counts_as_edit, register_code_fields
from app.customers.profile.api import CustomerApi
from app.customers.profile.views import CustomerView
from app.customers.shared.hindrances import join_hindrance, join_hold
from app.customers.shared.merges import refuses_merge
from app.customers.shared.parts import register_parts
from app.customers.shared.readers import join_readers
from app.handover.handovers import choices, settings
from app.handover.handovers.api import HandoverApi, HandoverBatchApi
from app.handover.handovers.batches import ON_BATCHES
from app.handover.handovers.holding import (
    already_open,
    handed_over_now,
    merge_refusals,
    open_handovers,
    readable_in_handover,
)
from app.handover.handovers.models import Handover
from app.handover.handovers.operations import APPROVE, COMPLETE, CONFIRM, DECLINE, ON_HANDOVERS, START
from app.handover.handovers.permissions import HandoverPermission, StartHandoverPermission
from app.handover.handovers.queries import count_waiting
from app.handover.handovers.reminders import remind_of_handovers
from app.handover.handovers.tabs import HANDOVERS
from app.handover.handovers.views import HandoverView
from app.kernel.access.current import current_actor
from app.kernel.access.permissions import grant
from app.kernel.api.operations import add_api_operation, add_operation
from app.kernel.database.transactions import refuses
from app.kernel.jobs.registry import Job, daily, register_job
from app.kernel.pages.badges import badge
from app.kernel.pages.work import WorkItem, declare_work
from app.kernel.settings.declarations import declare_settings
from app.kernel.settings.dictionaries import declare_dictionaries
from app.kernel.setup import add_apis, add_menu_entry
from app.notices.addresses import register_record_page
from app.notices.choices.kinds import NoticeKind, declare_notice_kind
from app.notices.deeds import Deed, offer_deeds
from app.org.roles.names import AUDITOR, CUSTOMER_WORKERS

if TYPE_CHECKING:
    from flask import Flask

WAITING = WorkItem(
    "handovers",
    _("Handovers waiting for me"),
    "fa-people-arrows",
    HandoverView,
    lambda _actor: {"tab": "waiting"},
)


def register(app: Flask) -> None:
    """Register handovers, and add them to the customer."""
    declare_settings(settings)
    declare_dictionaries(choices)
    grant([HandoverPermission.READ], [*CUSTOMER_WORKERS, AUDITOR], label=_("Handovers"))
    grant([one for one in HandoverPermission if one != HandoverPermission.READ], CUSTOMER_WORKERS)
    grant([*StartHandoverPermission], CUSTOMER_WORKERS)
    register_code_fields(Handover.__audit__, stage=choices.STAGE)
    counts_as_edit("customer.hand_over")
    refuses("uq_handover_open", already_open)
    _join_the_customer()
    badge("handovers", count_waiting)
    add_operation(CustomerView, CustomerApi, START)
    for action in ON_HANDOVERS:
        add_operation(HandoverView, HandoverApi, action)
    for step in ON_BATCHES:
        add_api_operation(HandoverBatchApi, step)
    register_record_page(Handover.__audit__, _page_of)
    declare_notice_kind(NoticeKind(Handover.__audit__, _("Handovers"), needs=HandoverPermission.READ))
    offer_deeds(HandoverView, Deed(COMPLETE), Deed(APPROVE), Deed(CONFIRM), Deed(DECLINE))
    declare_work(WAITING)
    register_job(Job("remind_of_handovers", _("Remind of handovers"), daily(7, 20), remind_of_handovers))
    add_menu_entry(app, "Handovers", HandoverView, "fa-people-arrows", _("Handovers"))
    add_apis(app, HandoverApi, HandoverBatchApi)


def _join_the_customer() -> None:
    """Keep a customer where it is while it is handed over, and let the receiver read it (HAND-1, ACC-14)."""
    join_hindrance(open_handovers)
    join_hold(handed_over_now)
    join_readers(readable_in_handover)
    refuses_merge("handovers", merge_refusals)
    register_parts(HANDOVERS)


def _page_of(pk: int) -> str:
    return url_for("HandoverView.show", pk=pk) if current_actor().may(HandoverPermission.READ) else ""
