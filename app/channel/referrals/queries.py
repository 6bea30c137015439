"""Queries of referrals: always scoped to the actor, marked for the guard (CH-7 … CH-12, CH-17, CH-24)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import Select, and_, func, or_, select
from sqlalchemy.orm import joinedload

from app.channel.brokers.queries import approved_company
from app.channel.referrals.models import Referral
from app.channel.shared.permissions import ReferralPermission, TourPermission
from app.channel.shared.queries import records_of_company
from app.kernel import clock
from app.kernel.access.guard import scoped
from app.kernel.database.records import get_one
from app.kernel.database.session import db
from app.kernel.lists.counts import counts_up_to
from app.kernel.lists.grounds import AccessGround
from app.org.roles import names as role_names

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import datetime

    from sqlalchemy import ColumnElement

    from app.kernel.access.actor import Actor


_R = Referral.__table__.c

REFERRAL_PEOPLE = (
    joinedload(Referral.broker),
    joinedload(Referral.broker_company),
    joinedload(Referral.project),
    joinedload(Referral.consultant),
    joinedload(Referral.assigned_consultant),
)
TABS = ("all", "entered", "reported", "bound", "expired", "closed")


_further_grounds: list[Callable[[Actor], list[AccessGround]]] = []


def register_access_grounds(grounds: Callable[[Actor], list[AccessGround]]) -> None:
    """Register further grounds for opening referrals, as scans do for on-site staff (ACC-8)."""
    if grounds not in _further_grounds:
        _further_grounds.append(grounds)


def _referral_grounds(actor: Actor) -> list[AccessGround]:
    """ACC-8: a broker's own; those that company on-sites entered for their company's brokers; those that
    on-site staff scanned; those that the latest scan assigned to a consultant.
    """
    grounds = []
    if role_names.BROKER in actor.roles:
        grounds.append(AccessGround(None, _R.broker_id, (actor.id,)))
    elif role_names.BROKER_ON_SITE in actor.roles:
        company = approved_company(actor)
        mine = company.is_not(None)
        theirs = and_(_R.broker_company_id == company, _R.entered_by_id != _R.broker_id)
        grounds += [
            AccessGround(mine, _R.broker_id, (actor.id,)),
            AccessGround(theirs, _R.entered_by_id, (actor.id,)),
        ]
    grounds += [ground for more in _further_grounds for ground in more(actor)]
    if actor.may(TourPermission.CREATE):
        grounds.append(AccessGround(None, _R.assigned_consultant_id, (actor.id,)))
    return grounds


def visible_referrals(actor: Actor) -> Select[Referral]:
    """Select all referrals that the actor can open (ACC-7, ACC-8)."""
    found = scoped(select(Referral))
    statement: Select[Referral] = records_of_company(
        found, _R.company_id, actor, ReferralPermission.READ, _referral_grounds(actor)
    )
    return statement


def in_state(state: str, moment: datetime) -> ColumnElement[bool]:
    """Return a condition for the state at a moment that can use the index on the state."""
    if state == "bound":
        return and_(_R.state == "bound", _R.expires_at > moment)
    if state == "expired":
        return or_(_R.state == "expired", and_(_R.state == "bound", _R.expires_at <= moment))
    same: ColumnElement[bool] = _R.state == state
    return same


def referrals_in(actor: Actor, tab: str) -> Select[Referral]:
    """Select one tab of the list of referrals (CH-10)."""
    found = visible_referrals(actor)
    return found if tab == "all" else found.where(in_state(tab, clock.now()))


def count_tabs(actor: Actor) -> dict[str, int]:
    """Count the referrals of each tab in one statement, no further than lists count (CH-10)."""
    return counts_up_to({tab: referrals_in(actor, tab) for tab in TABS})


def get_referral(pk: int, *, actor: Actor, lock: bool = False) -> Referral:
    """Return a referral that the actor can open, with its people; locked for a change if asked.

    :raises NotFound: when it does not exist, or is out of reach.
    """
    statement = visible_referrals(actor).where(Referral.id == pk).options(*REFERRAL_PEOPLE)
    return get_one(statement, lock=lock)


def count_bound(staff_ids: Sequence[int]) -> dict[int, int]:
    """Count the bound referrals that are assigned to each consultant, in one statement (CH-20)."""
    rows = scoped(
        select(_R.assigned_consultant_id, func.count())
        .where(_R.assigned_consultant_id.in_(staff_ids), in_state("bound", clock.now()))
        .group_by(_R.assigned_consultant_id)
    )
    found: dict[int, int] = dict(db.session.execute(rows).all())
    return {pk: found.get(pk, 0) for pk in staff_ids}
