"""The push inbox: pushes that the actor received and sent (POOL-17)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask import url_for
from flask_appbuilder.models.sqla.interface import SQLAInterface
from flask_babel import lazy_gettext as _
from markupsafe import Markup

from app.customers.shared import choices
from app.customers.shared.pushes import Push
from app.customers.shared.queries import openable_names
from app.kernel.pages.formatting import code_cell
from app.kernel.pages.operations import operation_offers
from app.kernel.pages.views import ScopedModelView
from app.pool.pushes.filters import SPEC, TABS
from app.pool.pushes.queries import WITH_CUSTOMER, get_push, visible_pushes

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from app.kernel.access.actor import Actor
    from app.kernel.pages.row_buttons import RowOffer

_LINK = Markup('<a href="{}">{}</a>')


class PushView(ScopedModelView):
    """Lists pushes to accept, reject, withdraw or end; the customer opens where the actor may open it."""

    datamodel = SQLAInterface(Push)
    route_base = "/pushes"
    class_permission_name = "Push"
    include_route_methods = {"list", "counts"}
    scope = staticmethod(visible_pushes)
    spec = SPEC
    tabs = TABS
    list_options = WITH_CUSTOMER
    list_title = _("Pushes")
    empty_text = _("No push here; push a customer to a colleague from its page")
    list_columns = [
        "customer",
        "status",
        "sender",
        "receiver",
        "remark",
        "created_at",
        "answer",
        "decided_at",
        "ended_at",
    ]
    wide_columns = frozenset({"remark", "answer"})
    label_columns = {
        "customer": _("Customer"),
        "status": _("State"),
        "sender": _("Sender"),
        "receiver": _("Receiver"),
        "remark": _("Remark"),
        "answer": _("Answer"),
        "created_at": _("Time"),
        "decided_at": _("Answered"),
        "ended_at": _("Ended"),
    }
    formatters_columns = {
        "customer": lambda push: push.customer.name,
        "status": code_cell(choices.PUSH_STATE, "state"),
        "sender": lambda push: f"{push.sender.name} · {push.sender_department.name}",
        "receiver": lambda push: f"{push.receiver.name} · {push.receiver_department.name}",
    }

    def get_record(self, pk: int, actor: Actor) -> Push:
        return get_push(pk, actor=actor)

    def record_url(self, _record: Push) -> str:
        return url_for("PushView.list")

    def record_title(self, record: Push) -> str:
        return record.customer.name

    def cells_of(self, records: Sequence[Push], actor: Actor) -> Mapping[int, Mapping[str, Any]]:
        """Return the customer's name as a link, where the actor can open the customer."""
        names = openable_names([record.customer_id for record in records], actor)
        return {
            record.id: {"customer": _LINK.format(_customer_url(record), names[record.customer_id])}
            for record in records
            if record.customer_id in names
        }

    def row_url(self, record: Push, cells: Mapping[str, Any]) -> str:
        return _customer_url(record) if cells else ""

    def row_offers(self, actor: Actor) -> list[RowOffer]:
        return operation_offers(self, actor)


def _customer_url(push: Push) -> str:
    return url_for("CustomerView.show", pk=push.customer_id)
