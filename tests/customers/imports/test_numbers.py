"""An import is no oracle for numbers: refused ones count against the day's budget (ACC-17)."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from app.customers.imports.services import preview, write_import
from app.customers.numbers.models import NumberLookup
from app.customers.shared.settings import DEDUPE_MODE, LOOKUPS_A_DAY
from app.kernel.database.session import db
from tests.support.make import make_customer
from tests.support.traces import denied, nothing_written


@pytest.fixture
def others(world) -> list[str]:
    """Return three numbers of customers that the agent cannot open; each number is once in the system."""
    DEDUPE_MODE.store("global")
    db.session.commit()
    numbers = [f"1390000100{n}" for n in range(3)]
    for number in numbers:
        make_customer(world.actor("agent3"), phone=number)
    return numbers


def _ledger() -> list[tuple[str, bool]]:
    db.session.expire_all()
    return [(way, hit) for way, hit in db.session.execute(select(NumberLookup.way, NumberLookup.hit))]


def test_acc_17_refused_numbers_are_kept_once_a_day_others_cost_nothing(world, keep, others):
    agent = world.actor("agent")
    rows = [*((f"客{n}", number) for n, number in enumerate(others)), ("新", "13900001999")]
    for _ in range(2):
        preview(keep(*rows).id, actor=agent)
    assert _ledger() == [("import", True)] * 3


def test_acc_17_past_the_budget_nothing_is_told_and_nothing_written(world, keep, others):
    LOOKUPS_A_DAY.of("Agent").store(2)
    db.session.commit()
    batch = keep(*((f"客{n}", number) for n, number in enumerate(others)), valid_rows_only=True)
    for attempt in (preview, write_import):
        with denied("customer.lookup_quota", 429), nothing_written():
            attempt(batch.id, actor=world.actor("agent"))
    assert _ledger() == []
