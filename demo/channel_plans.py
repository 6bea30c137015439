"""Steps of channel sales' demo data: which broker enters which customer, when, and what follows.

This module writes nothing. The same seed gives the same steps; only the days move with the clock.
"""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from datetime import timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from app.kernel import clock
from demo.channel_names import (
    CLOSING_NOTES,
    CONSULTANTS,
    FOLLOW_UPS,
    KEEP_NOTES,
    NEEDS,
    ON_SITES,
    OTHER_NOTES,
    REBIND_REASONS,
    REOPENING,
    VOID_REASONS,
)
from demo.names import GIVEN, SURNAMES

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

SEED = 20260301
HISTORY_DAYS = 265
PROTECTION, WARNED = timedelta(days=30), (7, 3, 1)  # the settings' defaults; warned these days before
UNWRITTEN = timedelta(hours=3)  # protections that ended within are left to the job
AMOUNTS = (Decimal(200), Decimal(300), Decimal(500))
ENDING_TODAY, JUST_ENDED = 8, 4
_MINUTE = timedelta(minutes=1)
_PREFIXES = ("133", "135", "138", "139", "150", "158", "177", "180", "186", "199")
_CATEGORIES = ("catering", "catering", "retail", "supermarket", "children", "leisure", "beauty", None)
_TYPES = ("own_use", "investment", "investment", "brand", None)


@dataclass(frozen=True)
class PlannedBroker:
    """A broker who brings customers: user name, company, and the colleague who may enter for them."""

    username: str
    company_id: int
    onsite: str | None


@dataclass(frozen=True)
class PlannedVisitor:
    """A visitor: name, fragment of the number, and the time of registration."""

    family_name: str
    given_name: str
    fragment: tuple[str, str]
    since: datetime


@dataclass(frozen=True)
class Step:
    """One operation. ``key`` identifies the referral, visitor, tour or fee; ``who`` is a user name."""

    moment: datetime
    verb: str
    key: int = 0
    who: str = ""
    values: dict[str, Any] = field(default_factory=dict)


def make_steps(
    brokers: Sequence[PlannedBroker],
    visitors: Sequence[PlannedVisitor],
    count: int,
    *,
    customer: int | None = None,
    seed: int = SEED,
) -> list[Step]:
    """Return all steps in the order of time. ``customer``: the visitor who is a broker's customer (CH-15)."""
    plan = _Plan(random.Random(seed), brokers, count)
    plan.make()
    for number, visitor in enumerate(visitors):
        plan.visit(number, visitor)
    if customer is not None:
        plan.known_visitor(customer, visitors[customer])
    return sorted((one for one in plan.steps if one.moment < plan.now), key=lambda step: step.moment)


class _Plan:
    def __init__(self, rnd: random.Random, brokers: Sequence[PlannedBroker], count: int) -> None:
        self.rnd, self.brokers, self.count = rnd, brokers, count
        self.weights = [1 / (place + 4) for place in range(len(brokers))]
        self.now = clock.now().replace(microsecond=0)
        self.steps: list[Step] = []
        self.keys = self.tours = self.fees = self.brought = 0

    def make(self) -> None:
        """Make the requested number of referrals, including those that end today."""
        special = min(ENDING_TODAY + JUST_ENDED, self.count // 10)
        while self.brought < self.count - special:
            days = int(HISTORY_DAYS * self.rnd.random() ** 1.35)
            entered = self._in_hours(self.now - timedelta(days=days))
            if entered >= self.now:
                entered -= timedelta(days=1)
            self._life(entered)
        left = clock.end_of_day(clock.to_local(self.now).date()) - self.now
        for place in range(special):
            ahead = place % 3 > 0
            ends = self.now + left * self.rnd.uniform(0.2, 0.95) if ahead else self.now - self._before()
            self._bound_at(ends - PROTECTION)

    def _before(self) -> timedelta:
        return timedelta(minutes=self.rnd.randint(30, 150))

    def step(self, moment: datetime, verb: str, key: int, who: str, **values: Any) -> None:
        """Add a step. Referrals entered or rebound in the future do not count."""
        self.brought += verb in {"enter", "rebind"} and moment < self.now
        self.steps.append(Step(moment.replace(microsecond=0), verb, key, who, values))

    # -- times

    def _in_hours(self, moment: datetime, first: float = 9, last: float = 20) -> datetime:
        """Return a time in working hours of the same day."""
        day = clock.start_of_day(clock.to_local(moment).date())
        return day + timedelta(seconds=self.rnd.randrange(int(first * 3600), int(last * 3600)))

    def _later(self, moment: datetime, low: int, high: int) -> datetime:
        """Return a moment some days later."""
        found = self._in_hours(moment + timedelta(days=self.rnd.randint(low, high)))
        return found if found > moment + 10 * _MINUTE else moment + self.rnd.randint(11, 55) * _MINUTE

    # -- the life of a customer

    def _life(self, entered: datetime) -> None:
        rnd = self.rnd
        who, key, person = self._choose_broker(), self._key(), self._person()
        fate = rnd.random()
        at_once = fate >= 0.13 and rnd.random() < 0.75
        self._enter(entered, key, who, person, report=at_once)
        if fate < 0.13:
            return
        reported = entered
        if not at_once:
            reported = self._later(entered, 0, 4)
            self.step(reported, "report", key, who.username)
        if rnd.random() < 0.25:
            reported = self._later(reported, 1, 5)
            self.step(reported, "report", key, who.username)
        if fate < 0.14:
            self._close(self._later(reported, 3, 20), key)
        elif fate > 0.45:
            self._visited(self._later(reported, 0, 8), key, who, person)

    def _bound_at(self, moment: datetime) -> None:
        """Add a customer who is bound at that very moment, and no further steps."""
        who, key, person = self._choose_broker(), self._key(), self._person()
        self._enter(self._in_hours(moment - timedelta(days=2)), key, who, person, report=True)
        self._scan(moment, key)

    def _visited(self, moment: datetime, key: int, who: PlannedBroker, person: dict[str, Any]) -> None:
        rnd = self.rnd
        self._scan(moment, key)
        if rnd.random() < 0.15:
            self._fee(self._later(moment, 1, 3), key)
        fate = rnd.random()
        if fate < 0.14:
            self._closes(moment, key, reopened=fate < 0.003)
        elif fate < 0.23:
            self._rivalry(moment, who, key, person)
        elif fate < 0.245:
            self._rebound(self._later(moment, 3, 15), key, who)
        else:
            self._expires(moment, key, who)

    def _closes(self, bound: datetime, key: int, *, reopened: bool) -> None:
        again = self._later(bound, 1, 9)
        if self.rnd.random() < 0.5:
            self._scan(again, key, binds=False)
        closed = self._later(again, 1, 15)
        self._close(closed, key)
        if reopened:
            self.step(self._later(closed, 1, 3), "reopen", key, "admin", reason=REOPENING)

    def _close(self, moment: datetime, key: int) -> None:
        rnd = self.rnd
        self.step(
            moment,
            "close",
            key,
            "director",
            closed_on=clock.to_local(moment).date(),
            amount=Decimal(rnd.randrange(58, 420) * 10_000),
            unit=f"{rnd.choice(['A1', 'A2', 'B1', 'B2', 'C1'])}-{rnd.randint(1, 3)}{rnd.randint(1, 28):02d}",
            note=rnd.choice(CLOSING_NOTES),
        )

    def _rivalry(self, bound: datetime, who: PlannedBroker, key: int, person: dict[str, Any]) -> None:
        """Let another broker bring the same customer while the binding lives (CH-18, CH-19)."""
        rnd, rival, other = self.rnd, self._choose_broker(besides=who), self._key()
        entered = self._later(bound, 1, 14)
        self._enter(entered, other, rival, person, report=rnd.random() < 0.8)
        seen = entered
        if rnd.random() < 0.3:
            seen = self._later(entered, 0, 2)
            self.step(seen, "report", other, rival.username)
            seen = self._later(seen, 0, 2)
            self._scan(seen, other, binds=False, received=False)
        if rnd.random() < 0.85:
            outcome = rnd.choices(["keep", "rebind", "other"], [6, 3, 1])[0]
            notes = {"keep": KEEP_NOTES, "rebind": REBIND_REASONS, "other": OTHER_NOTES}[outcome]
            decided = self._later(seen, 0, 3)
            values = {"other": other, "outcome": outcome, "note": rnd.choice(notes)}
            self.step(decided, "handle", key, "director", **values)
            if outcome == "rebind" and seen > entered:
                self._scan(self._later(decided, 1, 4), other, binds=False)

    def _rebound(self, moment: datetime, key: int, who: PlannedBroker) -> None:
        """Let the director move the binding to a broker who had not brought the customer (CH-23)."""
        other, reason = self._choose_broker(besides=who), self.rnd.choice(REBIND_REASONS)
        self.step(moment, "rebind", key, "director", broker=other.username, reason=reason)

    def _expires(self, bound: datetime, key: int, who: PlannedBroker) -> None:
        rnd = self.rnd
        if rnd.random() < 0.25:
            self._scan(self._later(bound, 2, 24), key, binds=False)
        if rnd.random() < 0.18:
            again = self._later(bound + PROTECTION + timedelta(days=1), 0, 20)
            self.step(again, "report", key, who.username)
            if rnd.random() < 0.5:
                self._scan(self._later(again, 0, 6), key)

    # -- single operations

    def _enter(
        self, moment: datetime, key: int, who: PlannedBroker, person: dict[str, Any], *, report: bool
    ) -> None:
        rnd = self.rnd
        helped = rnd.random() < 0.05
        values = {
            **person,
            "report": report,
            "consultant": rnd.choice(CONSULTANTS) if rnd.random() < 0.35 else None,
            "expected_visit_at": self._later(moment, 0, 6) if rnd.random() < 0.7 else None,
            "shop_category": rnd.choice(_CATEGORIES),
            "customer_type": rnd.choice(_TYPES),
            "needs": rnd.choice(NEEDS),
        }
        author = who.onsite if helped and who.onsite else who.username
        self.step(moment, "enter", key, author, broker=who.username, **values)

    def _scan(self, moment: datetime, key: int, *, binds: bool = True, received: bool = True) -> None:
        """Add a scan, with the job that ends its protection, and mostly a tour."""
        rnd = self.rnd
        consultant = rnd.choice(CONSULTANTS)
        self.step(moment, "scan", key, rnd.choice(ON_SITES), consultant=consultant)
        if binds:
            for days in WARNED:
                self.step(moment + PROTECTION - timedelta(days=days) + 30 * _MINUTE, "warn", key, "")
            if moment + PROTECTION < self.now - UNWRITTEN:
                self.step(moment + PROTECTION + _MINUTE, "expire", key, "")
        if received and rnd.random() < 0.85:
            self._tour(moment + rnd.randint(12, 60) * _MINUTE / 4, "tour", key, consultant)

    def _tour(self, moment: datetime, verb: str, key: int, consultant: str) -> None:
        rnd = self.rnd
        self.tours += 1
        grade = rnd.choices("ABCD", [2, 4, 4, 1])[0]
        self.step(moment, verb, key, consultant, intention=grade, tour=self.tours)
        at = moment
        for _ in range(rnd.choice([0, 1, 1, 2, 3])):
            at = self._later(at, 1, 5)
            self.step(at, "follow", self.tours, consultant, content=rnd.choice(FOLLOW_UPS))

    def _fee(self, moment: datetime, key: int) -> None:
        rnd = self.rnd
        self.fees += 1
        self.step(moment, "fee", key, "secretary", amount=rnd.choice(AMOUNTS), fee=self.fees)
        if rnd.random() < 0.06:
            voided = self._later(moment, 1, 2)
            self.step(voided, "void", self.fees, "director", reason=rnd.choice(VOID_REASONS))

    def visit(self, number: int, visitor: PlannedVisitor) -> None:
        """Add visitors who come on their own, some of them twice (CH-15)."""
        at = visitor.since
        for _ in range(self.rnd.choice([1, 1, 1, 2]) if number else 1):
            at = self._later(at, 0 if at == visitor.since else 2, 9)
            consultant = CONSULTANTS[0] if number == 0 else self.rnd.choice(CONSULTANTS)
            self.step(at, "visit", number, self.rnd.choice(ON_SITES), consultant=consultant)
            if self.rnd.random() < 0.8:
                moment = at + self.rnd.randint(12, 60) * _MINUTE / 4
                self._tour(moment, "visitor_tour", number, consultant)

    def known_visitor(self, number: int, visitor: PlannedVisitor) -> None:
        """Add a visitor who is a broker's bound customer but comes alone: the page warns, the director sees a
        collision.
        """
        person = {
            "family_name": visitor.family_name,
            "given_name": visitor.given_name,
            "phones": [visitor.fragment],
        }
        bound = self._in_hours(self.now - timedelta(days=6))
        key = self._key()
        self._enter(bound - timedelta(days=1), key, self.brokers[1], person, report=True)
        self._scan(bound, key)
        moment = self._in_hours(self.now - timedelta(days=2))
        self.step(moment, "visit", number, ON_SITES[0], consultant=CONSULTANTS[1])

    # -- who

    def _key(self) -> int:
        self.keys += 1
        return self.keys

    def _choose_broker(self, besides: PlannedBroker | None = None) -> PlannedBroker:
        found = self.rnd.choices(self.brokers, self.weights)[0]
        return self._choose_broker(besides) if found is besides else found

    def _person(self) -> dict[str, Any]:
        """Return a name and one or two numbers; no two people are the same."""
        rnd = self.rnd
        given = "".join(rnd.choice(GIVEN) for _ in range(rnd.choice([1, 2, 2])))
        tail = f"{self.keys * 7 % 10000:04d}"
        phones = [(rnd.choice(_PREFIXES), tail)]
        if rnd.random() < 0.12:
            phones.append((rnd.choice(_PREFIXES), f"{rnd.randrange(10000):04d}"))
        return {"family_name": rnd.choice(SURNAMES), "given_name": given, "phones": phones}
