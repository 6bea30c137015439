"""Service tickets in the REST API (``spec/api.md``)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask import Response, jsonify

from app.deals.shared.permissions import TicketPermission
from app.deals.tickets import forms, services
from app.deals.tickets.filters import SPEC
from app.deals.tickets.queries import PEOPLE, get_ticket, visible_tickets
from app.deals.tickets.serializers import TicketRecord, ticket_record, ticket_records
from app.kernel.access.current import current_actor
from app.kernel.api.base import KepanApi, endpoint, expose

if TYPE_CHECKING:
    from app.deals.tickets.models import Ticket


class TicketApi(KepanApi):
    """``/api/v1/tickets``."""

    route_base = "/api/v1/tickets"
    class_permission_name = "Ticket"
    record_type = TicketRecord

    @staticmethod
    def get_record(pk: int, actor: Any) -> Ticket:
        """Return a ticket that the caller may see."""
        return get_ticket(pk, actor=actor)

    @staticmethod
    def record(made: Any) -> TicketRecord:
        """Return the response of every operation."""
        return ticket_record(made)

    @expose("", methods=["GET"])
    @endpoint(TicketPermission.READ, lists=SPEC, returns=TicketRecord)
    def get_list(self) -> Response:
        """Tickets of customers that the caller opens, and the caller's own (CUST-15)."""
        return self.list_answer(visible_tickets(current_actor()), SPEC, ticket_records, *PEOPLE)

    @expose("", methods=["POST"])
    @endpoint(
        TicketPermission.CREATE,
        takes=forms.TicketForm,
        returns=TicketRecord,
        status=201,
        refusals=(404,),
    )
    def post(self) -> tuple[Response, int]:
        """Opens a ticket of a customer (CUST-16)."""
        form = self.body(forms.TicketForm)
        return self.create_answer(
            lambda: self.record(services.create_ticket(**form.values(), actor=current_actor()))
        )

    @expose("/<int:pk>", methods=["GET"])
    @endpoint(TicketPermission.READ, returns=TicketRecord)
    def get(self, pk: int) -> Response:
        """One ticket."""
        return jsonify(ticket_record(get_ticket(pk, actor=current_actor())))

    @expose("/<int:pk>", methods=["PATCH"])
    @endpoint(
        TicketPermission.UPDATE,
        takes=forms.TicketEditForm,
        partial=True,
        returns=TicketRecord,
        refusals=(412,),
    )
    def patch(self, pk: int) -> Response:
        """Edits fields; ``version``, where it is given, is the save the caller has seen (CUST-20)."""
        actor = current_actor()
        get_ticket(pk, actor=actor)
        values = self.body(forms.TicketEditForm, partial=True).values()
        version = values.pop("version", None)
        return jsonify(self.record(services.update_ticket(pk, values=values, version=version, actor=actor)))
