"""The pages of service tickets: list, board, page and forms (CUST-16)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask_appbuilder.models.sqla.interface import SQLAInterface
from flask_babel import lazy_gettext as _

from app.customers.shared.policies import NO_FACTS
from app.deals.shared.views import RecordView
from app.deals.tickets import choices, forms, policies, services
from app.deals.tickets.filters import SPEC
from app.deals.tickets.models import Ticket
from app.deals.tickets.presentation import status_tags
from app.deals.tickets.queries import PEOPLE, visible_tickets
from app.kernel.pages.formatting import code_tag

if TYPE_CHECKING:
    from app.customers.shared.policies import Facts
    from app.kernel.access.actor import Actor
    from app.kernel.errors import Decision


class TicketView(RecordView):
    """Service tickets by their state, priority and due time."""

    datamodel = SQLAInterface(Ticket)
    route_base = "/tickets"
    class_permission_name = "Ticket"
    scope = staticmethod(visible_tickets)
    spec = SPEC
    list_options = PEOPLE
    add_form_class = forms.TicketForm
    edit_form_class = forms.TicketEditForm
    edited = tuple(services.FIELDS)
    list_title = _("Service tickets")
    add_title = _("New ticket")
    edit_title = _("Edit ticket")
    empty_text = _("No service ticket yet; open the first one here or on the customer's page")
    list_columns = ["title", "customer", "status", "priority", "kind", "due_at", "owner", "created_at"]
    label_columns = {
        "title": _("Title"),
        "customer": _("Customer"),
        "status": _("State"),
        "priority": _("Priority"),
        "kind": _("Kind of ticket"),
        "due_at": _("Due"),
        "owner": _("Owner"),
        "created_by": _("Written by"),
        "created_at": _("Created"),
        "ended_at": _("Ended at"),
        "description": _("Description"),
        "solution": _("Solution"),
    }
    formatters_columns = {
        "customer": lambda record: record.name_of_customer,
        "status": lambda record: code_tag(choices.STATUS, record.status),
        "priority": lambda record: code_tag(choices.PRIORITY, record.priority),
        "kind": lambda record: choices.KIND.label(record.kind),
        "owner": lambda record: record.owner.name,
        "created_by": lambda record: record.created_by.display_name,
    }
    wide_columns = frozenset({"description", "solution"})
    lead_fields = ("due_at",)
    show_fieldsets = [
        (
            _("Service ticket"),
            {
                "fields": [
                    "customer", "kind", "priority", "due_at", "owner", "created_by", "created_at",
                    "description",
                ]
            },
        ),
        (_("Outcome"), {"fields": ["status", "ended_at", "solution"]}),
    ]  # fmt: skip

    def record_tags(self, record: Ticket) -> list[Any]:
        return status_tags(record)

    def check_edit(self, record: Ticket, actor: Actor, facts: Facts | None) -> Decision:
        return policies.can_work_on(actor, record, facts or NO_FACTS)

    def create(self, values: dict[str, Any], actor: Actor) -> Ticket:
        return services.create_ticket(**values, actor=actor)

    def update(self, pk: int, values: dict[str, Any], actor: Actor) -> Ticket:
        version = values.pop("version")
        return services.update_ticket(pk, values=values, version=version, actor=actor)
