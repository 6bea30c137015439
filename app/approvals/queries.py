"""Queries of requests: always scoped to the actor, and who may decide (APP-5, APP-6)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask_appbuilder.security.sqla.models import Role, assoc_user_role
from sqlalchemy import Select, and_, exists, func, select
from sqlalchemy.orm import joinedload, selectinload

from app.approvals.choices import PENDING
from app.approvals.kinds import ROLE, SUPERIOR
from app.approvals.models import ApprovalRequest, ApprovalStep
from app.approvals.permissions import ApprovalPermission
from app.approvals.policies import ApprovalFacts
from app.customers.shared.models import Customer
from app.customers.shared.queries import known_customers, sees_history
from app.kernel.access.actor import cached_per_actor
from app.kernel.access.guard import scoped, unscoped
from app.kernel.database.conditions import id_in
from app.kernel.database.records import get_one
from app.kernel.database.session import db
from app.kernel.lists.grounds import AccessGround, narrow_to_grounds
from app.org.roles.names import ADMIN
from app.org.shared.models import Account, Staff
from app.org.staff.queries import manager_of, name_for

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from app.kernel.access.actor import Actor

APPROVING = name_for("approve", ApprovalPermission.APPROVE)
_R = ApprovalRequest.__table__.c
_S = ApprovalStep.__table__.c
_NAME = (Account.id, Account.first_name, Account.last_name)
WITH_PEOPLE = (
    joinedload(ApprovalRequest.customer),
    joinedload(ApprovalRequest.requester).load_only(*_NAME),
    selectinload(ApprovalRequest.steps).joinedload(ApprovalStep.approver).load_only(*_NAME),
)


@cached_per_actor
def visible_requests(actor: Actor) -> Select[ApprovalRequest]:
    """Select the requests that the actor made, decides or decided on, and those about customers that the
    actor opens in full (APP-6).
    """
    statement = scoped(select(ApprovalRequest))
    if actor.opens_all:
        return statement
    asked = select(_S.request_id).where(_S.approver_id == actor.id)
    customers = known_customers(actor).with_only_columns(Customer.__table__.c.id)
    grounds = [
        AccessGround(None, _R.requester_id, (actor.id,)),
        AccessGround(_R.id.in_(asked)),
        AccessGround(_R.customer_id.in_(customers)),
    ]
    return narrow_to_grounds(statement, grounds)


def _waits_for(actor: Actor) -> Any:
    at_level = and_(_S.request_id == _R.id, _S.level == _R.level, _S.approver_id == actor.id)
    return and_(_R.state == PENDING, exists().where(at_level))


@cached_per_actor
def waiting_requests(actor: Actor) -> Select[ApprovalRequest]:
    """Select the requests that wait for the actor's decision (APP-6)."""
    return scoped(select(ApprovalRequest).where(_waits_for(actor)))


@cached_per_actor
def own_requests(actor: Actor) -> Select[ApprovalRequest]:
    """Select the requests that the actor made (APP-6)."""
    return scoped(select(ApprovalRequest).where(_R.requester_id == actor.id))


@cached_per_actor
def decided_requests(actor: Actor) -> Select[ApprovalRequest]:
    """Select the requests on which the actor decided (APP-6)."""
    mine = and_(_S.request_id == _R.id, _S.approver_id == actor.id, _S.decision.is_not(None))
    return scoped(select(ApprovalRequest).where(exists().where(mine)))


def count_waiting(actor: Actor) -> Any:
    """Count the requests that wait for the actor."""
    return select(func.count()).select_from(ApprovalRequest).where(_waits_for(actor)).scalar_subquery()


def get_request(pk: int, *, actor: Actor, lock: bool = False) -> ApprovalRequest:
    """Return a request that the actor may see, with its steps; locked for a decision if asked.

    :raises NotFound: when it does not exist, or is out of reach.
    """
    statement = visible_requests(actor).where(_R.id == pk).options(*WITH_PEOPLE)
    return get_one(statement, lock=lock, of=(ApprovalRequest,))


def requests_of(customer: Customer, actor: Actor) -> Select[ApprovalRequest]:
    """Select the requests about one customer: all for who opens it in full, else their own."""
    found = scoped(select(ApprovalRequest).where(_R.customer_id == customer.id)).options(*WITH_PEOPLE)
    return found if sees_history(customer, actor) else found.where(_R.requester_id == actor.id)


def facts_of_requests(requests: Sequence[ApprovalRequest], _actor: Actor) -> Mapping[int, ApprovalFacts]:
    """Return what the rules need about these requests; their steps are loaded with them."""
    return {one.id: facts_for(one) for one in requests}


def facts_for(request: ApprovalRequest) -> ApprovalFacts:
    """Return what the rules need about one request."""
    present = {step.approver_id for step in request.steps if step.level == request.level}
    decided = {step.approver_id for step in request.steps if step.decision is not None}
    return ApprovalFacts(frozenset(present - decided), frozenset(decided))


def approvers_of(
    level: str, requester: Staff | None, company_id: int, *, but: Collection[int]
) -> frozenset[int]:
    """Return who may decide at a level (APP-5): the nearest superior who could approve, or the active people
    of a role in the company; where there is nobody but those excluded, other administrators.

    :param but: the requester, and who decided before where each level needs another person.
    """
    found: set[int] = set()
    if level == SUPERIOR:
        found = _superior_of(requester, but)
    elif level.startswith(ROLE):
        found = _people_with(level.removeprefix(ROLE), company_id) - {*but}
    return frozenset(found or _people_with(ADMIN, None) - {*but})


def _superior_of(requester: Staff | None, but: Collection[int]) -> set[int]:
    """Return the nearest superior above the requester who is not excluded."""
    if requester is None:
        return set()
    superior = manager_of(requester.department, but=requester.id, may=APPROVING)
    return set() if superior is None or superior.id in but else {superior.id}


def _people_with(role: str, company_id: int | None) -> set[int]:
    """Return the active accounts with a role, of one company's staff or of all."""
    found = (
        select(Account.id)
        .join(assoc_user_role, assoc_user_role.c.user_id == Account.id)
        .join(Role, Role.id == assoc_user_role.c.role_id)
        .where(Role.name == role, Account.active.is_(True))
    )
    if company_id is not None:
        found = found.join(Staff, Staff.id == Account.id)
        found = found.where(Staff.company_id == company_id, Staff.status == "active")
    return set(db.session.scalars(found))


def open_requests(ids: Collection[int]) -> Sequence[ApprovalRequest]:
    """Return the open requests about customers, with their steps, whoever may see them (APP-8, POOL-19)."""
    found = select(ApprovalRequest).where(id_in(_R.customer_id, [*ids]), _R.state == PENDING)
    with unscoped("an open request keeps its customer, whoever may see it (APP-8, POOL-19)"):
        return db.session.scalars(found.options(*WITH_PEOPLE).order_by(_R.id)).unique().all()
