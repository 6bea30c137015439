"""The pages of outgoing messages (PLAT-2)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import current_app
from flask_appbuilder.models.sqla.interface import SQLAInterface
from flask_babel import gettext
from flask_babel import lazy_gettext as _
from sqlalchemy import Select, select

from app.kernel.lists.filters import ChoiceFilter, DateRangeFilter
from app.kernel.lists.requests import ListSpec
from app.kernel.pages.formatting import code_cell, join_names
from app.kernel.pages.operations import operation_offers
from app.kernel.pages.views import ScopedModelView
from app.notices.outbox.delivery import sending_facts
from app.notices.outbox.models import CHANNEL, MESSAGE_STATE, OutgoingMessage
from app.notices.outbox.providers import provider_for

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from app.kernel.access.actor import Actor
    from app.kernel.pages.row_buttons import RowOffer
    from app.notices.outbox.policies import SendingFacts


def _all_messages(_actor: Actor) -> Select[OutgoingMessage]:
    """Return all messages: they have no owner, so a user who may see messages sees all of them."""
    return select(OutgoingMessage)


class OutboxView(ScopedModelView):
    """``/outbox``."""

    datamodel = SQLAInterface(OutgoingMessage)
    route_base = "/outbox"
    class_permission_name = "OutgoingMessage"
    include_route_methods = {"list"}
    scope = staticmethod(_all_messages)
    spec = ListSpec(
        (
            ChoiceFilter("channel", _("Channel"), OutgoingMessage.channel, CHANNEL),
            ChoiceFilter("state", _("State"), OutgoingMessage.state, MESSAGE_STATE),
            DateRangeFilter("created", _("Time"), OutgoingMessage.created_at),
        ),
        {"created_at": OutgoingMessage.created_at},
        "-created_at",
    )
    list_title = _("Outgoing messages")
    empty_text = _("No message has been queued yet")
    list_columns = ["purpose", "state", "channel", "to", "created_at", "attempts", "next", "sent_at", "error"]
    number_columns = frozenset({"attempts"})
    label_columns = {
        "purpose": _("Purpose"),
        "state": _("State"),
        "channel": _("Channel"),
        "to": _("Recipient"),
        "created_at": _("Time"),
        "attempts": _("Attempts"),
        "next": _("Next attempt"),
        "sent_at": _("Sent at"),
        "error": _("Problem"),
    }
    formatters_columns = {
        "purpose": lambda m: gettext(m.purpose),
        "state": code_cell(MESSAGE_STATE, "state"),
        "channel": lambda m: CHANNEL.label(m.channel),
        "to": lambda m: m.recipient_masked,
        "next": lambda m: m.next_at if m.state == "waiting" else None,
    }

    def record_title(self, record: OutgoingMessage) -> str:
        return f"{gettext(record.purpose)} {record.recipient_masked}".strip()

    def facts_of(self, records: Sequence[OutgoingMessage], _actor: Actor) -> Mapping[int, SendingFacts]:
        return {record.id: sending_facts(record) for record in records}

    def row_offers(self, actor: Actor) -> list[RowOffer]:
        return operation_offers(self, actor)

    def list_note(self) -> str:
        """Return the channels without a provider."""
        settings = current_app.config["KEPAN"]
        missing = [CHANNEL.label(one) for one in CHANNEL.codes if provider_for(one, settings) is None]
        if not missing:
            return ""
        return gettext(
            "No provider: messages by %(channels)s are written down here and not sent",
            channels=join_names(missing),
        )
