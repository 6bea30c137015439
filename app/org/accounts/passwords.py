"""What a password must be (ACC-12): one rule for every place where one is set."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from flask import current_app
from flask_babel import gettext
from flask_babel import lazy_gettext as _
from werkzeug.security import generate_password_hash

from app.kernel.errors import Invalid
from app.org.sessions.settings import PASSWORD_LENGTH, PASSWORD_MIXED

if TYPE_CHECKING:
    from app.kernel.errors import Sentence


HASH_METHOD = "scrypt:32768:8:1"
MAX_LENGTH = 128
TOO_FEW_CHARACTERS = 3  # different characters, such as aaaaaaaaa1 has
_NO_LETTERS = re.compile(r"[\W\d_]+")
# Long enough and with letter and digit, and yet the first that anybody tries.
_COMMON = frozenset(
    """
    1q2w3e4r5t 1q2w3e4r5t6y 1qaz2wsx3edc 1qazxsw23edc a123456789 a1234567890 aa12345678 aa123456789
    abc1234567 abc12345678 abc123456789 abcd123456 abcd1234567 abcd12345678 admin12345 admin123456
    admin1234567 admin12345678 administrator1 asd1234567 asdf123456 asdf12345678 changeme123 dragon123456
    football123 iloveyou12 iloveyou123 iloveyou1314 kepan123456 kepan12345678 letmein123 letmein1234
    monkey123456 p@ssw0rd123 pa55word123 passw0rd123 passw0rd1234 password01 password1234 password123
    password12 password12345 password123456 q123456789 q1w2e3r4t5 q1w2e3r4t5y6 qazwsx123456 qq123456789
    qq1234567890 qwe1234567 qwer123456 qwer12345678 qwerty1234 qwerty12345 qwerty123456 qwertyuiop1
    root123456 sunshine123 system12345 test123456 test12345678 user123456 welcome123 welcome1234
    woaini1314 woaini520520 woaini5201314 wodemima123 zaq12wsxcde3 zxcvbnm123 zxcvbnm1234
    """.split()  # noqa: SIM905 - a hundred literals read worse
)


def hash_password(password: str) -> str:
    """The stored form of a password."""
    return generate_password_hash(password, method=current_app.config["FAB_PASSWORD_HASH_METHOD"])


def check_password(password: str, username: str, *, field: str = "password") -> None:
    """Refuse a password that is too easy.

    :raises Invalid: with the sentence under ``field``.
    """
    complaint = _complaint(password, username)
    if complaint:
        raise Invalid(**{field: complaint})


def _complaint(password: str, username: str) -> Sentence:
    """The first rule that the password breaks."""
    least, plain, name = PASSWORD_LENGTH.get(), password.casefold(), username.casefold()
    mixed = any(c.isalpha() for c in password) and any(c.isdigit() for c in password)
    is_name = plain == name or (_letters(plain) == _letters(name) != "")
    rules: tuple[tuple[bool, Sentence], ...] = (
        (len(password) < least, _("At least %(n)s characters", n=least)),
        (len(password) > MAX_LENGTH, _("At most %(n)s characters", n=MAX_LENGTH)),
        (not password.isprintable(), _("A password has no control characters")),
        (PASSWORD_MIXED.get() and not mixed, _("A password needs both a letter and a digit")),
        (is_name, _("The user name with digits is too easy to guess")),
        (plain in _COMMON or len(set(plain)) <= TOO_FEW_CHARACTERS, _("This password is too easy to guess")),
    )
    return next((sentence for broken, sentence in rules if broken), "")


def _letters(text: str) -> str:
    return _NO_LETTERS.sub("", text)


def describe_rules() -> str:
    """The rules in words, for those who choose a password."""
    least = PASSWORD_LENGTH.get()
    if not PASSWORD_MIXED.get():
        return gettext("At least %(n)s characters; not your user name, none of the usual ones", n=least)
    return gettext(
        "At least %(n)s characters with a letter and a digit; not your user name, none of the usual ones",
        n=least,
    )
