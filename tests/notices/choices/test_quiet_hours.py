"""OFF-10: quiet hours as a table, with the clock stopped."""

from __future__ import annotations

from datetime import datetime

import pytest

from app.kernel import clock
from app.notices.choices.policies import quiet_until

NIGHT = (22 * 60, 8 * 60)
NOON = (12 * 60, 13 * 60 + 30)


def _at(text: str) -> datetime:
    """Return a moment of the clock on the wall in Shanghai."""
    return clock.from_local(datetime.fromisoformat(text))


@pytest.mark.parametrize(
    ("hours", "moment", "until"),
    [
        (NIGHT, "2026-03-02T21:59:59", None),
        (NIGHT, "2026-03-02T22:00:00", "2026-03-03T08:00:00"),
        (NIGHT, "2026-03-02T23:59:59", "2026-03-03T08:00:00"),
        (NIGHT, "2026-03-03T00:00:00", "2026-03-03T08:00:00"),
        (NIGHT, "2026-03-03T07:59:30", "2026-03-03T08:00:00"),
        (NIGHT, "2026-03-03T08:00:00", None),
        (NIGHT, "2026-12-31T23:30:00", "2027-01-01T08:00:00"),
        (NOON, "2026-03-02T11:59:00", None),
        (NOON, "2026-03-02T12:00:00", "2026-03-02T13:30:00"),
        (NOON, "2026-03-02T13:29:59", "2026-03-02T13:30:00"),
        (NOON, "2026-03-02T13:30:00", None),
        ((0, 1439), "2026-03-02T12:00:00", "2026-03-02T23:59:00"),
    ],
)
def test_off_10_quiet_hours(hours, moment, until):
    found = quiet_until(*hours, _at(moment))
    assert found == (_at(until) if until else None)
