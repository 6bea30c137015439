"""CUST-1: codes by day; simultaneous callers get different ones, and the sequence grows past four digits."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from sqlalchemy import update

from app.kernel import clock
from app.kernel.database.numbering import DailySequence, next_code
from app.kernel.database.session import db
from app.kernel.database.transactions import transactional
from tests.support.databases.race import race

pytestmark = pytest.mark.both

NOON = datetime(2026, 1, 31, 4, tzinfo=UTC)
take = transactional(next_code)


def test_cust_1_codes_count_up_from_one_each_day(world):
    with clock.frozen(NOON):
        assert [take("CUS"), take("CUS")] == ["CUS202601310001", "CUS202601310002"]
    with clock.frozen(datetime(2026, 1, 31, 16, tzinfo=UTC)):
        assert take("CUS") == "CUS202602010001", "the day is Shanghai's"
    with clock.frozen(NOON):
        assert take("CUS") == "CUS202601310003"


def test_cust_1_each_prefix_counts_for_itself(world):
    with clock.frozen(NOON):
        assert [take("CUS"), take("HT")] == ["CUS202601310001", "HT202601310001"]


def test_cust_1_past_9999_the_code_grows(world):
    with clock.frozen(NOON):
        take("CUS")
        db.session.execute(update(DailySequence).values(value=9998))
        db.session.commit()
        assert [take("CUS"), take("CUS"), take("CUS")] == [
            "CUS202601319999", "CUS2026013110000", "CUS2026013110001"
        ]  # fmt: skip


def test_cust_1_sixteen_threads_get_sixteen_codes(world, app):
    with clock.frozen(NOON):
        codes = race(app, [lambda: take("CUS")] * 16)
    assert sorted(codes, key=str) == [f"CUS20260131{n:04d}" for n in range(1, 17)]


def test_cust_1_a_refused_creation_makes_no_code_appear_twice(world):
    @transactional
    def refused():
        next_code("CUS")
        raise RuntimeError

    with clock.frozen(NOON):
        first = take("CUS")
        with pytest.raises(RuntimeError):
            refused()
        assert take("CUS") != first
