"""Policies of outgoing messages (PLAT-2): pure rules."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from flask_babel import lazy_gettext as _

from app.kernel.errors import ALLOW, Decision, conflict

if TYPE_CHECKING:
    from datetime import datetime

    from app.kernel.access.actor import Actor
    from app.notices.outbox.models import OutgoingMessage


@dataclass(frozen=True)
class SendingFacts:
    """What the policy reads beyond the message: the time, and whether its channel has a provider."""

    now: datetime
    has_provider: bool = True


FINAL_STATES = frozenset({"failed", "not_sent"})


def can_send_again(_actor: Actor, message: OutgoingMessage, facts: SendingFacts) -> Decision:
    """A message that failed for good or had no provider, while it is still useful and its channel has a
    provider; a sent message never (PLAT-2).
    """
    if message.state not in FINAL_STATES:
        return conflict("message.not_given_up", _("Only what was not sent is sent again"))
    if message.not_after is not None and message.not_after < facts.now:
        return conflict("message.too_late", _("It is of no use any more"))
    if not facts.has_provider:
        return conflict("message.no_provider", _("There is no provider that could send it"))
    return ALLOW
