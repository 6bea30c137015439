"""Operations on outgoing messages, one declaration each (PLAT-2)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask import current_app
from flask_babel import lazy_gettext as _

from app.kernel import clock
from app.kernel.pages.operations import ConfirmForm, Operation, OperationBatch, OperationPage
from app.notices.outbox import delivery as outbox
from app.notices.outbox import policies
from app.notices.outbox.providers import provider_for

if TYPE_CHECKING:
    from app.kernel.access.actor import Actor
    from app.kernel.errors import Decision
    from app.notices.outbox.models import OutgoingMessage


def _may_send_again(_actor: Actor, message: OutgoingMessage, _facts: Any) -> Decision:
    provider = provider_for(message.channel, current_app.config["KEPAN"])
    return policies.can_send_again(message, clock.now(), has_provider=provider is not None)


SEND_AGAIN = Operation(
    name="send_again",
    label=_("Send once more"),
    icon="fa-rotate-right",
    form=ConfirmForm,
    policy=_may_send_again,
    service=outbox.send_again,
    page=OperationPage(
        hint=_("It goes back into the queue and leaves within a minute, if its provider takes it."),
        in_list=True,
    ),
    batch=OperationBatch(),
)
