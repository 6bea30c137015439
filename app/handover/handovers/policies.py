"""Who may do what with handovers: pure rules, no queries (HAND-1, HAND-4 … HAND-6, HAND-9).

Each rule checks first whether the actor may (403), then whether the stage allows it (409), as ACC-6 orders
it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from flask_babel import gettext
from flask_babel import lazy_gettext as _

from app.customers.shared.policies import answers_for
from app.handover.handovers.choices import (
    CANCELLED,
    COMPLETED,
    CONFIRMATION,
    OPEN_STAGES,
    PREPARATION,
    REVIEW,
)
from app.kernel.errors import ALLOW, Decision, conflict, forbidden

if TYPE_CHECKING:
    from app.customers.shared.models import Customer
    from app.customers.shared.policies import Facts
    from app.handover.handovers.models import Handover
    from app.kernel.access.actor import Actor


@dataclass(frozen=True)
class HandoverFacts:
    """``superiors``: the former owner's, by their ids (ACC-3); ``undone``: the items that are not done."""

    superiors: frozenset[int] = frozenset()
    undone: tuple[str, ...] = ()


NO_FACTS = HandoverFacts()
_NOT_NOW = {
    PREPARATION: conflict("handover.preparation", _("This handover is still being prepared")),
    REVIEW: conflict("handover.review", _("This handover is in review")),
    CONFIRMATION: conflict("handover.confirmation", _("This handover waits for the receiver")),
    COMPLETED: conflict("handover.completed", _("This customer was handed over already")),
    CANCELLED: conflict("handover.cancelled", _("This handover was cancelled")),
}
ALREADY_OPEN = conflict("handover.open", _("This customer is being handed over already"))
_NO_SUPERIOR = forbidden(
    "handover.not_superior", _("Only a superior of the former owner reviews this handover")
)


def can_start(actor: Actor, customer: Customer, facts: Facts) -> Decision:
    """HAND-1: the owner, a superior or the administrator hands over a personal customer."""
    if not answers_for(actor, customer):
        return forbidden(
            "handover.not_in_charge",
            _("Only the owner, a superior or an administrator hands over this customer"),
        )
    if customer.owner_id is None:
        return conflict("customer.no_owner", _("A platform customer has no owner to change"))
    return ALREADY_OPEN if facts.kept else ALLOW


def can_prepare(actor: Actor, handover: Handover, facts: HandoverFacts | None) -> Decision:
    """HAND-2, HAND-4: the former owner prepares; their superior where they have left."""
    if handover.former_owner.status != "departed":
        if actor.id == handover.former_owner_id:
            return _in(handover, PREPARATION)
    elif _decides(actor, handover, facts or NO_FACTS):
        return _in(handover, PREPARATION)
    return forbidden(
        "handover.not_former_owner",
        _("Only the former owner prepares this, or a superior where they have left"),
    )


def can_complete(actor: Actor, handover: Handover, facts: HandoverFacts | None) -> Decision:
    """HAND-4: the preparation is complete when every item is done; the refusal lists the others."""
    verdict = can_prepare(actor, handover, facts)
    undone = (facts or NO_FACTS).undone
    if verdict and undone:
        sentence = gettext("Not done yet: %(items)s", items="; ".join(undone))
        return conflict("handover.items_open", sentence, items=[*undone])
    return verdict


def can_approve(actor: Actor, handover: Handover, facts: HandoverFacts | None) -> Decision:
    """HAND-5, HAND-9: a superior of the former owner, who did not prepare it where there is another one."""
    if not _decides(actor, handover, facts or NO_FACTS):
        return _NO_SUPERIOR
    others = (facts or NO_FACTS).superiors - {actor.id}
    if handover.prepared_by_id == actor.id and others:
        return forbidden("handover.prepared_it", _("Who prepared a handover does not approve it"))
    return _in(handover, REVIEW)


def can_send_back(actor: Actor, handover: Handover, facts: HandoverFacts | None) -> Decision:
    """HAND-5: a superior of the former owner, never the former owner, sends it back to preparation."""
    if not _decides(actor, handover, facts or NO_FACTS):
        return _NO_SUPERIOR
    return _in(handover, REVIEW)


def can_confirm(actor: Actor, handover: Handover, _facts: object = None) -> Decision:
    """HAND-6: only the receiver confirms and declines."""
    if actor.id != handover.receiver_id:
        return forbidden("handover.not_receiver", _("Only the receiver takes this customer, or declines it"))
    return _in(handover, CONFIRMATION)


def can_change_receiver(actor: Actor, handover: Handover, _facts: object = None) -> Decision:
    """HAND-9: a superior or the administrator names another receiver in review."""
    verdict = _may_steer(actor, handover)
    return _in(handover, REVIEW) if verdict else verdict


def can_cancel(actor: Actor, handover: Handover, _facts: object = None) -> Decision:
    """HAND-9: a superior or the administrator cancels an open handover."""
    verdict = _may_steer(actor, handover)
    return _in(handover, *OPEN_STAGES) if verdict else verdict


def _may_steer(actor: Actor, handover: Handover) -> Decision:
    if actor.is_admin or actor.manages(handover.former_owner):
        return ALLOW
    return forbidden(
        "handover.not_superior_or_admin",
        _("Only a superior of the former owner or an administrator may do this"),
    )


def _decides(actor: Actor, handover: Handover, facts: HandoverFacts) -> bool:
    """HAND-9: a superior of the former owner; the administrator where there is none."""
    if actor.id == handover.former_owner_id:
        return False
    return actor.manages(handover.former_owner) or (actor.is_admin and not facts.superiors)


def _in(handover: Handover, *stages: str) -> Decision:
    return ALLOW if handover.stage in stages else _NOT_NOW[handover.stage]
