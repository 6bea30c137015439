"""Quiet hours: a pure rule (OFF-10)."""

from __future__ import annotations

from datetime import datetime, timedelta

from app.kernel import clock

MINUTES_A_DAY = 24 * 60


def quiet_until(begins: int, ends: int, moment: datetime) -> datetime | None:
    """OFF-10: return when the quiet hours around a moment end; None outside of them.

    They begin with the minute ``begins`` and are over at the minute ``ends`` of the day in Shanghai.
    """
    local = clock.to_local(moment)
    minute = local.hour * 60 + local.minute
    passes_midnight = begins > ends
    is_quiet = minute >= begins or minute < ends if passes_midnight else begins <= minute < ends
    if not is_quiet:
        return None
    left = (ends - minute) % MINUTES_A_DAY
    return moment + timedelta(minutes=left) - timedelta(seconds=local.second, microseconds=local.microsecond)
