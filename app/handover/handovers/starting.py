"""Start handovers of one customer or many (HAND-1, HAND-2)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask_babel import lazy_gettext as _

from app.audit import services as audit
from app.customers.duplicates.places import number_place_of_owner
from app.customers.duplicates.services import find_duplicates
from app.customers.numbers.lookups import record_lookup, typed_number
from app.customers.shared.parts import freeze_parts
from app.customers.shared.queries import colleague_for, facts_of, get_customers
from app.handover.handovers import policies
from app.handover.handovers.checklist import Checklist, checklists_of
from app.handover.handovers.models import Handover, HandoverBatch, HandoverItem
from app.handover.handovers.turns import pass_on
from app.kernel import clock
from app.kernel.database.session import db
from app.kernel.database.transactions import transactional
from app.kernel.errors import ALLOW, OUT_OF_REACH, Decision, NotFound, conflict
from app.kernel.translation import N_

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from app.customers.shared.models import Customer
    from app.customers.shared.policies import Facts
    from app.kernel.access.actor import Actor
    from app.org.shared.models import Staff

_RECEIVER = "to_owner_id"
DUPLICATE = "customer.duplicate"


@transactional
def start_handovers(
    *, customer_ids: Sequence[int], to_owner_id: int, reason: str, actor: Actor
) -> list[Handover]:
    """Start the handovers of customers to one colleague, all of them or none (HAND-1).

    Many make one batch; of these, the customers without open business are prepared by themselves.

    :raises NotFound: when one of the customers is out of reach.
    :raises Invalid: for a person who is no active colleague of the customers' company.
    :raises Denied: 403 by rule; ``handover.open``, ``handover.same_owner``, ``customer.duplicate``.
    """
    wanted = sorted(set(customer_ids))
    customers = get_customers(wanted, actor=actor)
    if len(customers) != len(wanted):
        raise NotFound
    receiver = colleague_for(customers[0], to_owner_id, field=_RECEIVER, actor=actor)
    verdicts = _verdicts(customers, receiver, actor)
    for one in customers:
        if verdicts[one.id].code == DUPLICATE:
            with typed_number(one.phone, "transfer", actor):  # it tells of the receiver's numbers (ACC-17)
                verdicts[one.id].enforce()
        verdicts[one.id].enforce()
    return _start(customers, receiver, reason, actor)


@transactional
def start_each(pks: Sequence[int], *, to_owner_id: int, reason: str, actor: Actor) -> dict[int, Decision]:
    """Start those of the handovers that may start, as one batch; return a verdict for each customer (HAND-1).

    :raises Invalid: for a person who is no active colleague of the customers' company.
    """
    customers = get_customers(pks, actor=actor)
    if not customers:
        return dict.fromkeys(pks, OUT_OF_REACH)
    receiver = colleague_for(customers[0], to_owner_id, field=_RECEIVER, actor=actor)
    verdicts = _verdicts(customers, receiver, actor)
    for one in customers:
        if verdicts[one.id].code == DUPLICATE:
            record_lookup(one.phone, "transfer", actor, hit=True)
    allowed = [one for one in customers if verdicts[one.id]]
    if allowed:
        _start(allowed, receiver, reason, actor)
    return {pk: verdicts.get(pk, OUT_OF_REACH) for pk in pks}


@transactional
def start_handover(pk: int, *, to_owner_id: int, reason: str, actor: Actor) -> Handover:
    """Start the handover of one customer (HAND-1); refusals as of :func:`start_handovers`."""
    return start_handovers(customer_ids=[pk], to_owner_id=to_owner_id, reason=reason, actor=actor)[0]


def _verdicts(customers: Sequence[Customer], receiver: Staff, actor: Actor) -> dict[int, Decision]:
    """Return for each customer whether its handover may start, in a fixed number of statements."""
    facts = facts_of(customers, actor)
    place = number_place_of_owner(receiver, actor)
    numbers = {one.id: (one.phone.index or "", place) for one in customers if one.phone}
    taken = (
        {pk: verdict for pk, verdict in find_duplicates(numbers, actor).items() if pk in numbers}
        if numbers
        else {}
    )
    return {one.id: _verdict(one, receiver, actor, facts[one.id], taken) for one in customers}


def _verdict(
    customer: Customer,
    receiver: Staff,
    actor: Actor,
    facts: Facts,
    taken: Mapping[int, Decision],
) -> Decision:
    verdict = policies.can_start(actor, customer, facts)
    if not verdict:
        return verdict
    if customer.owner_id == receiver.id:
        return conflict("handover.same_owner", _("This is the present owner already"), field=_RECEIVER)
    if customer.company_id != receiver.company_id:
        return conflict(
            "handover.other_company", _("The receiver works for another company"), field=_RECEIVER
        )
    return taken.get(customer.id, ALLOW)


def _start(customers: Sequence[Customer], receiver: Staff, reason: str, actor: Actor) -> list[Handover]:
    moment = clock.now()
    batch = HandoverBatch(company_id=receiver.company_id, created_at=moment, created_by_id=actor.id)
    db.session.add(batch)
    db.session.flush()
    checklists = checklists_of(customers)
    is_one = len(customers) == 1
    made = []
    for customer in customers:
        handover = _new(customer, receiver, batch, reason, actor, moment)
        made.append(handover)
    db.session.flush()
    for handover in made:
        checklist = checklists[handover.customer_id]
        by_itself = not (is_one or checklist.has_business)
        _add_items(handover, checklist, moment, done_by=actor.id if by_itself else None)
        if by_itself:
            handover.prepare(None)
        _record(handover, receiver, actor)
    freeze_parts(customers, actor)
    pass_on(made, actor)
    return made


def _new(
    customer: Customer, receiver: Staff, batch: HandoverBatch, reason: str, actor: Actor, moment: datetime
) -> Handover:
    made = Handover(
        company_id=customer.company_id,
        batch_id=batch.id,
        customer=customer,
        former_owner=customer.owner,
        receiver=receiver,
        reason=reason,
        stage="preparation",
        stage_since=moment,
        reason_back="",
        created_at=moment,
        created_by_id=actor.id,
    )
    db.session.add(made)
    return made


def _add_items(handover: Handover, checklist: Checklist, moment: datetime, *, done_by: int | None) -> None:
    for kind, message, facts in checklist.items:
        item = HandoverItem(
            handover_id=handover.id,
            kind=kind,
            message=message,
            parameters=facts,
            created_at=moment,
            done=False,
        )
        if done_by is not None:
            item.mark(done=True, by_id=done_by, moment=moment)
        db.session.add(item)


def _record(handover: Handover, receiver: Staff, actor: Actor) -> None:
    message = N_("Handover to %(receiver)s started")
    audit.record(actor, "handover.start", handover, message, receiver=receiver.name)
    audit.record(actor, "customer.handover", handover.customer, message, receiver=receiver.name)
