"""What an open handover keeps its customer from, and what becomes of handovers with their customer
(HAND-1, CUST-9, CUST-22, CUST-32, POOL-19).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask_babel import lazy_gettext as _
from sqlalchemy import select
from sqlalchemy.orm import joinedload

from app.audit import services as audit
from app.customers.shared.parts import Answers, nothing
from app.handover.handovers.choices import OPEN_STAGES
from app.handover.handovers.models import Handover, HandoverItem
from app.handover.handovers.policies import ALREADY_OPEN
from app.kernel import clock
from app.kernel.access.guard import unscoped
from app.kernel.database.conditions import id_in
from app.kernel.database.session import db
from app.kernel.errors import Decision, conflict
from app.kernel.translation import N_

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy import ColumnElement, Select

    from app.customers.shared.models import Customer
    from app.customers.shared.parts import HandOver, Merge
    from app.kernel.access.actor import Actor
    from app.kernel.errors import Sentence

_T = Handover.__table__.c
_OPEN: ColumnElement[bool] = _T.stage.in_(OPEN_STAGES)
ELSEWHERE = N_("Cancelled: the customer has another owner or none")


def already_open() -> Decision:
    """Refuse a second open handover of a customer (HAND-1)."""
    return ALREADY_OPEN


def open_handovers(ids: Sequence[int]) -> dict[int, Sentence]:
    """Return the customers among these that an open handover keeps with their owner (POOL-19)."""
    found = select(_T.customer_id).where(id_in(_T.customer_id, ids), _OPEN)
    with unscoped("an open handover keeps the customer, whoever may see it (HAND-1)"):
        return dict.fromkeys(db.session.scalars(found), _("This customer is being handed over"))


def handed_over_now() -> Select[Any]:
    """Select the customers that nobody may transfer, because an open handover is under way (HAND-1)."""
    return select(_T.customer_id).where(_OPEN)


def merge_refusals(customers: Sequence[Customer], _actor: Actor) -> dict[int, Decision]:
    """Refuse to merge customers that are being handed over (CUST-9)."""
    found = open_handovers([one.id for one in customers])
    return {pk: conflict("handover.open", sentence) for pk, sentence in found.items()}


def readable_in_handover(person: Any) -> Select[Any]:
    """Select the customers that a person reads as the receiver of an open handover (ACC-14)."""
    return select(_T.customer_id).where(_T.receiver_id == person, _OPEN)


def _handed_over(step: HandOver) -> None:
    """Cancel an open handover of a customer that went to somebody by another way."""
    _cancel([step.customer], step.actor)


def _cancel(customers: Sequence[Customer], actor: Actor) -> None:
    for handover in _locked(customers, _OPEN):
        before, sentence = handover.stage, str(_("The customer has another owner or none"))
        handover.cancel(sentence, clock.now())
        changed = {"stage": (before, handover.stage)}
        audit.record(actor, "handover.cancel", handover, ELSEWHERE, changed)


def _merge(step: Merge) -> None:
    step.take(Handover.customer_id)


def _erase(customers: Sequence[Customer], actor: Actor) -> None:
    """Keep the handovers of erased customers, without what was written about them (CUST-22)."""
    _cancel(customers, actor)
    handovers = _locked(customers)
    for handover in handovers:
        handover.keep_name()
    words = select(HandoverItem).where(id_in(HandoverItem.handover_id, [one.id for one in handovers]))
    for item in db.session.scalars(words):
        item.forget_words()


def _locked(customers: Sequence[Customer], *conditions: ColumnElement[bool]) -> Sequence[Handover]:
    of_these = id_in(_T.customer_id, [one.id for one in customers])
    found = select(Handover).where(of_these, *conditions).order_by(_T.id)
    found = found.options(joinedload(Handover.customer)).with_for_update(of=Handover)
    with unscoped("handovers go with their customer, whoever may see them (CUST-32)"):
        return db.session.scalars(found.execution_options(populate_existing=True)).all()


ANSWERS = Answers(
    hand_over=_handed_over, unshelve=nothing, recycle=_cancel, freeze=nothing, merge=_merge, erase=_erase
)
