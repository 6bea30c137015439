"""How columns are packed: as values that are the same in every installation and on every day.

The kind of most columns follows from their type. Secrets and values made from keys are packed as the plain
(invented) value, moments as seconds from the history's last midnight; random values and values made from
other columns are not packed. A new table or column needs a line here only for the latter.
"""

from __future__ import annotations

import re
import secrets
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sqlalchemy import Date, DateTime, Numeric

from app.channel.collisions.models import Collision
from app.channel.shared.codes import new_token
from app.kernel import clock
from app.kernel.database.columns import UtcDateTime
from app.kernel.keys import Encrypted

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from sqlalchemy import Column

HISTORY = Path(__file__).with_name("history.jsonl.xz")
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_DAY = timedelta(days=1)
_MINUTE = timedelta(minutes=1)

# Not packed: loading creates the ends of the audit chains and the keys of their records, and messages to the
# outside are not sent again. The words of the search are made at loading, too. The migration makes the
# predefined tags, and the history uses no others.
NOT_PACKED = {"audit_head", "outgoing_message", "record_key", "tag"}
# Columns whose values are names of stored files.
FILE_COLUMNS = {"attachment.storage_name", "attachment.thumbnail_name"}
# Columns made at loading from the other columns of their row, where the history has a value.
MADE: dict[str, Callable[[Mapping[str, Any]], Any]] = {
    "ab_user.changed_on": lambda row: row["created_on"],
    "ab_user.email": lambda row: f"{row['username']}@{secrets.token_hex(4)}.invalid",
    "collision.place": lambda row: _place(row["last_at"], is_open=row["handled_at"] is None),
    "operation_log.seal": lambda _row: "",  # sealed in order of the chain
    "referral.qr_token": lambda _row: new_token(),
    "visitor.qr_token": lambda _row: new_token(),
}


def _place(moment: datetime, *, is_open: bool) -> int:
    place = Collision.open_place(moment)
    return place if is_open else place - Collision.open_place(_EPOCH)


def full_name(column: Column[Any]) -> str:
    """Return ``table.column``."""
    return f"{column.table.name}.{column.name}"


def kind_by_type(column: Column[Any]) -> str:
    """Return ``made``, ``file``, ``secret``, ``moment``, ``naive``, ``day``, ``decimal`` or ``plain``."""
    if full_name(column) in MADE:
        return "made"
    if full_name(column) in FILE_COLUMNS:
        return "file"
    kinds = {Encrypted: "secret", UtcDateTime: "moment", DateTime: "naive", Date: "day", Numeric: "decimal"}
    return kinds.get(type(column.type), "plain")


class Dates:
    """Days and codes in texts: ``2026-11-20``, ``2026-11-20 15:00`` (local), ``CUS202611200001``."""

    def __init__(self, prefixes: Iterable[str]) -> None:
        codes = "|".join(sorted(prefixes)) or "(?!)"
        self._pattern = re.compile(
            r"(?<![\d-])(?P<day>20\d\d-\d\d-\d\d)(?: (?P<time>\d\d:\d\d))?(?![\d-])"
            rf"|(?<![A-Za-z0-9])(?P<prefix>{codes})(?P<compact>20\d{{6}})(?=\d{{4,}}(?![A-Za-z0-9]))"
            r"|^(?P<whole>20\d{6})$"
        )

    def occur_in(self, value: Any) -> bool:
        """Tell whether a text, or a text anywhere in a JSON value, contains one."""
        if isinstance(value, str):
            return self._pattern.search(value) is not None
        if isinstance(value, dict):
            return any(map(self.occur_in, value.values()))
        return isinstance(value, list) and any(map(self.occur_in, value))

    def moved(self, value: Any, calendar: Calendar) -> Any:
        """Return the value with all of them moved."""
        if isinstance(value, str):
            return self._pattern.sub(lambda found: _moved_match(found, calendar), value)
        if isinstance(value, dict):
            return {key: self.moved(one, calendar) for key, one in value.items()}
        return [self.moved(one, calendar) for one in value] if isinstance(value, list) else value


def _moved_match(found: re.Match[str], calendar: Calendar) -> str:
    compact = found["compact"] or found["whole"]
    if compact:
        day = datetime.strptime(compact, "%Y%m%d").replace(tzinfo=UTC).date()
        return f"{found['prefix'] or ''}{day + calendar.days:%Y%m%d}"
    if found["time"]:
        local = datetime.fromisoformat(f"{found['day']} {found['time']}")
        return f"{clock.to_local(calendar.moved(clock.from_local(local))):%Y-%m-%d %H:%M}"
    return f"{date.fromisoformat(found['day']) + calendar.days:%Y-%m-%d}"


class Calendar:
    """The mapping of the history's times to the time of loading.

    Every moment keeps its time of day and moves by whole days, the history's last day to today. That day is
    stretched or compressed so that its present is the time of loading: past moments stay past, future ones
    stay in the future, and none changes its day or its order.
    """

    def __init__(self, present: datetime, now: datetime) -> None:
        self.origin = start_of_local_day(present)
        self.start = start_of_local_day(now)
        self.days = self.start - self.origin
        self._before = present - self.origin
        # In the first minute after midnight the day has no past to compress.
        self._now = max(now - self.start, _MINUTE)

    def seconds(self, moment: datetime) -> float:
        """Return a moment of the history, as it is packed."""
        seconds = (moment - self.origin).total_seconds()
        return int(seconds) if seconds.is_integer() else seconds

    def at(self, seconds: float) -> datetime:
        """Return a packed moment, moved to the time of loading."""
        distance = timedelta(seconds=seconds)
        if not timedelta(0) <= distance < _DAY:
            return self.start + distance
        if distance <= self._before:
            return self.start + distance * (self._now / self._before)
        rest = (distance - self._before) * ((_DAY - self._now) / (_DAY - self._before))
        return self.start + self._now + rest

    def moved(self, moment: datetime) -> datetime:
        """Return a moment of the history, moved to the time of loading."""
        return self.at(self.seconds(moment))

    def day_number(self, day: date) -> int:
        """Return a day of the history, as it is packed."""
        return (day - clock.to_local(self.origin).date()).days

    def day(self, number: int) -> date:
        """Return a packed day, moved to the time of loading."""
        return clock.to_local(self.start).date() + timedelta(days=number)


def start_of_local_day(moment: datetime) -> datetime:
    """Return the first moment of the Shanghai day of a moment."""
    return clock.start_of_day(clock.to_local(moment).date())
