"""What happens in the demo data: for each customer who brings it in, when, and what comes after.

Nothing is written here.  The same seed gives the same plans; only the days move with the clock.
"""

from __future__ import annotations

import random
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from app.kernel import clock
from app.kernel.fields.phones import canonical_phone
from demo.names import CONTENTS, DISTRICTS, FIRM_NAME, FIRMS, GIVEN, NEEDS, PURPOSES, SURNAMES
from app.org.roles import names as grants

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from demo.names import Person

SEED = 20260101
HISTORY_DAYS = 240
_METHODS = ("phone", "phone", "wechat", "visit", "viewing")
_SOURCES = ("walk_in", "referral", "online", "online", "phone_call", "event")


@dataclass(frozen=True)
class Contact:
    """A follow-up to be."""

    moment: datetime
    content: str
    method: str
    next_contact_at: datetime | None


@dataclass(frozen=True)
class Plan:
    """One customer's life.  People are named by user name, districts by name.

    ``values`` are arguments of ``create_customer``; ``worker`` owns or handles; ``later`` is the state that
    an operation of the pool would leave: ``private``, ``off_shelf``, or nothing.
    """

    moment: datetime
    creator: str
    worker: str
    values: dict[str, Any]
    districts: tuple[str, ...] = ()
    contacts: tuple[Contact, ...] = ()
    deal: tuple[datetime, str] | None = None
    reveal: tuple[datetime, str] | None = None
    later: str = ""
    push: tuple[str, str] | None = None


def make_plans(people: Sequence[Person], count: int, *, seed: int = SEED) -> Iterator[Plan]:
    """Plans in the order of their beginnings."""
    rnd = random.Random(seed)
    workers = [person for person in people if person.role in {grants.AGENT, grants.SALES}]
    managers = {person.department: person.username for person in people if person.manages}
    now = clock.now().replace(microsecond=0)
    spans = sorted(HISTORY_DAYS * rnd.random() ** 1.6 + rnd.random() / 24 for _ in range(count))
    for number, days in enumerate(reversed(spans)):
        person = workers[(number * 7 + rnd.randrange(5)) % len(workers)]
        yield _plan(rnd, number, person, managers, workers, now - timedelta(days=days), now)


def _plan(
    rnd: random.Random,
    number: int,
    person: Person,
    managers: dict[str, str],
    workers: Sequence[Person],
    moment: datetime,
    now: datetime,
) -> Plan:
    enterprise = person.role == grants.SALES or rnd.random() < 0.08
    platform = person.role == grants.AGENT and rnd.random() < 0.4
    by_manager = platform and rnd.random() < 0.25 and person.department in managers
    contacts = tuple(_contacts(rnd, moment, now))
    values: dict[str, Any] = {
        "pool": "platform" if platform else "personal",
        "kind": "enterprise" if enterprise else "individual",
        "name": FIRM_NAME.format(rnd.choice(FIRMS), number) if enterprise else _name(rnd),
        "phone": _phone(rnd, number),
        "source": rnd.choice(_SOURCES),
        "level": rnd.choice([None, "important", "normal", "prospective"]),
        "viewing_booked": platform and now - moment < timedelta(hours=20) and rnd.random() < 0.5,
    }
    values |= _business(rnd) if enterprise else {"demand": _demand(rnd)}
    plan: dict[str, Any] = {
        "moment": moment,
        "creator": managers[person.department] if by_manager else person.username,
        "worker": person.username,
        "values": values,
        "districts": () if enterprise else _districts(rnd, person),
        "contacts": contacts,
    }
    if contacts:
        plan |= _afterwards(rnd, person, workers, contacts[-1].moment, now, platform=platform)
    return Plan(**plan)


def _contacts(rnd: random.Random, moment: datetime, now: datetime) -> Iterator[Contact]:
    """Follow-ups, days apart; the last one's next contact lies ahead, or is overdue since a few days."""
    at = moment
    for _ in range(rnd.choice([0, 1, 1, 2, 2, 3])):
        at += timedelta(days=rnd.uniform(0.2, 12), seconds=rnd.randrange(3600))
        at = at.replace(microsecond=0)
        if at >= now:
            return
        ahead = at + timedelta(days=rnd.choice([2, 5, 9, 30])) if rnd.random() < 0.6 else None
        if ahead is not None and ahead < now - timedelta(days=3):
            ahead = None
        yield Contact(at, rnd.choice(CONTENTS), rnd.choice(_METHODS), ahead)


def _afterwards(
    rnd: random.Random,
    person: Person,
    workers: Sequence[Person],
    last: datetime,
    now: datetime,
    *,
    platform: bool,
) -> dict[str, Any]:
    """What became of a customer that somebody has worked on."""
    found: dict[str, Any] = {}
    soon = last + (now - last) * 0.3
    status = rnd.choice(["potential", "potential", "intent", "intent", "won", "lost"])
    if status != "potential" and not platform:
        found["deal"] = (soon, status)
    if rnd.random() < 0.12 and not platform:
        found["reveal"] = (last + (now - last) * 0.6, rnd.choice(PURPOSES))
    if rnd.random() < 0.12 or status == "lost":
        found["later"] = "off_shelf"
    elif platform and rnd.random() < 0.35:
        found["later"] = "private"
    if not found.get("later") and rnd.random() < 0.03:
        others = [one for one in workers if one.role == person.role and one.department != person.department]
        found["push"] = (rnd.choice(others).username, rnd.choice(["accepted", "accepted", "rejected"]))
    return found


def _business(rnd: random.Random) -> dict[str, Any]:
    return {
        "annual_revenue": rnd.choice([None, 80_000, 180_000, 620_000, 1_500_000, 4_200_000]),
        "cooperation_years": rnd.choice([None, 1, 2, 4, 6]),
        "industry": rnd.choice(["retail", "catering", "manufacturing", "technology"]),
    }


def _demand(rnd: random.Random) -> dict[str, Any]:
    buy = rnd.random() < 0.7
    low = rnd.randint(60, 400) * 10_000 if buy else rnd.randint(15, 80) * 100
    area = rnd.randint(5, 14) * 10
    rooms = rnd.randint(1, 4)
    return {
        "kind": "buy" if buy else "rent",
        "price_min": low,
        "price_max": low * 5 // 4,
        "area_min": area,
        "area_max": area + 30,
        "rooms_min": rooms,
        "rooms_max": rooms + 1,
        "needs": rnd.choice(NEEDS) or None,
    }


def _districts(rnd: random.Random, person: Person) -> tuple[str, ...]:
    everywhere = [name for _code, name, parent in DISTRICTS if parent]
    near = [*person.districts] or everywhere
    return tuple(rnd.sample(near if rnd.random() < 0.7 else everywhere, 1))


def _name(rnd: random.Random) -> str:
    return rnd.choice(SURNAMES) + "".join(rnd.choice(GIVEN) for _ in range(rnd.choice([1, 2, 2])))


def _phone(rnd: random.Random, number: int) -> str:
    """A number that is valid in form; the middle digits are the row's number, so that each differs."""
    head = rnd.choice(["138", "139", "150", "186", "177"])
    return canonical_phone(f"{head}{number:04d}{rnd.randint(0, 9999):04d}")
