"""The base of channel sales' demo data, made with the real services (PLAT-16): the project with its plots,
pictures and staff, the broker companies, brokers and visitors.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from app.channel.brokers.registration import register_broker
from app.channel.brokers.services import edit_broker, review_broker
from app.channel.companies import services as companies
from app.channel.projects import services as projects
from app.channel.visitors import services as visitors
from app.kernel import clock
from app.kernel.access.actor import SYSTEM
from app.kernel.database.session import db
from app.org.roles import names as role_names
from app.org.shared.models import Account
from demo.channel_names import (
    BROKER_COMPANIES,
    BROKERS,
    CONSENT,
    CONSULTANTS,
    NAMED_BROKERS,
    ON_SITES,
    PLACES,
    PLOTS,
    PROJECT,
    PROJECT_VALUES,
    REJECTION,
    VISITORS,
    invented_people,
)
from demo.names import all_people
from demo.pictures import building

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from app.channel.brokers.models import Broker
    from app.channel.companies.models import BrokerCompany
    from app.channel.projects.models import Project
    from app.channel.visitors.models import Visitor
    from app.kernel.access.actor import Actor
    from app.org.shared.models import Staff

_OPENED = timedelta(days=300)
_WAITING, _REJECTED = 10, 11  # positions among the brokers
_KNOWN_VISITOR = 3  # a broker's customer who comes as a walk-in visitor (CH-15)


@dataclass(frozen=True)
class ChannelPeople:
    """The people and places of the referrals. ``customer`` is the visitor who is a broker's customer."""

    project: Project
    brokers: list[Broker]
    visitors: list[Visitor]
    customer: Visitor


def prepare(staff: Mapping[str, Staff], actors: Mapping[str, Actor]) -> ChannelPeople:
    """Create everything but the referrals."""
    opened = clock.start_of_day(clock.today() - _OPENED) + timedelta(hours=9, minutes=30)
    admin = actors["admin"]
    with clock.frozen(opened):
        project = _project(staff, admin)
        offices = [
            companies.create_company(
                name=name, contact=contact, phone=f"028-8700{1000 + n}", address=address, actor=admin
            )
            for n, (name, contact, address) in enumerate(BROKER_COMPANIES)
        ]
    made = _brokers(offices, opened, actors["director"])
    visitors = _visitors()
    return ChannelPeople(project, made, visitors, visitors[_KNOWN_VISITOR])


def _project(staff: Mapping[str, Staff], actor: Actor) -> Project:
    values: dict[str, Any] = dict(PROJECT_VALUES)
    for name in ("longitude", "latitude"):
        values[name] = Decimal(values[name])
    company_id = staff["director"].company_id
    project = projects.create_project(company_id=company_id, name=PROJECT, actor=actor, **values)
    pictures = [building(name, n) for n, name in enumerate(PLACES)]
    projects.add_pictures(project, pictures=pictures, actor=actor)
    for place, (number, tags, introduction) in enumerate(PLOTS):
        plot = projects.create_plot(
            project.id,
            number=number,
            tags=tags,
            introduction=introduction,
            position=place,
            actor=actor,
        )
        picture = building(number, place + len(PLACES))
        projects.add_pictures(plot, pictures=[picture], actor=actor)
    for duty, people in (("onsite", ON_SITES), ("consultant", CONSULTANTS)):
        chosen = [staff[username].id for username in people]
        projects.assign_members(project.id, duty=duty, staff_ids=chosen, actor=actor)
    return project


def _brokers(offices: list[BrokerCompany], opened: datetime, director: Actor) -> list[Broker]:
    """Create a company on-site in every company, one more who waits for review, and a rejected one."""
    named = {person.username: person for person in all_people() if person.username in NAMED_BROKERS}
    taken = {person.name for person in all_people()}
    names = iter(invented_people(BROKERS, step=13, taken=taken))
    made: list[Broker] = []
    usernames = [*NAMED_BROKERS]
    now = clock.now()
    for place in range(BROKERS):
        username = usernames[place] if place < len(usernames) else ""
        company = NAMED_BROKERS.get(username, (place - 2 if place < _WAITING else place) % len(offices))
        onsite = username == "brokersite1" or 3 <= place <= _REJECTED
        moment = (
            now - timedelta(days=2)
            if place == _WAITING
            else opened + timedelta(days=1 + place // 8, hours=place % 8)
        )
        with clock.frozen(moment):
            broker = register_broker(
                phone=f"1{(39, 58, 77)[place % 3]}0028{place * 37 % 10000:04d}",
                name=named[username].name if username else next(names),
                company_id=offices[company].id,
                kind="company_onsite" if onsite else "broker",
                consent_version=CONSENT,
                actor=SYSTEM,
            )
        rename(broker.id, username or f"broker{place + 1}")
        if onsite and place != _WAITING:
            _review(broker, moment + timedelta(hours=1), approve=place != _REJECTED, actor=director)
        made.append(broker)
    _change_profiles(made, opened + timedelta(days=20), director)
    return made


def _review(broker: Broker, moment: datetime, *, approve: bool, actor: Actor) -> None:
    with clock.frozen(moment):
        reason = "" if approve else REJECTION
        review_broker(broker.id, approve=approve, reason=reason, actor=actor)


def _change_profiles(made: list[Broker], moment: datetime, director: Actor) -> None:
    """Change the phone or company of a few brokers (CH-5)."""
    with clock.frozen(moment):
        for place in (20, 41):
            edit_broker(made[place].id, phone=f"1880028{place:04d}", actor=director)
        edit_broker(made[33].id, company_id=made[34].broker_company_id, actor=director)


def _visitors() -> list[Visitor]:
    """Create walk-in visitors of the last three months; the first has a name that is easy to type."""
    visitor1 = next(person for person in all_people() if person.role == role_names.VISITOR)
    taken = {person.name for person in all_people()}
    names = [visitor1.name, *invented_people(VISITORS - 1, step=23, taken=taken)]
    now = clock.now().replace(microsecond=0)
    made = []
    for place, name in enumerate(names):
        with clock.frozen(now - timedelta(days=92 - place * 2.2, minutes=7 * place)):
            visitor = visitors.register_visitor(
                phone=f"136{place * 53 % 10000:04d}{(place * 311 + 1000) % 10000:04d}",
                name=name,
                consent_version=CONSENT,
                actor=SYSTEM,
            )
        made.append(visitor)
        rename(visitor.id, f"visitor{place + 1}" if place else visitor1.username)
    return made


def rename(pk: int, username: str) -> None:
    """Give an account registered by phone, whose user name is random, one that every packing has."""
    db.session.get_one(Account, pk).username = username
    db.session.flush()
