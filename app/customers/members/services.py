"""Add colleagues to a customer's team and remove them (CUST-3)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask_babel import lazy_gettext as _
from sqlalchemy import delete, select

from app.audit import services as audit
from app.audit.undo.services import Undo, undoable
from app.customers.members import policies
from app.customers.members.queries import accepted_pushes, members_of
from app.customers.shared.models import Customer, CustomerMember, Push
from app.customers.shared.notifications import notify_about
from app.customers.shared.permissions import CustomerPermission
from app.customers.shared.queries import (
    FOLLOWING_UP,
    colleague_for,
    facts_for,
    get_customer,
    get_customer_to_undo,
)
from app.kernel.database.records import get_one
from app.kernel.database.session import db
from app.kernel.database.transactions import transactional
from app.kernel.errors import Denied, conflict
from app.kernel.translation import N_
from app.notices import services as notices

if TYPE_CHECKING:
    from collections.abc import Sequence

    from app.customers.shared.parts import Merge
    from app.kernel.access.actor import Actor


def _get_for_team(pk: int, actor: Actor) -> Customer:
    return get_customer(pk, actor=actor, lock=True)


def _enforce(customer: Customer, actor: Actor) -> None:
    policies.can_manage_team(actor, customer, facts_for(customer, actor)).enforce()


@transactional
def add_member(pk: int, *, staff_id: int, access: str, actor: Actor) -> CustomerMember:
    """Add a colleague to the team, or change their access, and notify them.

    :raises Invalid: for a person who is no active colleague of the customer's company.
    :raises Denied: for its owner or holder, who needs no membership.
    """
    customer = _get_for_team(pk, actor)
    may = FOLLOWING_UP if access == "write" else ""
    colleague = colleague_for(customer, staff_id, field="staff_id", actor=actor, may=may)
    _enforce(customer, actor)
    if staff_id in {customer.owner_id, customer.private_holder_id}:
        message = _("%(name)s is responsible already", name=colleague.name)
        conflict("customer.is_responsible", message).enforce()
    member = db.session.get(CustomerMember, (pk, staff_id), with_for_update=True)
    before = member.access if member else ""
    if member is not None and before == access:
        conflict("customer.is_member", _("%(name)s is on the team already", name=colleague.name)).enforce()
    with undoable(CustomerPermission.ADD_MEMBER, [customer], actor):
        if member is None:
            member = CustomerMember(customer_id=pk, staff=colleague, access=access)
            db.session.add(member)
        member.access = access
        audit.record(
            actor,
            "customer.add_member",
            customer,
            N_("On the team: %(member)s"),
            {"member_access": (before, access)},
            member=colleague.name,
        )
        _notify(colleague.id, customer, access, actor)
    return member


def _notify(staff_id: int, customer: Customer, access: str, actor: Actor) -> None:
    if staff_id == actor.id:
        return
    message = (
        N_("%(who)s put you on the team of %(name)s; you may write")
        if access == "write"
        else N_("%(who)s put you on the team of %(name)s; you may read")
    )
    notify_about(customer, staff_id, message, actor)


@transactional
def remove_member(pk: int, *, staff_id: int, actor: Actor) -> Customer:
    """Remove a colleague from the team and notify them.

    :raises Denied: ``customer.member_by_push`` for one who is there by an accepted push, which is ended.
    """
    customer = _get_for_team(pk, actor)
    member = _get_member(customer, staff_id, actor)
    with undoable(CustomerPermission.REMOVE_MEMBER, [customer], actor):
        audit.record(
            actor,
            "customer.remove_member",
            customer,
            N_("Off the team: %(member)s"),
            {"member_access": (member.access, "")},
            member=member.staff.name,
        )
        db.session.delete(member)
        if staff_id != actor.id:
            notices.notify(
                staff_id, N_("%(who)s took you off the team of %(name)s"), who=actor.name, name=customer.name
            )
    return customer


def _get_member(customer: Customer, staff_id: int, actor: Actor) -> CustomerMember:
    found: CustomerMember | None = db.session.scalar(
        members_of(customer).where(CustomerMember.staff_id == staff_id)
    )
    if found is not None:
        _enforce(customer, actor)
        return found
    get_one(accepted_pushes(customer).where(Push.receiver_id == staff_id))
    _enforce(customer, actor)
    message = _("This colleague accepted a push of the customer; end the push")
    raise Denied(conflict("customer.member_by_push", message))


TEAM_UNDO = Undo("customer.team_undone", N_("Change of the team undone"), get_customer_to_undo)


def merge_team(step: Merge) -> None:
    """Put the team of the merged file on the survivor's: each once, to write where either let them (CUST-9).

    Who is responsible for the survivor needs no membership.
    """
    survivor = step.survivor
    responsible = {survivor.owner_id, survivor.private_holder_id}
    rows = select(CustomerMember).where(CustomerMember.customer_id.in_([survivor.id, step.merged.id]))
    team = {(row.customer_id, row.staff_id): row for row in db.session.scalars(rows.with_for_update())}
    for (customer_id, staff_id), row in team.items():
        if customer_id == survivor.id:
            continue
        known = team.get((survivor.id, staff_id))
        if known is None and staff_id not in responsible:
            db.session.add(CustomerMember(customer_id=survivor.id, staff_id=staff_id, access=row.access))
        elif known is not None and row.access == "write":
            known.access = "write"
        db.session.delete(row)
    db.session.flush()


def erase_team(customers: Sequence[Customer], _actor: Actor) -> None:
    """Dissolve the teams of deleted customers (CUST-22)."""
    ids = [customer.id for customer in customers]
    db.session.execute(delete(CustomerMember).where(CustomerMember.customer_id.in_(ids)))
