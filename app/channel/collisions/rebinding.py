"""Move a live binding to another broker (CH-23)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask_babel import lazy_gettext as _
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from app.audit import services as audit
from app.channel.brokers.models import Broker
from app.channel.collisions import policies
from app.channel.collisions.models import Collision, RebindLog
from app.channel.referrals.bindings import (
    add_binding_keys,
    bound_elsewhere,
    claim_identity,
    fragments_of,
    live_bindings,
    lock_identity,
    referral_of,
)
from app.channel.referrals.models import Binding, BindingKey, Referral
from app.channel.referrals.queries import get_referral
from app.channel.referrals.services import CODE_PREFIX
from app.channel.referrals.totals import update_totals
from app.channel.shared.notifications import notify_person
from app.kernel import clock
from app.kernel.access.guard import scoped, unscoped
from app.kernel.database.numbering import next_code
from app.kernel.database.session import db
from app.kernel.database.transactions import transactional
from app.kernel.errors import Invalid, conflict
from app.kernel.translation import N_

if TYPE_CHECKING:
    from app.kernel.access.actor import Actor


# Fields that a new referral of the other broker copies from the former one.
COPIED = (
    "company_id", "project_id", "family_name", "given_name", "name", "name_key", "phone1_prefix",
    "phone1_tail", "phone2_prefix", "phone2_tail", "expected_visit_at", "shop_category", "customer_type",
    "needs", "consultant_id",
)  # fmt: skip


@transactional
def rebind_referral(pk: int, *, broker_id: int, reason: str, actor: Actor) -> Referral:
    """Move the live binding of a referral to another broker, its period unchanged (CH-23).

    The other broker's own referral becomes ``bound`` (made if they had none), this one returns to
    ``reported``; open collisions of the binding are settled; both brokers are notified.

    :raises Invalid: without a reason, or for a broker that cannot be chosen.
    :raises Denied: 403 by rule; ``referral.not_bound``, ``referral.closed``, ``referral.same_broker``,
        ``referral.bound_elsewhere``.
    """
    seen = get_referral(pk, actor=actor)
    if not reason.strip():
        raise Invalid(reason=_("This field is required"))
    lock_identity(seen.project_id, seen.name_key)
    referral = get_referral(pk, actor=actor, lock=True)
    policies.can_rebind(actor, referral).enforce()
    binding = db.session.scalars(
        select(Binding)
        .where(Binding.referral_id == pk, Binding.state == "live")
        .with_for_update()
        .execution_options(populate_existing=True)
    ).one()
    move_binding(binding, broker_id, reason=reason, actor=actor)
    return referral


def move_binding(
    binding: Binding, broker_id: int, *, wanted: int | None = None, reason: str, actor: Actor
) -> Referral:
    """Move a binding within an operation that holds the identity's lock.

    Return the referral that is bound now; ``wanted`` names one of several.
    """
    former = binding.referral
    broker = _broker(broker_id)
    if broker.id == binding.broker_id:
        conflict("referral.same_broker", _("It is bound to this broker"), field="broker_id").enforce()
    held = [*db.session.scalars(select(BindingKey.fragment).where(BindingKey.binding_id == binding.id))]
    target = _target(former, broker, held, wanted, actor)
    stages = [(former, former.furthest_stage), (target, target.furthest_stage if target.code else 0)]
    others = [
        one
        for key in sorted({former.name_key, target.name_key})
        for one in live_bindings(former.project_id, key, fragments_of(target))
    ]
    if [one for one in others if one.id != binding.id]:
        bound_elsewhere().enforce()
    if not target.code:
        _store(target)
    former.release_binding()
    binding.move_to(target, broker.broker_company_id)
    target.bind(binding)
    target.assigned_consultant_id, former.assigned_consultant_id = former.assigned_consultant_id, None
    db.session.flush()
    _hold(binding, target)
    _note(binding, former, target, reason, actor)
    update_totals(*stages)
    return target


def _broker(pk: int) -> Broker:
    """Return a broker who may work: approved, with an open account."""
    found = db.session.get(Broker, pk)
    if found is None or found.review_state != "approved" or not found.account.active:
        raise Invalid(broker_id=_("Not one of the choices"))
    return found


def _target(former: Referral, broker: Broker, held: list[str], wanted: int | None, actor: Actor) -> Referral:
    """Return the other broker's own referral of the customer, or make one without a code."""
    if wanted is not None:
        with unscoped("rebinding: the referral that collided, whoever may see it (CH-19)"):
            return db.session.get_one(Referral, wanted, with_for_update=True)
    own = referral_of(broker.id, former.project_id, former.name_key, held)
    if own is not None:
        return own
    return Referral(
        **{name: getattr(former, name) for name in COPIED},
        broker=broker,
        broker_id=broker.id,
        broker_company_id=broker.broker_company_id,
        entered_by_id=actor.id,
        state="entered",
        furthest_stage=1,
        created_at=clock.now(),
    )


def _store(target: Referral) -> None:
    target.code = next_code(CODE_PREFIX)
    db.session.add(target)
    db.session.flush()
    claim_identity(target)


def _hold(binding: Binding, target: Referral) -> None:
    """Add the numbers of the new referral to the binding's keys, so that no second binding of the customer
    can exist.
    """
    own = select(BindingKey.fragment).where(
        BindingKey.binding_id == binding.id, BindingKey.name_key == target.name_key
    )
    held = [*db.session.scalars(own)]
    try:
        with db.session.begin_nested():
            add_binding_keys(binding, target.name_key, fragments_of(target), held)
    except IntegrityError:
        bound_elsewhere().enforce()


def _note(binding: Binding, former: Referral, target: Referral, reason: str, actor: Actor) -> None:
    """Write the log of both referrals, settle the collisions, send the notices."""
    moment = clock.now()
    db.session.add(
        RebindLog(
            company_id=binding.company_id,
            project_id=binding.project_id,
            binding_id=binding.id,
            from_referral_id=former.id,
            to_referral_id=target.id,
            from_broker_id=former.broker_id,
            to_broker_id=target.broker_id,
            reason=reason,
            by_id=actor.id,
            by_name=f"{actor.name} ({actor.username})",
            created_at=moment,
        )
    )
    changed = {"broker": (former.broker.name, target.broker.name)}
    for referral in (former, target):
        audit.record(actor, "referral.rebind", referral, N_("Rebound: %(reason)s"), changed, reason=reason)
    open_ones = select(Collision).where(Collision.binding_id == binding.id, Collision.handled_at.is_(None))
    for collision in db.session.scalars(scoped(open_ones.order_by(Collision.id))):
        collision.handle("rebind", reason, actor.id, moment)
        audit.record(actor, "collision.settle", collision, N_("Settled by rebinding"))
    names = {"name": target.name, "code": former.code}
    message = N_("%(name)s (%(code)s) was given to another broker")
    notify_person(former.broker_id, message, actor, about=former, **names)
    names["code"] = target.code
    message = N_("%(name)s (%(code)s) is bound to you now")
    notify_person(target.broker_id, message, actor, about=target, **names)
