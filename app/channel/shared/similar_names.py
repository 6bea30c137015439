"""Names that probably belong to one person: variants of characters, or a surname with a title (CH-8)."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

# Titles that follow a surname; the longer ones first.
TITLES = (
    "老先生", "阿姨", "叔叔", "先生", "女士", "小姐", "太太", "夫人", "老板", "经理", "主任", "老师", "医生",
    "律师", "师傅", "大哥", "大姐", "总", "董", "哥", "姐", "姨", "叔",
)  # fmt: skip
_LONGEST_SURNAME = 2  # 欧阳


@cache
def _converter() -> Callable[[str], str]:
    """Load the dictionary when the first two names are compared."""
    from opencc import OpenCC  # noqa: PLC0415 - as the docstring says

    hong_kong, traditional = OpenCC("hk2s"), OpenCC("t2s")

    def convert(character: str) -> str:
        found: str = traditional.convert(hong_kong.convert(character))
        return found

    return convert


@cache
def _simplified(character: str) -> str:
    return _converter()(character)


def simplified(key: str) -> str:
    """Return a name key with each traditional or variant character in its simplified form, regardless of the
    characters around it.
    """
    return "".join(character if character.isascii() else _simplified(character) for character in key)


def are_similar(one: str, other: str) -> bool:
    """Return True for two different name keys that probably name one person: they differ only by variants of
    characters, or one is a surname with a title and the other begins with that surname.
    """
    if one == other:
        return False
    first, second = simplified(one), simplified(other)
    return first == second or _is_addressed(first, second) or _is_addressed(second, first)


def _is_addressed(called: str, name: str) -> bool:
    surname = _surname(called)
    return bool(surname) and name.startswith(surname)


def _surname(called: str) -> str:
    """Return the surname before a title; empty where there is no title."""
    for title in TITLES:
        surname = called.removesuffix(title)
        if surname != called:
            return surname if 0 < len(surname) <= _LONGEST_SURNAME else ""
    return ""
