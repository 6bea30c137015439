"""A believable data set: three companies, sixty members of staff, 3,000 customers and 5,000 referrals of
channel sales with their histories.

Deterministic: the same names, numbers and states whenever it is loaded; only the days move with the clock.
All people, companies and numbers are invented.
"""

from __future__ import annotations

import gc
from contextlib import contextmanager
from datetime import timedelta
from typing import TYPE_CHECKING

from flask import current_app
from sqlalchemy import update

from app.kernel import clock
from app.kernel.access.actor import SYSTEM
from app.kernel.database.session import db
from app.kernel.database.transactions import transactional
from app.notices.models import Notification
from app.operate.demo_channel import load_channel
from demo.names import DISTRICTS, TREE, Person, everybody
from demo.customer_plans import make_plans
from app.operate.demo_writing import DemoWriter
from app.org.accounts.passwords import hash_password
from app.org.accounts.services import create_account
from app.org.departments.services import create_company, create_department, name_manager
from app.org.roles import names as grants
from app.org.sessions.actors import actor_by_username
from app.org.shared.models import Account, Department, District, Staff
from app.org.staff.services import create_staff

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from app.org.shared.models import Company

CUSTOMERS = 3000
REFERRALS = 5000
_FROM_OUTSIDE = {grants.BROKER, grants.BROKER_ON_SITE, grants.VISITOR}  # they register by themselves


@transactional
def load_demo(customers: int = CUSTOMERS, referrals: int = REFERRALS) -> str:
    """Fill an empty, initialised database, wholly or not at all.  Answers a summary."""
    people = everybody()
    districts = _districts()
    password: str = current_app.config["KEPAN"].demo_password
    with _cheap_hashes(), _no_collection():
        staff = _organisation(people, districts, password)
        actors = {username: actor_by_username(username) for username in staff}
        made = DemoWriter(actors, staff, districts).write(make_plans(people, customers))
        brought = load_channel(staff, actors, referrals)
    db.session.execute(update(Account).values(password=hash_password(password)))
    _read_old_messages()
    return f"demo data loaded: {len(people)} accounts, {made} customers, {brought} referrals"


def _organisation(
    people: Sequence[Person], districts: dict[str, District], password: str
) -> dict[str, Staff]:
    """Companies, departments, staff and accounts; answers the staff by user name."""
    departments: dict[str, Department] = {}
    for company_name, nodes in TREE.items():
        company: Company = create_company(name=company_name, actor=SYSTEM)
        for name, parent, places in nodes:
            departments[name] = create_department(
                company=company,
                name=name,
                parent=departments.get(parent),
                districts=[districts[place] for place in places],
                actor=SYSTEM,
            )
    staff = {
        person.username: _person(person, departments, districts, password)
        for person in people
        if person.role not in _FROM_OUTSIDE
    }
    for person in people:
        if person.manages:
            name_manager(departments[person.manages], staff[person.username], actor=SYSTEM)
    return staff


def _districts() -> dict[str, District]:
    found: dict[str, District] = {}
    for code, name, parent in DISTRICTS:
        found[name] = District(code=code, name=name, parent_id=found[parent].id if parent else None)
        db.session.add(found[name])
        db.session.flush()
    return found


def _person(
    person: Person, departments: dict[str, Department], districts: dict[str, District], password: str
) -> Staff:
    user = create_account(
        username=person.username, name=person.name, password=password, roles=[person.role], actor=SYSTEM
    )
    return create_staff(
        user=user,
        department=departments[person.department],
        phone=f"028-8600{user.id:04d}",
        districts=[districts[name] for name in person.districts],
        actor=SYSTEM,
    )


@contextmanager
def _cheap_hashes() -> Iterator[None]:
    """A real hash is slow on purpose; the accounts share one that is made afterwards."""
    config = current_app.config
    method, config["FAB_PASSWORD_HASH_METHOD"] = config["FAB_PASSWORD_HASH_METHOD"], "pbkdf2:sha256:1"
    try:
        yield
    finally:
        config["FAB_PASSWORD_HASH_METHOD"] = method


@contextmanager
def _no_collection() -> Iterator[None]:
    """All that is made here stays until the end; looking for garbage in it costs a third of the time."""
    collecting = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if collecting:
            gc.enable()


def _read_old_messages() -> None:
    """People have read what they were told more than two days ago."""
    old = Notification.created_at < clock.now() - timedelta(days=2)
    db.session.execute(update(Notification).where(old).values(read_at=Notification.created_at))
