"""Create, edit, move, win, lose and reopen opportunities (CUST-16)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask_babel import lazy_gettext as _

from app.audit import services as audit
from app.deals.opportunities import choices, policies
from app.deals.opportunities.models import Opportunity
from app.deals.opportunities.queries import get_opportunity
from app.deals.shared.currencies import DEFAULT
from app.deals.shared.queries import facts_for
from app.deals.shared.services import EditedField, add_record, change_owner, keep_edit, notify_owner
from app.kernel import clock
from app.kernel.database.transactions import transactional
from app.kernel.errors import conflict
from app.kernel.settings.dictionaries import Coded
from app.kernel.translation import N_

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date
    from decimal import Decimal

    from app.kernel.access.actor import Actor

FIRST_STAGE = next(iter(choices.STAGE.labels))
FIELDS = {
    "title": EditedField(_("Title")),
    "amount": EditedField(_("Amount"), lambda value: f"{value:.2f}"),
    "currency": EditedField(_("Currency")),
    "expected_on": EditedField(_("Expected on")),
    "remark": EditedField(_("Remark")),
}


@transactional
def create_opportunity(
    *,
    customer_id: int,
    title: str,
    amount: Decimal,
    currency: str | None = None,
    stage: str | None = None,
    expected_on: date | None = None,
    remark: str | None = None,
    owner_id: int | None = None,
    actor: Actor,
) -> Opportunity:
    """Add an opportunity of a customer (CUST-16). ``amount`` in the currency, with two decimals, 0 or more.

    :raises NotFound: when the customer is out of reach.
    :raises Denied: 403 for who may only read the customer; 409 ``customer.disabled``.
    :raises Invalid: for an owner who is no active colleague of the customer's company.
    """
    values = {
        "title": title,
        "amount": amount,
        "currency": currency or DEFAULT,
        "stage": stage or FIRST_STAGE,
        "expected_on": expected_on,
        "remark": remark,
        "status": choices.OPEN,
    }
    made: Opportunity = add_record(Opportunity, customer_id, owner_id, values, actor=actor)
    return made


@transactional
def update_opportunity(
    pk: int, *, values: Mapping[str, Any], version: int | None = None, actor: Actor
) -> Opportunity:
    """Edit fields of an open opportunity, and give it to another owner (CUST-16, CUST-20).

    :raises Denied: 403 by rule; 409 once it is won or lost.
    :raises Stale: when another person saved in between.
    """
    record = _to_work_on(pk, actor)
    change = {"currency": DEFAULT} if "currency" in values and not values["currency"] else {}
    edited = {**values, **change}
    owner = change_owner(record, edited.pop("owner_id", None), actor=actor)
    keep_edit(record, FIELDS, edited, version=version, actor=actor, more=owner)
    return record


@transactional
def move_opportunity(pk: int, *, stage: str, actor: Actor) -> Opportunity:
    """Move an open opportunity to another stage (CUST-16).

    :raises Denied: 403 by rule; 409 once it is closed; ``opportunity.same_stage``.
    """
    record = _to_work_on(pk, actor)
    before = record.stage
    if before == stage:
        conflict("opportunity.same_stage", _("It is at this stage already"), field="stage").enforce()
    record.move(stage)
    message = N_("Moved to the stage “%(stage)s”")
    _note(record, "move", message, {"stage": (before, stage)}, actor, stage=Coded(choices.STAGE, stage))
    return record


@transactional
def win_opportunity(pk: int, *, actor: Actor) -> Opportunity:
    """Mark an open opportunity as won (CUST-16).

    :raises Denied: 403 by rule; 409 once it is closed.
    """
    record = _to_work_on(pk, actor)
    record.win(clock.now())
    _note(record, "win", N_("Opportunity won"), {"status": (choices.OPEN, choices.WON)}, actor)
    notify_owner(record, N_("%(who)s marked “%(title)s” of %(name)s as won"), actor)
    return record


@transactional
def lose_opportunity(pk: int, *, reason: str, remark: str | None = None, actor: Actor) -> Opportunity:
    """Mark an open opportunity as lost, with a reason of the dictionary (CUST-16).

    :raises Denied: 403 by rule; 409 once it is closed.
    """
    record = _to_work_on(pk, actor)
    record.lose(reason, remark, clock.now())
    changed = {"status": (choices.OPEN, choices.LOST)}
    _note(record, "lose", N_("Lost: %(reason)s"), changed, actor, reason=Coded(choices.LOST_REASON, reason))
    notify_owner(record, N_("%(who)s marked “%(title)s” of %(name)s as lost"), actor)
    return record


@transactional
def reopen_opportunity(pk: int, *, actor: Actor) -> Opportunity:
    """Take up a won or lost opportunity again, at the stage where it was (CUST-16).

    :raises Denied: 403 by rule; 409 ``opportunity.open``.
    """
    record = get_opportunity(pk, actor=actor, lock=True)
    policies.can_reopen(actor, record, facts_for(record, actor)).enforce()
    before = record.status
    record.reopen()
    _note(record, "reopen", N_("Reopened"), {"status": (before, choices.OPEN)}, actor)
    notify_owner(record, N_("%(who)s reopened “%(title)s” of %(name)s"), actor)
    return record


def _to_work_on(pk: int, actor: Actor) -> Opportunity:
    record = get_opportunity(pk, actor=actor, lock=True)
    policies.can_work_on(actor, record, facts_for(record, actor)).enforce()
    return record


def _note(
    record: Opportunity,
    operation: str,
    message: str,
    changes: Mapping[str, tuple[Any, Any]],
    actor: Actor,
    **parameters: Any,
) -> None:
    record.bump()
    audit.record(actor, f"opportunity.{operation}", record, message, changes, **parameters)
