"""One clock: aware UTC moments, days of Asia/Shanghai, naive values refused (design, *Data*)."""

from __future__ import annotations

from contextlib import suppress
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy.exc import StatementError

from app.kernel import clock
from app.kernel.database.columns import UtcDateTime
from app.kernel.database.session import db
from app.notices.models import Notification

MOMENTS = st.datetimes(datetime(1992, 1, 1), datetime(2200, 1, 1), timezones=st.just(UTC))


def test_now_is_aware_and_utc():
    before = datetime.now(UTC)
    assert before <= clock.now() <= datetime.now(UTC)
    assert clock.now().utcoffset() == timedelta(0)


@pytest.mark.parametrize(
    ("moment", "day"),
    [
        (datetime(2026, 1, 30, 15, 59, 59, tzinfo=UTC), date(2026, 1, 30)),
        (datetime(2026, 1, 30, 16, 0, 0, tzinfo=UTC), date(2026, 1, 31)),
        (datetime(2025, 12, 31, 16, 0, 0, tzinfo=UTC), date(2026, 1, 1)),
    ],
)
def test_acc_10_the_day_is_shanghais(moment, day):
    with clock.frozen(moment):
        assert clock.today() == day
        assert clock.start_of_day() <= moment < clock.end_of_day(day)


def test_a_day_begins_at_sixteen_hours_utc_of_the_day_before():
    assert clock.start_of_day(date(2026, 3, 1)) == datetime(2026, 2, 28, 16, tzinfo=UTC)
    assert clock.end_of_day(date(2026, 3, 1)) == datetime(2026, 3, 1, 16, tzinfo=UTC)


def test_frozen_clocks_nest_and_end_even_after_an_error():
    outer, inner = datetime(2026, 1, 1, tzinfo=UTC), datetime(2027, 1, 1, tzinfo=UTC)
    with clock.frozen(outer):
        with suppress(RuntimeError), clock.frozen(inner):
            assert clock.now() == inner
            raise RuntimeError
        assert clock.now() == outer
    assert clock.now() > datetime(2026, 1, 2, tzinfo=UTC)


@given(MOMENTS)
def test_local_time_and_back_is_the_same_moment(moment):
    assert clock.from_local(clock.to_local(moment).replace(tzinfo=None)) == moment


@given(MOMENTS)
def test_every_moment_lies_in_its_day(moment):
    with clock.frozen(moment):
        assert clock.start_of_day(clock.today()) <= moment < clock.end_of_day(clock.today())


def _notification(recipient_id, moment):
    return Notification(recipient_id=recipient_id, message="x", parameters={}, body="", created_at=moment)


@pytest.mark.both
def test_moments_come_back_aware_whatever_the_zone_they_went_in_with(world):
    typed = datetime(2026, 1, 31, 9, 30, 15, 123456, tzinfo=clock.LOCAL)
    row = _notification(world.actor("agent").id, typed)
    db.session.add(row)
    db.session.commit()
    db.session.expire(row)
    assert row.created_at == typed
    assert row.created_at.utcoffset() == timedelta(0)


def test_naive_moments_are_refused(world):
    db.session.add(_notification(world.actor("agent").id, datetime(2026, 1, 31)))
    with pytest.raises(StatementError, match="naive datetime"):
        db.session.flush()
    db.session.rollback()


def test_no_moment_stays_no_moment():
    assert UtcDateTime().process_bind_param(None, None) is None
    assert UtcDateTime().process_result_value(None, None) is None
