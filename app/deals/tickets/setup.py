"""Registration of service tickets with the application (CUST-16)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask_babel import lazy_gettext as _

from app.audit.queries import register_code_fields
from app.audit.services import ExportRecorder
from app.customers.shared.parts import register_parts
from app.deals.shared.grants import grant_records
from app.deals.shared.permissions import TicketPermission
from app.deals.tickets import choices
from app.deals.tickets.api import TicketApi
from app.deals.tickets.board import BOARD
from app.deals.tickets.finding import TICKETS as FOUND
from app.deals.tickets.models import Ticket
from app.deals.tickets.operations import ON_TICKETS
from app.deals.tickets.presentation import TICKETS
from app.deals.tickets.views import TicketView
from app.kernel.api.operations import add_operation
from app.kernel.exports.views import offer_export
from app.kernel.lists.finding import declare_kind
from app.kernel.pages.board import add_board
from app.kernel.pages.work import WorkItem, declare_work
from app.kernel.settings.dictionaries import declare_dictionaries
from app.kernel.setup import add_apis, add_menu_entry
from app.notices.choices.kinds import NoticeKind, declare_notice_kind
from app.system.runs.exports import begin_export

if TYPE_CHECKING:
    from flask import Flask

MINE = WorkItem(
    "my_tickets",
    _("My open tickets"),
    "fa-headset",
    TicketView,
    lambda actor: {"owner_id": str(actor.id), "open": "yes", "order_by": "due_at"},
    needs=TicketPermission.SOLVE,
)


def register(app: Flask) -> None:
    """Register service tickets, and add them to the customer."""
    declare_dictionaries(choices)
    grant_records(TicketPermission, _("Service tickets"))
    register_code_fields("ticket", status=choices.STATUS, priority=choices.PRIORITY, kind=choices.KIND)
    for action in ON_TICKETS:
        add_operation(TicketView, TicketApi, action)
    add_board(TicketView, BOARD)
    register_parts(TICKETS.part())
    declare_kind(FOUND)
    declare_work(MINE)
    declare_notice_kind(NoticeKind(Ticket.__audit__, _("Service tickets"), needs=TicketPermission.READ))
    offer_export(TicketView, TicketApi, ExportRecorder("ticket.export"), begin_export)
    add_menu_entry(app, "Tickets", TicketView, "fa-headset", _("Service tickets"))
    add_apis(app, TicketApi)
