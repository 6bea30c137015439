"""Working hours in Asia/Shanghai: from nine to six on China's working days (POOL-24)."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from typing import TYPE_CHECKING

import chinese_calendar

from app.kernel.clock import LOCAL, to_local

if TYPE_CHECKING:
    from datetime import date

_OPENS, _CLOSES = time(9), time(18)
_SATURDAY = 5


def is_workday(day: date) -> bool:
    """Return True if it is a working day: not a holiday, but a weekend day that is worked instead.

    Of a year whose holidays are not announced yet, Monday to Friday.
    """
    try:
        return bool(chinese_calendar.is_workday(day))
    except NotImplementedError:
        return day.weekday() < _SATURDAY


def hours_before(moment: datetime, hours: int) -> datetime:
    """Return the moment so many working hours (at most some thousand) before the given one."""
    left, end = timedelta(hours=hours), to_local(moment)
    while True:
        opens = datetime.combine(end.date(), _OPENS, LOCAL)
        last = min(end, datetime.combine(end.date(), _CLOSES, LOCAL))
        worked = max(last - opens, timedelta()) if is_workday(end.date()) else timedelta()
        if worked >= left:
            return last - left
        left -= worked
        end = datetime.combine(end.date() - timedelta(days=1), time.max, LOCAL)
