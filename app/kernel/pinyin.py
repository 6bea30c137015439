"""The sort order of people's names: by pinyin, as a Chinese reader expects (PLAT-18)."""

from __future__ import annotations

from functools import cache, lru_cache
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable

# Characters with another reading in family names.
_SURNAMES = {
    "单": "shan4", "仇": "qiu2", "解": "xie4", "区": "ou1", "朴": "piao2", "查": "zha1", "曾": "zeng1",
    "盖": "ge3", "任": "ren2", "华": "hua4", "翟": "zhai2", "尹": "yin3", "乐": "yue4", "员": "yun4",
    "纪": "ji3", "宁": "ning4", "缪": "miao4", "覃": "qin2", "黑": "he4", "折": "she2", "种": "chong2",
    "秘": "bi4", "冼": "xian3", "召": "shao4", "繁": "po2", "牟": "mu4", "郇": "xun2", "燕": "yan1",
    "费": "fei4", "应": "ying1", "哈": "ha3", "那": "na1", "逄": "pang2", "过": "guo1", "万俟": "mo4 qi2",
    "尉迟": "yu4 chi2", "长孙": "zhang3 sun1", "澹台": "tan2 tai2", "鲜于": "xian1 yu2", "单于": "chan2 yu2",
    "令狐": "ling2 hu2", "夏侯": "xia4 hou2", "皇甫": "huang2 fu3",
}  # fmt: skip
_LONGEST = 2
_KNOWN = 2_000  # characters that names begin with
# Family names with a second reading that is as usual, and that the dictionary does not have.
_ALSO = {"谌": "shen", "会": "gui", "库": "she"}


@cache
def _reader() -> Callable[[str], list[str]]:
    """Load the large dictionary when the first name is written."""
    from pypinyin import Style, lazy_pinyin  # noqa: PLC0415 - as the docstring says

    def read(text: str) -> list[str]:
        found: list[str] = lazy_pinyin(text, style=Style.TONE3, neutral_tone_with_five=True)
        return found

    return read


def sort_key(name: str) -> str:
    """Return the sort key of a name: its syllables with their tones, a family name in its own reading;
    letters in lower case; last the name as written, so that equal readings have a stable order.
    """
    head, rest = "", name
    for length in range(_LONGEST, 0, -1):
        if name[:length] in _SURNAMES:
            head, rest = _SURNAMES[name[:length]], name[length:]
            break
    syllables = [head, *_reader()(rest)] if head else _reader()(rest)
    # a tab comes before a blank: the shorter of two names that begin alike is first
    return "\t".join([" ".join(" ".join(syllables).casefold().split()), name])


@cache
def _typist() -> tuple[Callable[[str], list[str]], Callable[[str], list[str]]]:
    """Load the large dictionary when the first name is written: syllables of a text, readings of a
    character; both as people type them, without tones and with ``v`` for ``ü``.
    """
    from pypinyin import Style, lazy_pinyin, pinyin  # noqa: PLC0415 - as the docstring says

    one_by_one: Any = list  # what has no reading; its types know of joined texts only

    def syllables(text: str) -> list[str]:
        found: list[str] = lazy_pinyin(text, style=Style.NORMAL, errors=one_by_one)
        return found

    @lru_cache(_KNOWN)
    def readings(character: str) -> list[str]:
        found: list[list[str]] = pinyin(character, style=Style.NORMAL, heteronym=True, errors=one_by_one)
        return found[0] if found else []

    return syllables, readings


def syllables_of(text: str) -> list[str]:
    """Return what people type for each character: its syllable, or the character itself where it has none."""
    return _typist()[0](text)


def first_readings(text: str) -> list[list[str]]:
    """Return every way to read the beginning of a name, each as syllables: its first character with all its
    readings, and the reading of a family name of one or two characters (PLAT-17).
    """
    found = [[_plain(one)] for one in (*_typist()[1](text[:1]), *filter(None, [_ALSO.get(text[:1])]))]
    found += [
        _plain(_SURNAMES[text[:length]]).split()
        for length in range(1, _LONGEST + 1)
        if text[:length] in _SURNAMES
    ]
    flat = [[syllable.replace("v", "u")] for (syllable, *more) in found if "v" in syllable and not more]
    return [[*one] for one in dict.fromkeys(map(tuple, [*found, *flat]))]


def _plain(reading: str) -> str:
    return "".join(c for c in reading if not c.isdigit())
