"""How service tickets are shown: tags, and their part of the customer (CUST-15, CUST-16)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask_babel import gettext
from flask_babel import lazy_gettext as _

from app.deals.shared.answers import answers_of
from app.deals.shared.parts import RecordPart
from app.deals.shared.permissions import TicketPermission
from app.deals.tickets import choices
from app.deals.tickets.models import Ticket
from app.deals.tickets.serializers import TicketRecord, ticket_records
from app.kernel import clock
from app.kernel.pages.formatting import code_tag, join_html, tag
from app.kernel.pages.tabs import TIME, TabColumn

if TYPE_CHECKING:
    from markupsafe import Markup


def status_tags(record: Ticket) -> list[Markup]:
    """Return state and priority as tags, and whether an open one is overdue."""
    tags = [code_tag(choices.STATUS, record.status), code_tag(choices.PRIORITY, record.priority)]
    if record.is_open and record.due_at is not None and record.due_at < clock.now():
        tags.append(tag(gettext("Overdue"), "red"))
    return tags


TICKETS = RecordPart(
    key="tickets",
    label=_("Service tickets"),
    model=Ticket,
    view="TicketView",
    columns=(
        TIME,
        TabColumn("title", _("Title"), lambda row: row.title, wide=True),
        TabColumn("kind", _("Kind of ticket"), lambda row: choices.KIND.label(row.kind)),
        TabColumn("state", _("State"), lambda row: join_html(status_tags(row))),
        TabColumn("due_at", _("Due"), lambda row: row.due_at),
        TabColumn("owner", _("Owner"), lambda row: row.owner.name),
    ),
    empty=_("No service ticket yet"),
    add_label=_("New ticket"),
    records=ticket_records,
    record_type=TicketRecord,
    tags=status_tags,
    describe=lambda row: row.description or "",
    said=lambda row: row["title"],
    answers=answers_of(Ticket, choices.OPEN_STATUSES, Ticket.forget_words),
    read=TicketPermission.READ,
    create=TicketPermission.CREATE,
    icon="fa-headset",
    position=44,
)
