"""The password rules (ACC-12), one for every place where a password is set; and the storage of passwords."""

from __future__ import annotations

import re
from threading import BoundedSemaphore
from typing import TYPE_CHECKING

from flask import current_app
from flask_babel import gettext
from flask_babel import lazy_gettext as _
from sqlalchemy import select
from werkzeug.security import check_password_hash, generate_password_hash
from zxcvbn import zxcvbn

from app.kernel.database.session import db
from app.kernel.errors import Invalid
from app.kernel.text import fold
from app.org.sessions.settings import PASSWORD_LENGTH, PASSWORD_MIXED
from app.org.shared.models import Company

if TYPE_CHECKING:
    from collections.abc import Iterable

    from app.kernel.errors import Sentence


HASH_METHOD = "scrypt:131072:8:1"  # OWASP's figure: 128 MB and a third of a second each
MAX_LENGTH = 128
PRODUCT = ("kepan", "客盘")
_AT_ONCE = BoundedSemaphore(
    2
)  # hashes computed at the same time, limited because of the memory that each takes
_ESTIMATED = 72  # characters that the estimate reads
_LEAST_SCORE = 3  # of 0 to 4: more than 10^8 guesses
_FEW_LATIN, _FEW_CHINESE, _FEW_DIGITS = 3, 2, 6  # shorter words are in many good passwords
_SCRYPT = re.compile(r"scrypt:(\d+):(\d+):(\d+)")
_NO_WORD = re.compile(r"[\W_]+")
_LEGAL_FORM = re.compile(r"(股份|责任)*有限(责任)?公司$")


def hash_password(password: str) -> str:
    """Return the stored form of a password."""
    with _AT_ONCE:
        return generate_password_hash(password, method=current_app.config["FAB_PASSWORD_HASH_METHOD"])


def verify_password(stored: str, password: str) -> bool:
    """Return True when the password matches; a refusal takes as long as with the present method."""
    with _AT_ONCE:
        right = check_password_hash(stored, password)
        for _more in range(0 if right else _missing_hashes(stored)):
            check_password_hash(stored, password)
    return right


def is_outdated(stored: str) -> bool:
    """Return True for a hash made by an older method."""
    method: str = current_app.config["FAB_PASSWORD_HASH_METHOD"]
    return stored.partition("$")[0] != method


def _missing_hashes(stored: str) -> int:
    """Return how many more of such hashes take the time of one made by the present method.

    Otherwise an early response would reveal that an old account exists (ACC-12).
    """
    costs = [_cost(text) for text in (current_app.config["FAB_PASSWORD_HASH_METHOD"], stored)]
    return costs[0] // costs[1] - 1 if all(costs) and costs[0] > costs[1] else 0


def _cost(text: str) -> int:
    found = _SCRYPT.match(text)
    return int(found[1]) * int(found[2]) * int(found[3]) if found else 0


def check_password(
    password: str, username: str, *, about: Iterable[str] = (), field: str = "password"
) -> None:
    """Refuse a password that is too easy.

    :param about: the person's name and phone, which the password must not contain.
    :raises Invalid: with the sentence under ``field``.
    """
    complaint = _complaint(password, username, tuple(about))
    if complaint:
        raise Invalid(**{field: complaint})


def _complaint(password: str, username: str, about: tuple[str, ...]) -> Sentence:
    """Return the first rule that the password breaks."""
    least = PASSWORD_LENGTH.get()
    mixed = any(c.isalpha() for c in password) and any(c.isdigit() for c in password)
    rules: tuple[tuple[bool, Sentence], ...] = (
        (len(password) < least, _("At least %(n)s characters", n=least)),
        (len(password) > MAX_LENGTH, _("At most %(n)s characters", n=MAX_LENGTH)),
        (not password.isprintable(), _("A password has no control characters")),
        (PASSWORD_MIXED.get() and not mixed, _("A password needs both a letter and a digit")),
    )
    broken = next((sentence for is_broken, sentence in rules if is_broken), "")
    if broken:
        return broken
    if _accepts_value(password, (username, *about, *PRODUCT, *_companies())):
        return _("A password holds neither your user name, name or phone nor the company's or product's name")
    words = [username, *about, *PRODUCT]
    if zxcvbn(password[:_ESTIMATED], user_inputs=words)["score"] < _LEAST_SCORE:
        return _("This password is too easy to guess")
    return ""


def _companies() -> Iterable[str]:
    names = db.session.scalars(select(Company.name)).all()
    return [_LEGAL_FORM.sub("", fold(name)) for name in names]


def _accepts_value(password: str, words: Iterable[str]) -> bool:
    plain = _plain(password)
    folded = [_plain(word) for word in words]
    local = [word[-8:] for word in folded if word.isdigit()]  # of a phone number
    return any(_is_long(word) and word in plain for word in (*folded, *local))


def _plain(text: str) -> str:
    return _NO_WORD.sub("", fold(text).casefold())


def _is_long(word: str) -> bool:
    least = _FEW_DIGITS if word.isdigit() else _FEW_LATIN if word.isascii() else _FEW_CHINESE
    return len(word) >= least


def describe_rules() -> str:
    """Return the rules in words, for people who choose a password."""
    least = PASSWORD_LENGTH.get()
    if not PASSWORD_MIXED.get():
        return gettext(
            "At least %(n)s characters; without your name, phone or company, none of the usual ones", n=least
        )
    return gettext(
        "At least %(n)s characters with a letter and a digit; without your name, phone or company, none of "
        "the usual ones",
        n=least,
    )
