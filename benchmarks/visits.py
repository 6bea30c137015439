"""Made-up rows of channel sales at scale: brokers, their customers in every state, scans and bindings."""

from __future__ import annotations

import random
from collections import Counter
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from population import SPAN, START, name_of

from app.kernel.folding import search_key
from app.kernel.pinyin import sort_key

if TYPE_CHECKING:
    from collections.abc import Iterator

BROKERS = 20_000
COMPANIES = 200
FIRST_BROKER = 20_001  # ids of accounts follow those of the staff
BIG_BROKER = FIRST_BROKER  # has one of twenty customers
BIG_SHARE = 0.05
PROJECT, COMPANY = 1, 1
ONSITE, CONSULTANT = 7, 8
LIVE_UNTIL = datetime(2040, 1, 1, tzinfo=UTC)
DUE_SINCE = datetime(2026, 1, 1, tzinfo=UTC)
DUE_EVERY = 20  # one of so many is bound and past its protection, 50,000 of a million
_STATES = ("entered", "reported", "bound", "expired", "closed")
_WEIGHTS = (15, 38, 20, 17, 5)
_REACHED = {"entered": 1, "reported": 2, "bound": 3, "expired": 3, "closed": 4}

REFERRAL_COLUMNS = (
    "id", "company_id", "project_id", "code", "broker_id", "broker_company_id", "entered_by_id", "family_name",
    "given_name", "name", "name_key", "phone1_prefix", "phone1_tail", "consultant_id", "assigned_consultant_id",
    "state", "reached", "qr_token", "reported_at", "last_reported_at", "bound_at", "expires_at", "closed_on",
    "closed_at", "closed_by_id", "closed_from", "reached_before_closing", "created_at",
)  # fmt: skip
_AT = {name: place for place, name in enumerate(REFERRAL_COLUMNS)}
BINDING_COLUMNS = (
    "id", "company_id", "project_id", "referral_id", "broker_id", "broker_company_id", "state", "bound_at",
    "expires_at", "ended_at",
)  # fmt: skip
SCAN_COLUMNS = (
    "company_id", "project_id", "referral_id", "code", "name", "name_key", "phone", "broker_id", "staff_id",
    "consultant_id", "result", "created_at",
)  # fmt: skip


def company_of(broker_id: int) -> int:
    """Return the broker company of a broker."""
    return 1 + broker_id % COMPANIES


def broker_phone(broker_id: int) -> str:
    """Return a broker's phone number."""
    return f"186{broker_id:08d}"


def number_of(broker_id: int) -> str:
    """Return a broker's number, which is also the account's name."""
    return f"B{broker_id:06d}"


def is_due(pk: int) -> bool:
    """Return True for a referral that is bound and past its protection, and not yet ended by the job."""
    return pk % DUE_EVERY == 0


def referral_rows(size: int) -> Iterator[tuple[Any, ...]]:
    """Yield the referrals in the order of entry; no two have the same name and number."""
    rng, seen = random.Random(30), set()
    for pk in range(1, size + 1):
        created = START + SPAN * (pk / size)
        broker = BIG_BROKER if rng.random() < BIG_SHARE else FIRST_BROKER + rng.randrange(BROKERS)
        state = "bound" if is_due(pk) else rng.choices(_STATES, _WEIGHTS)[0]
        name, prefix, tail = name_of(rng), f"1{30 + rng.randrange(70)}", rng.randrange(10_000)
        while (name, prefix, tail) in seen:
            tail = (tail + 1) % 10_000
        seen.add((name, prefix, tail))
        reported = created + timedelta(minutes=5) if state != "entered" else None
        bound = created + timedelta(days=2) if state in {"bound", "expired", "closed"} else None
        until = {"bound": DUE_SINCE if is_due(pk) else LIVE_UNTIL, "expired": created + timedelta(days=32),
                 "closed": created + timedelta(days=32)}.get(state)  # fmt: skip
        closed = created + timedelta(days=20) if state == "closed" else None
        yield (
            pk, COMPANY, PROJECT, f"R{created:%Y%m%d}{pk:07d}", broker, company_of(broker), broker, name[:1],
            name[1:], name, name, prefix, f"{tail:04d}", None, CONSULTANT if bound else None,
            state, _REACHED[state], f"bench-{pk}" if reported else None, reported, reported, bound, until,
            closed.date() if closed else None, closed, ONSITE if closed else None, "bound" if closed else None,
            3 if closed else None, created,
        )  # fmt: skip


def key_rows(size: int) -> Iterator[tuple[Any, ...]]:
    """Yield (company, project, broker, name, fragment, tail, referral): one number each."""
    for row in referral_rows(size):
        tail = row[_AT["phone1_tail"]]
        yield (
            COMPANY,
            PROJECT,
            row[_AT["broker_id"]],
            row[_AT["name_key"]],
            row[_AT["phone1_prefix"]] + tail,
            tail,
            row[0],
        )


def binding_rows(size: int) -> Iterator[tuple[Any, ...]]:
    """Yield the bindings; each has its referral's id."""
    states = {"bound": "live", "closed": "closed", "expired": "expired"}
    for row in referral_rows(size):
        state = states.get(row[_AT["state"]])
        if state:
            until = row[_AT["expires_at"]]
            yield (
                row[0], COMPANY, PROJECT, row[0], row[_AT["broker_id"]], row[_AT["broker_company_id"]], state,
                row[_AT["bound_at"]], until, until if state == "expired" else None,
            )  # fmt: skip


def binding_key_rows(size: int) -> Iterator[tuple[Any, ...]]:
    """Yield (project, name, fragment, company, binding) of live bindings."""
    for row in referral_rows(size):
        if row[_AT["state"]] in {"bound", "closed"}:
            fragment = row[_AT["phone1_prefix"]] + row[_AT["phone1_tail"]]
            yield PROJECT, row[_AT["name_key"]], fragment, COMPANY, row[0]


def scan_rows(size: int) -> Iterator[tuple[Any, ...]]:
    """Yield one scan per binding."""
    for row in referral_rows(size):
        if row[_AT["bound_at"]]:
            masked = f"{row[_AT['phone1_prefix']]}****{row[_AT['phone1_tail']]}"
            yield (
                COMPANY, PROJECT, row[0], row[_AT["code"]], row[_AT["name"]], row[_AT["name_key"]], masked,
                row[_AT["broker_id"]], ONSITE, CONSULTANT, "bound", row[_AT["bound_at"]],
            )  # fmt: skip


def tally_rows(size: int) -> Iterator[tuple[Any, ...]]:
    """Yield (company, broker, broker company, entered, reported, bound, closed)."""
    counted: Counter[tuple[int, int]] = Counter()
    for row in referral_rows(size):
        for stage in range(1, row[_AT["reached"]] + 1):
            counted[row[_AT["broker_id"]], stage] += 1
    for broker in range(FIRST_BROKER, FIRST_BROKER + BROKERS):
        numbers = [counted[broker, stage] for stage in (1, 2, 3, 4)]
        if numbers[0]:
            yield COMPANY, broker, company_of(broker), *numbers


def broker_rows(now: datetime) -> Iterator[tuple[Any, ...]]:
    """(id, number, name, its keys, nickname, phone, kind, broker company, review state, reason, consent, consent time, made)."""
    rng = random.Random(31)
    for pk in range(FIRST_BROKER, FIRST_BROKER + BROKERS):
        name = name_of(rng)
        yield (
            pk, number_of(pk), name, search_key(name), sort_key(name), "", broker_phone(pk), "broker", company_of(pk), "approved", "",
            "2026-01", now, now,
        )  # fmt: skip
