"""Queries of broker companies: always scoped to the actor (CH-2)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import Select, exists, false, or_, select

from app.channel.companies.models import BrokerCompany
from app.channel.shared.permissions import BrokerCompanyPermission
from app.kernel.access.guard import scoped
from app.kernel.database.records import get_one
from app.kernel.database.session import db

if TYPE_CHECKING:
    from collections.abc import Sequence

    from app.kernel.access.actor import Actor


def visible_companies(actor: Actor) -> Select[BrokerCompany]:
    """CH-2: the office sees all companies; others see those in use."""
    if actor.opens_all or actor.may(BrokerCompanyPermission.READ):
        return select(BrokerCompany)
    return offered_companies()


def offered_companies() -> Select[BrokerCompany]:
    """Select the companies that people who register may choose (CH-3)."""
    return select(BrokerCompany).where(BrokerCompany.active.is_(True))


def get_company(pk: int, *, actor: Actor, lock: bool = False) -> BrokerCompany:
    """Return a broker company that the actor can open.

    :raises NotFound: when there is none.
    """
    statement = visible_companies(actor).where(BrokerCompany.id == pk)
    return get_one(statement, lock=lock)


_users: list[Any] = []


def register_company_user(column: Any) -> None:
    """Register a column of another subject's table with ids of broker companies, which are then in use."""
    if column not in set(_users):
        _users.append(column)


def companies_in_use(pks: Sequence[int]) -> set[int]:
    """Return the companies that have or had brokers or referrals: they are disabled, never deleted."""
    row = BrokerCompany.id
    used = or_(false(), *(exists().where(column == row) for column in _users))
    return set(db.session.scalars(scoped(select(row).where(row.in_(pks), used))))
