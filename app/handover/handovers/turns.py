"""Whose turn a handover is, and what they are told (HAND-7, HAND-9)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from app.handover.handovers.choices import CONFIRMATION, PREPARATION
from app.handover.handovers.models import Handover
from app.handover.handovers.queries import superiors_of
from app.kernel import clock
from app.kernel.database.session import db
from app.kernel.translation import N_
from app.notices import services as notices
from app.org.shared.models import Account

if TYPE_CHECKING:
    from collections.abc import Sequence

    from app.kernel.access.actor import Actor

WAITS = N_("The handover of %(name)s to %(receiver)s waits for you")
WAIT = N_("%(count)s handovers to %(receiver)s wait for you")


def pass_on(handovers: Sequence[Handover], actor: Actor, *, body: str = "") -> None:
    """Note who acts next on handovers that went on, and tell them: of many at once in one notice."""
    moment = clock.now()
    superiors = superiors_of({one.former_owner_id for one in handovers})
    waiting: dict[int, list[Handover]] = {}
    for one in handovers:
        pk = next_in_turn(one, superiors.get(one.former_owner_id, ()))
        one.wait_for(db.session.get(Account, pk) if pk is not None else None, moment)
        if pk is not None and pk != actor.id:
            waiting.setdefault(pk, []).append(one)
    for pk, mine in waiting.items():
        _tell(pk, mine, body)


def _tell(recipient_id: int, handovers: Sequence[Handover], body: str) -> None:
    first = handovers[0]
    if len(handovers) == 1:
        tell(first, recipient_id, WAITS, body=body, receiver=first.receiver.name)
        return
    notices.notify(
        recipient_id,
        WAIT,
        kind=Handover.__audit__,
        body=body,
        count=len(handovers),
        receiver=first.receiver.name,
    )


def tell(handover: Handover, recipient_id: int, message: str, *, body: str = "", **parameters: Any) -> None:
    """Notify a person about a handover; the message may name the customer."""
    notices.notify(
        recipient_id, message, about=handover, body=body, name=handover.name_of_customer, **parameters
    )


def next_in_turn(handover: Handover, superiors: Sequence[int]) -> int | None:
    """Return who acts next, from the former owner's superiors, the nearest first; None: an administrator."""
    nearest = next(iter(superiors), None)
    if handover.stage == CONFIRMATION:
        return handover.receiver_id
    if handover.stage == PREPARATION:
        return nearest if handover.former_owner.status == "departed" else handover.former_owner_id
    others = [pk for pk in superiors if pk != handover.prepared_by_id]
    return next(iter(others), nearest)
