"""Steps of the customers of the demo data: by which person, when, and what follows.

This module writes nothing. The same seed gives the same plans; only the days move with the clock.
"""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from app.kernel import clock
from app.kernel.fields.birthdays import Birthday
from app.kernel.fields.phones import canonical_phone
from app.org.roles import names as roles
from demo.names import (
    BANKS,
    CONTENTS,
    DISTRICTS,
    FIRM_NAME,
    FIRMS,
    GIVEN,
    NEEDS,
    PATH,
    POSITIONS,
    PURPOSES,
    RELATIVES,
    SURNAMES,
)

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from demo.names import Person

SEED = 20260101
HISTORY_DAYS = 240
_STILL_LATELY = timedelta(days=25)  # days in which a follow-up lets its writer unshelve the customer (POOL-7)
_METHODS = ("phone", "phone", "wechat", "visit", "viewing")
_UNSHELVED = ("no_need", "bought_elsewhere", "unreachable", "other")
_SOURCES = ("walk_in", "referral", "online", "online", "phone_call", "event")


@dataclass(frozen=True)
class Step:
    """One operation on a customer. ``who`` is a user name; ``values`` are arguments of the service."""

    moment: datetime
    verb: str
    key: int  # the customer's index in the plan
    who: str
    values: dict[str, Any] = field(default_factory=dict)


def make_steps(people: Sequence[Person], count: int, *, seed: int = SEED) -> list[Step]:
    """Return the steps of so many customers, in the order of time.

    People are named by user name, districts by name.
    """
    plan = _Plan(random.Random(seed), people)
    now = plan.now
    spans = sorted(HISTORY_DAYS * plan.rnd.random() ** 1.6 + plan.rnd.random() / 24 for _ in range(count))
    for number, days in enumerate(reversed(spans)):
        plan.life(number, (now - timedelta(days=days)).replace(microsecond=0))
    return sorted((step for step in plan.steps if step.moment < now), key=lambda step: step.moment)


class _Plan:
    def __init__(self, rnd: random.Random, people: Sequence[Person]) -> None:
        self.rnd = rnd
        self.now = clock.now().replace(microsecond=0)
        self.workers = [person for person in people if person.role in {roles.AGENT, roles.SALES}]
        self.managers = {person.department: person.username for person in people if person.manages}
        self.steps: list[Step] = []

    def life(self, number: int, moment: datetime) -> None:
        """Add the steps of one customer, from its creation on."""
        rnd = self.rnd
        person = self.workers[(number * 7 + rnd.randrange(5)) % len(self.workers)]
        enterprise = person.role == roles.SALES or rnd.random() < 0.08
        platform = person.role == roles.AGENT and rnd.random() < 0.4
        by_manager = platform and rnd.random() < 0.25 and person.department in self.managers
        values: dict[str, Any] = {
            "pool": "platform" if platform else "personal",
            "responsible": person.username,
            "kind": "enterprise" if enterprise else "individual",
            "name": FIRM_NAME.format(rnd.choice(FIRMS), number) if enterprise else _name(rnd),
            "phone": _phone(rnd, number),
            "source": rnd.choice(_SOURCES),
            "level": rnd.choice([None, "important", "normal", "prospective"]),
            "viewing_booked": platform and self.now - moment < timedelta(hours=20) and rnd.random() < 0.5,
        }
        values |= _business(rnd) if enterprise else {"demand": _demand(rnd, person)}
        creator = self.managers[person.department] if by_manager else person.username
        self._step(moment, "create", number, creator, **values)
        if not platform:
            self._belongings(number, person.username, moment + timedelta(minutes=4), enterprise=enterprise)
        last = self._contacts(number, person.username, moment)
        if last is not None:
            self._later(number, person, last, values)

    def _step(self, moment: datetime, verb: str, key: int, who: str, **values: Any) -> None:
        self.steps.append(Step(moment.replace(microsecond=0), verb, key, who, values))

    def _belongings(self, key: int, who: str, moment: datetime, *, enterprise: bool) -> None:
        """Add contacts, and of an enterprise an account, a path and a mark, by a chance of their own."""
        rnd = random.Random(f"{SEED}:{key}")
        if moment >= self.now or rnd.random() < (0.4 if enterprise else 0.8):
            return
        for place in range(rnd.choice([1, 1, 2]) if enterprise else 1):
            post = {"position": rnd.choice(POSITIONS), "email": f"contact{key}.{place}@example.com"}
            more = post if enterprise else {"remark": rnd.choice(RELATIVES)}
            birthday = rnd.choice([None, Birthday(rnd.randrange(1, 13) * 100 + rnd.randrange(1, 29))])
            self._step(
                moment, "contact", key, who, name=_name(rnd), mobile=_phone(rnd, (place + 1) * 3000 + key),
                is_primary=place == 0, birthday=birthday, **more,
            )  # fmt: skip
        if enterprise and rnd.random() < 0.5:
            number = f"6222{rnd.randrange(10**12):012d}"
            self._step(
                moment, "account", key, who, bank=rnd.choice(BANKS), account_number=number, is_default=True
            )
            self._step(moment, "path", key, who, path=PATH, our_code=f"K-{key}", is_default=True)
            self._step(moment, "mark", key, who, text=f"N/M\nCHENGDU\nC/NO. 1-{rnd.randrange(2, 40)}")

    def _contacts(self, key: int, who: str, moment: datetime) -> datetime | None:
        """Add follow-ups, days apart; a next contact is in the future, or overdue by a few days.

        Return the time of the last one.
        """
        rnd, last = self.rnd, None
        at = moment
        for _ in range(rnd.choice([0, 1, 1, 2, 2, 3])):
            at += timedelta(days=rnd.uniform(0.2, 12), seconds=rnd.randrange(3600))
            at = at.replace(microsecond=0)
            if at >= self.now:
                break
            ahead = at + timedelta(days=rnd.choice([2, 5, 9, 30])) if rnd.random() < 0.6 else None
            if ahead is not None and ahead < self.now - timedelta(days=3):
                ahead = None
            content, method = rnd.choice(CONTENTS), rnd.choice(_METHODS)
            self._step(at, "follow_up", key, who, content=content, method=method, next_contact_at=ahead)
            last = at
        return last

    def _later(self, key: int, person: Person, last: datetime, values: dict[str, Any]) -> None:
        """Add what happens to a customer after its follow-ups."""
        rnd, who, platform = self.rnd, person.username, values["pool"] == "platform"
        left = self.now - last
        status = rnd.choice(["potential", "potential", "intent", "intent", "won", "lost"])
        if status != "potential" and not platform:
            self._step(last + left * 0.3, "update", key, who, deal_status=status)
        if rnd.random() < 0.12 and not platform:
            self._step(last + left * 0.6, "reveal", key, who, purpose=rnd.choice(PURPOSES))
        if rnd.random() < 0.12 or status == "lost":
            moment = last + min(left * 0.8, _STILL_LATELY)
            self._step(moment, "unshelve", key, who, reason=rnd.choice(_UNSHELVED))
        elif platform and rnd.random() < 0.35:
            self._step(last + left * 0.2, "privatize", key, who)
        elif rnd.random() < 0.03:
            self._push(key, person, last, values)

    def _push(self, key: int, person: Person, last: datetime, values: dict[str, Any]) -> None:
        """Add a push to a colleague elsewhere, who has answered (POOL-16, POOL-17): none stays open."""
        wanted = set(values.get("demand", {}).get("districts", ()))
        if values["pool"] == "platform" and not wanted & set(person.districts):
            return
        receivers = [
            one.username
            for one in self.workers
            if one.role == person.role
            and one.department != person.department
            and not wanted & set(one.districts)
        ]
        moment = last + (self.now - last) * 0.1
        answered = moment + timedelta(minutes=40)
        if receivers and answered < self.now:
            receiver, answer = self.rnd.choice(receivers), self.rnd.choice(["accept", "accept", "reject"])
            self._step(moment, "push", key, person.username, receiver=receiver)
            self._step(answered, answer, key, receiver)


def _business(rnd: random.Random) -> dict[str, Any]:
    return {
        "annual_revenue": rnd.choice([None, 80_000, 180_000, 620_000, 1_500_000, 4_200_000]),
        "cooperation_years": rnd.choice([None, 1, 2, 4, 6]),
        "industry": rnd.choice(["retail", "catering", "manufacturing", "technology"]),
    }


def _demand(rnd: random.Random, person: Person) -> dict[str, Any]:
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
        "districts": _districts(rnd, person),
    }


def _districts(rnd: random.Random, person: Person) -> tuple[str, ...]:
    everywhere = [name for _code, name, parent in DISTRICTS if parent]
    near = [*person.districts] or everywhere
    return tuple(rnd.sample(near if rnd.random() < 0.7 else everywhere, 1))


def _name(rnd: random.Random) -> str:
    return rnd.choice(SURNAMES) + "".join(rnd.choice(GIVEN) for _ in range(rnd.choice([1, 2, 2])))


def _phone(rnd: random.Random, number: int) -> str:
    """Return a number of valid form; the middle digits are the row's number, so that each differs."""
    head = rnd.choice(["138", "139", "150", "186", "177"])
    return canonical_phone(f"{head}{number:04d}{rnd.randint(0, 9999):04d}")
