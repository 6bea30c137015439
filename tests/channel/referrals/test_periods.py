"""CH-14, CH-17: a protection lasts as many days as the setting had when it was bound, in any time zone of the
machine.
"""

from __future__ import annotations

import os
import time
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from itertools import count

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from app.channel.referrals.models import Referral, present_state
from app.kernel.access.guard import scoped
from app.kernel.api.base import iso
from app.kernel.database.session import db
from tests.support.channel.scene import again, at
from tests.support.people.accounts import set_setting

ZONES = ("UTC", "Asia/Shanghai", "America/New_York", "Pacific/Kiritimati", "Australia/Lord_Howe")
_number = count(1)

moments = st.datetimes(datetime(2025, 1, 1), datetime(2030, 12, 31), timezones=st.just(UTC))
periods = st.lists(st.tuples(moments, st.integers(1, 3650)), min_size=1, max_size=3)
offsets = st.integers(-3, 3) | st.integers(-(10**12), 10**12)  # microseconds from the end


@contextmanager
def machine_in(zone: str):
    """Set the time zone of the machine's own clock."""
    before = os.environ.get("TZ")
    os.environ["TZ"] = zone
    time.tzset()
    try:
        yield
    finally:
        if before is None:
            del os.environ["TZ"]
        else:
            os.environ["TZ"] = before
        time.tzset()


def _in_sql(referral, moment):
    table = Referral.__table__.c
    return db.session.scalar(scoped(select(present_state(moment)).where(table.id == referral.id)))


@settings(
    max_examples=12,
    deadline=None,
    derandomize=True,
    phases=[Phase.explicit, Phase.generate],  # the database goes on from one example to the next
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(periods=periods, zone=st.sampled_from(ZONES), offset=offsets, later=st.integers(1, 3650))
def test_ch_17_a_period_is_of_its_binding_whatever_changes_later(channel, periods, zone, offset, later):
    bound = []
    with machine_in(zone):
        for moment, days in periods:
            with at(moment):
                set_setting("protection_days", days)
                bound.append((channel.bound("broker1", f"客{next(_number)}"), moment, days))
        set_setting("protection_days", later)
        for made, moment, days in bound:
            end = moment + timedelta(days=days)
            probe = end + timedelta(microseconds=offset)
            referral = again(made)
            assert (referral.bound_at, referral.expires_at) == (moment, end)
            expected = "bound" if probe < end else "expired"
            assert referral.state_at(probe) == _in_sql(referral, probe) == expected
            with at(probe):
                shown = iso(again(referral).protected_until)
            assert (shown is not None) == (expected == "bound")
            if shown:
                assert datetime.fromisoformat(shown) == end.replace(microsecond=0)
