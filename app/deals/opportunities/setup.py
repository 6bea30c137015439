"""Registration of opportunities with the application (CUST-16)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask_babel import lazy_gettext as _

from app.audit.queries import register_code_fields
from app.audit.services import ExportRecorder
from app.customers.shared.parts import register_parts
from app.deals.opportunities import choices, settings
from app.deals.opportunities.api import OpportunityApi
from app.deals.opportunities.board import BOARD
from app.deals.opportunities.finding import OPPORTUNITIES as FOUND
from app.deals.opportunities.models import Opportunity
from app.deals.opportunities.operations import ON_OPPORTUNITIES
from app.deals.opportunities.presentation import OPPORTUNITIES
from app.deals.opportunities.views import OpportunityView
from app.deals.shared.grants import grant_records
from app.deals.shared.permissions import OpportunityPermission
from app.kernel.api.operations import add_operation
from app.kernel.exports.views import offer_export
from app.kernel.lists.finding import declare_kind
from app.kernel.pages.board import add_board
from app.kernel.pages.work import WorkItem, declare_work
from app.kernel.settings.declarations import declare_settings
from app.kernel.settings.dictionaries import declare_dictionaries
from app.kernel.setup import add_apis, add_menu_entry
from app.notices.choices.kinds import NoticeKind, declare_notice_kind
from app.system.runs.exports import begin_export

if TYPE_CHECKING:
    from flask import Flask

LATE = WorkItem(
    "late_opportunities",
    _("My opportunities past their day"),
    "fa-bullseye",
    OpportunityView,
    lambda actor: {"owner_id": str(actor.id), "late": "yes", "order_by": "expected_on"},
    needs=OpportunityPermission.MOVE,
)


def register(app: Flask) -> None:
    """Register opportunities, and add them to the customer."""
    declare_settings(settings)
    declare_dictionaries(choices)
    grant_records(OpportunityPermission, _("Opportunities"))
    register_code_fields(
        "opportunity", status=choices.STATUS, stage=choices.STAGE, lost_reason=choices.LOST_REASON
    )
    for action in ON_OPPORTUNITIES:
        add_operation(OpportunityView, OpportunityApi, action)
    add_board(OpportunityView, BOARD)
    register_parts(OPPORTUNITIES.part())
    declare_kind(FOUND)
    declare_work(LATE)
    declare_notice_kind(
        NoticeKind(Opportunity.__audit__, _("Opportunities"), needs=OpportunityPermission.READ)
    )
    offer_export(OpportunityView, OpportunityApi, ExportRecorder("opportunity.export"), begin_export)
    add_menu_entry(app, "Opportunities", OpportunityView, "fa-bullseye", _("Opportunities"))
    add_apis(app, OpportunityApi)
