"""A believable data set: three companies, their people, 300 customers with follow-ups.

Deterministic: the same names, numbers and states whenever it is loaded; only the days move with the clock.
All people, companies and numbers are invented.
"""

from __future__ import annotations

import random
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from flask import current_app
from sqlalchemy import update

from app.customers.intake import create_customer
from app.customers.models import Customer
from app.customers.services import follow_up
from app.kernel import clock, grants
from app.kernel.actor import SYSTEM, Actor
from app.kernel.db import db
from app.kernel.errors import Denied
from app.kernel.guard import unscoped
from app.kernel.phones import canonical_phone
from app.kernel.transactions import transactional
from app.operate.demo_names import CONTENTS, DISTRICTS, FIRMS, GIVEN, NEEDS, PEOPLE, SURNAMES, TREE, Person
from app.org import services as org
from app.org.actors import actor_by_username
from app.org.models import Department, District, Staff

if TYPE_CHECKING:
    from app.org.models import Company

CUSTOMERS = 300
SEED = 20260101
HISTORY_DAYS = 180


def load_demo() -> str:
    """Fill an empty, initialised database.  Answers a summary."""
    password = current_app.config["KEPAN"].demo_password
    _organisation(password)
    made = _customers(random.Random(SEED))
    return f"demo data loaded: {len(PEOPLE)} accounts, {made} customers"


@transactional
def _organisation(password: str) -> None:
    """Companies, departments, districts, staff and accounts."""
    districts = _districts()
    departments: dict[str, Department] = {}
    for company_name, nodes in TREE.items():
        company: Company = org.create_company(name=company_name, actor=SYSTEM)
        for name, parent, places in nodes:
            departments[name] = org.create_department(
                company=company,
                name=name,
                parent=departments.get(parent),
                districts=[districts[place] for place in places],
                actor=SYSTEM,
            )
    staff = {person.username: _person(person, departments, districts, password) for person in PEOPLE}
    for person in PEOPLE:
        manager = staff[person.username]
        if person.manages and manager is not None:
            org.name_manager(departments[person.manages], manager, actor=SYSTEM)


def _districts() -> dict[str, District]:
    found: dict[str, District] = {}
    for code, name, parent in DISTRICTS:
        found[name] = District(code=code, name=name, parent_id=found[parent].id if parent else None)
        db.session.add(found[name])
        db.session.flush()
    return found


def _person(
    person: Person, departments: dict[str, Department], districts: dict[str, District], password: str
) -> Staff | None:
    user = org.create_account(
        username=person.username, name=person.name, password=password, roles=[person.role], actor=SYSTEM
    )
    if not person.department:
        return None
    return org.create_staff(
        user=user,
        department=departments[person.department],
        phone=f"028-8600{user.id:04d}",
        districts=[districts[name] for name in person.districts],
        actor=SYSTEM,
    )


def _customers(rnd: random.Random) -> int:
    workers = [p for p in PEOPLE if p.role in {grants.AGENT, grants.SALES, grants.STORE_MANAGER}]
    actors = {p.username: actor_by_username(p.username) for p in workers}
    owners = [p for p in workers if p.role != grants.STORE_MANAGER]
    now = clock.now()
    moments = sorted(
        now - timedelta(days=HISTORY_DAYS * rnd.random() ** 1.5, hours=rnd.random()) for _ in range(CUSTOMERS)
    )
    made = 0
    for number, moment in enumerate(moments):
        person = rnd.choice(owners)
        with clock.frozen(moment):
            made += _customer(rnd, number, person, actors[person.username], now)
    return made


@transactional
def _customer(rnd: random.Random, number: int, person: Person, actor: Actor, now: datetime) -> int:
    """One customer with its history, as its people would have entered it."""
    enterprise = person.role == grants.SALES or rnd.random() < 0.08
    platform = person.role == grants.AGENT and rnd.random() < 0.4
    name = f"{rnd.choice(FIRMS)}{number:03d}号商贸有限公司" if enterprise else _name(rnd)
    values: dict[str, Any] = {
        "pool": "platform" if platform else "personal",
        "kind": "enterprise" if enterprise else "individual",
        "name": name,
        "phone": _phone(rnd, number),
        "source": rnd.choice(["walk_in", "referral", "online", "phone_call", "event"]),
        "level": rnd.choice([None, "important", "normal", "prospective"]),
        "handler_id": actor.id if platform else None,
        "viewing_booked": False,
    }
    if enterprise:
        values |= {
            "annual_revenue": rnd.choice([None, 80_000, 180_000, 620_000, 1_500_000]),
            "cooperation_years": rnd.choice([None, 1, 2, 4, 6]),
            "industry": rnd.choice(["retail", "catering", "manufacturing", "technology"]),
        }
    else:
        values["demand"] = _demand(rnd, person)
    try:
        customer = create_customer(**values, actor=actor)
    except Denied:
        return 0
    _history(rnd, customer, actor, now)
    return 1


def _demand(rnd: random.Random, person: Person) -> dict[str, Any]:
    buy = rnd.random() < 0.7
    low = rnd.randint(60, 400) * 10_000 if buy else rnd.randint(15, 80) * 100
    area = rnd.randint(5, 14) * 10
    rooms = rnd.randint(1, 4)
    names = [name for _, name, _ in DISTRICTS[1:]]
    near = [*person.districts] or names
    wanted = rnd.sample(near if rnd.random() < 0.7 else names, 1)
    ids = [pk for pk, name in db.session.query(District.id, District.name) if name in wanted]
    return {
        "kind": "buy" if buy else "rent",
        "district_ids": ids,
        "price_min": low,
        "price_max": low * 5 // 4,
        "area_min": area,
        "area_max": area + 30,
        "rooms_min": rooms,
        "rooms_max": rooms + 1,
        "needs": rnd.choice(NEEDS),
    }


def _history(rnd: random.Random, customer: Customer, actor: Actor, now: datetime) -> None:
    moment = customer.created_at
    for _ in range(rnd.choice([0, 1, 1, 2, 3, 5])):
        moment += timedelta(days=rnd.uniform(0.5, 12))
        if moment >= now:
            break
        ahead = moment + timedelta(days=rnd.choice([2, 5, 9])) if rnd.random() < 0.6 else None
        with clock.frozen(moment):
            follow_up(
                customer.id,
                content=rnd.choice(CONTENTS),
                method=rnd.choice(["phone", "wechat", "visit", "viewing"]),
                next_contact_at=ahead,
                actor=actor,
            )
    status = rnd.choice(["potential", "potential", "intent", "won", "lost"])
    with unscoped("demo data: deal states as later work would have left them"):
        db.session.execute(update(Customer).where(Customer.id == customer.id).values(deal_status=status))


def _name(rnd: random.Random) -> str:
    return rnd.choice(SURNAMES) + "".join(rnd.choice(GIVEN) for _ in range(rnd.choice([1, 2, 2])))


def _phone(rnd: random.Random, number: int) -> str:
    """A number that is valid in form; the middle digits are the row's number, so that each differs."""
    head = rnd.choice(["138", "139", "150", "186", "177"])
    return canonical_phone(f"{head}{number:04d}{rnd.randint(0, 9999):04d}")
