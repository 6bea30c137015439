"""Queries of broker companies: always scoped to the actor (CH-2)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import Select, select

from app.channel.companies.models import BrokerCompany
from app.channel.shared.permissions import BrokerCompanyPermission
from app.kernel.database.records import get_one

if TYPE_CHECKING:
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
