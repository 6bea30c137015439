"""Birthdays: a day of the year, whose year may be missing (CUST-29).

A :class:`Birthday` is never an instant: no time zone moves it.  It is stored as month and day in one number,
so that the birthdays of a few days are one range of an index, and the year beside it.
"""

from __future__ import annotations

import re
from calendar import isleap
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from flask_babel import lazy_gettext as _
from sqlalchemy import SmallInteger
from sqlalchemy.orm import mapped_column
from wtforms import StringField

from app.kernel import clock
from app.kernel.text import fold

if TYPE_CHECKING:
    from sqlalchemy.orm import MappedColumn

    from app.kernel.errors import Sentence

_LEAP_YEAR = 2000
_FIRST_YEAR = 1900
_LEAP_DAY = 229
_TYPED = re.compile(r"(?:([0-9]{4})[-/.年])?-{0,2}([0-9]{1,2})[-/.月]([0-9]{1,2})日?")
WRONG = _("A day like 1990-05-20, or 05-20 without the year")


@dataclass(frozen=True)
class Birthday:
    """A day of the year as month × 100 + day, and the year where it is known."""

    month_day: int | None
    year: int | None = None

    def __bool__(self) -> bool:
        return self.month_day is not None

    def __composite_values__(self) -> tuple[int | None, int | None]:
        return self.month_day, self.year

    def __str__(self) -> str:
        """Return ``1990-05-20``, or ``05-20`` without the year."""
        if self.month_day is None:
            return ""
        month, day = divmod(self.month_day, 100)
        return f"{self.year:04d}-{month:02d}-{day:02d}" if self.year else f"{month:02d}-{day:02d}"


NO_BIRTHDAY = Birthday(None)


def month_days_on(day: date) -> tuple[int, ...]:
    """Return the birthdays that are kept on a day, as they are stored: 29 February falls on 28 in other years
    (CUST-29).
    """
    found = day.month * 100 + day.day
    return (found, _LEAP_DAY) if found == _LEAP_DAY - 1 and not isleap(day.year) else (found,)


def birthday_columns() -> tuple[MappedColumn[int], MappedColumn[int]]:
    """Return the two columns of a ``Birthday`` composite: month and day, year."""
    return (
        mapped_column("birth_month_day", SmallInteger, nullable=True),
        mapped_column("birth_year", SmallInteger, nullable=True),
    )


def read_birthday(text: str) -> Birthday:
    """Parse a typed birthday: ``1990-05-20``, ``1990年5月20日``, ``5/20``, ``--05-20``; empty is none.

    :raises ValueError: when it is no day, or lies ahead.
    """
    raw = fold(text).replace(" ", "")
    if not raw:
        return NO_BIRTHDAY
    found = _TYPED.fullmatch(raw)
    if found is None:
        raise ValueError(text)
    year = int(found[1]) if found[1] else None
    try:
        born = date(year or _LEAP_YEAR, int(found[2]), int(found[3]))
    except ValueError:
        raise ValueError(text) from None
    if year is not None and not (year >= _FIRST_YEAR and born <= clock.today()):
        raise ValueError(text)
    return Birthday(born.month * 100 + born.day, year)


class BirthdayField(StringField):
    """A birthday as people type it; ``data`` is a :class:`Birthday`, an empty one where nothing is typed."""

    json_types: tuple[type, ...] = (str,)
    widget_kind = "StringField"

    def __init__(self, label: Sentence, validators: list[Any], **kwargs: Any) -> None:
        render = {"maxlength": 20, "autocomplete": "off", **kwargs.pop("render_kw", {})}
        kwargs.setdefault("description", WRONG)
        super().__init__(label, validators, render_kw=render, **kwargs)

    def process_data(self, value: Any) -> None:
        self.data = value or NO_BIRTHDAY

    def _value(self) -> str:
        return str(self.raw_data[0]) if self.raw_data else str(self.data or "")

    def process_formdata(self, valuelist: list[str]) -> None:
        try:
            self.data = read_birthday(valuelist[0] if valuelist else "")
        except ValueError:
            self.data = NO_BIRTHDAY
            raise ValueError(str(WRONG)) from None
