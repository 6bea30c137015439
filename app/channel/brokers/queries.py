"""Queries of brokers: always scoped to the actor, marked for the guard (CH-2 … CH-6)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import Select, func, literal, or_, select
from sqlalchemy.orm import joinedload

from app.channel.brokers.models import Broker
from app.channel.brokers.policies import NO_WORK_PROFILE, WorkProfile
from app.channel.projects.models import ProjectMember
from app.channel.shared.permissions import BrokerPermission
from app.channel.visitors.models import Visitor
from app.kernel.access.guard import scoped
from app.kernel.database.records import get_one
from app.kernel.database.session import db
from app.kernel.fields.phones import canonical_phone, phone_index
from app.org.roles import names as role_names

if TYPE_CHECKING:
    from collections.abc import Sequence

    from app.kernel.access.actor import Actor


_B = Broker.__table__.c
_MEMBER = ProjectMember.__table__.c


def get_work_profile(actor: Actor) -> WorkProfile:
    """Return the facts that the policies need about the actor: one statement, none for the rest of the
    office.
    """
    if actor.roles & {role_names.BROKER, role_names.BROKER_ON_SITE}:
        return WorkProfile(broker=get_broker_of(actor))
    if actor.department_id is None:
        return NO_WORK_PROFILE
    rows = db.session.execute(
        select(_MEMBER.duty, _MEMBER.project_id).where(_MEMBER.staff_id == actor.id)
    ).all()
    return WorkProfile(
        onsite_at=frozenset(pk for duty, pk in rows if duty == "onsite"),
        consults_at=frozenset(pk for duty, pk in rows if duty == "consultant"),
    )


def get_broker_of(actor: Actor) -> Broker | None:
    """Return the actor's own profile as a broker."""
    statement = select(Broker).where(Broker.id == actor.id).options(joinedload(Broker.broker_company))
    return db.session.scalars(statement).one_or_none()


def company_of(actor: Actor) -> int | None:
    """Return the id of the actor's own broker company."""
    broker = get_broker_of(actor)
    return broker.broker_company_id if broker else None


def approved_company(actor: Actor) -> Any:
    """Return the broker company of an actor who may work there now."""
    own = select(_B.broker_company_id).where(_B.id == actor.id, _B.review_state == "approved")
    return own.scalar_subquery()


def visible_brokers(actor: Actor) -> Select[Broker]:
    """CH-5, CH-9: brokers see themselves; company on-sites the brokers of their company; the office all."""
    if actor.opens_all or actor.may(BrokerPermission.READ):
        return select(Broker)
    if role_names.BROKER_ON_SITE in actor.roles:
        company = approved_company(actor)
        return select(Broker).where(or_(Broker.id == actor.id, Broker.broker_company_id == company))
    return select(Broker).where(Broker.id == actor.id)


def get_broker(pk: int, *, actor: Actor, lock: bool = False) -> Broker:
    """Return a broker that the actor can open."""
    statement = visible_brokers(actor).where(Broker.id == pk).options(joinedload(Broker.broker_company))
    return get_one(statement, lock=lock)


def find_account_of_phone(phone: str) -> int | None:
    """Find the account that a proved number signs in to: a broker's, else a visitor's (CH-3)."""
    try:
        number = canonical_phone(phone)
    except ValueError:
        return None
    broker = db.session.scalar(select(Broker.id).where(Broker.phone == number))
    if broker is not None:
        return broker
    return db.session.scalar(
        scoped(select(Visitor.id).where(Visitor.__table__.c.phone_index == phone_index(number)))
    )


def count_waiting_brokers(actor: Actor) -> Any:
    """Count the company on-sites that wait for review (CH-4)."""
    if not actor.may(BrokerPermission.REVIEW):
        return literal(0)
    waiting = select(func.count()).select_from(Broker.__table__).where(_B.review_state == "pending")
    return waiting.scalar_subquery()


def find_phone_of_account(account_id: int) -> str:
    """Find the number that an account signs in with: it proves the person before a change of their sign-in,
    and receives messages about it (ACC-18).
    """
    broker = db.session.scalar(select(Broker.phone).where(Broker.id == account_id))
    if broker is not None:
        return broker
    visitor = db.session.scalars(scoped(select(Visitor).where(Visitor.id == account_id))).one_or_none()
    return visitor.phone.reveal() if visitor is not None and visitor.phone.cipher else ""


def count_brokers(pks: Sequence[int]) -> dict[int, int]:
    """Count the brokers of each company, in one statement."""
    column = Broker.broker_company_id
    rows = db.session.execute(select(column, func.count()).where(column.in_(pks)).group_by(column))
    found: dict[int, int] = dict(rows.all())
    return {pk: found.get(pk, 0) for pk in pks}
