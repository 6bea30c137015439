"""Rules of one's own page: pure (OFF-10)."""

from __future__ import annotations

import re

MAX_EMAIL = 120
_EMAIL = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@[A-Za-z0-9-]{1,63}(\.[A-Za-z0-9-]{1,63})+")
_MINUTES = re.compile(r"([01][0-9]|2[0-3]):([0-5][0-9])")


def is_email(text: str) -> bool:
    """Return True for an e-mail address that a mail server takes as it is."""
    return len(text) <= MAX_EMAIL and _EMAIL.fullmatch(text) is not None


def minute_of_day(text: str) -> int:
    """Return the minute of a time such as ``22:30``.

    :raises ValueError: for anything else.
    """
    found = _MINUTES.fullmatch(text)
    if found is None:
        raise ValueError(text)
    return int(found[1]) * 60 + int(found[2])


def time_of_minute(minute: int) -> str:
    """Return the time that a person types: ``22:30``."""
    return f"{minute // 60:02d}:{minute % 60:02d}"


def may_see_picture(
    viewer_company: int | None, *, opens_all: bool, is_own: bool, company: int | None
) -> bool:
    """OFF-10: its person, colleagues of the company, and whoever opens everything see a picture."""
    return is_own or opens_all or (company is not None and company == viewer_company)
