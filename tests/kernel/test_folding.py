"""PLAT-18, CH-8: one rule says which names are the same, and no version of Python changes it."""

from __future__ import annotations

import hashlib
import unicodedata
from unicodedata import ucd_3_2_0

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from app.kernel.folding import LEFT_OUT, _folded, search_key
from app.kernel.lists.search import is_found
from app.kernel.pinyin import sort_key

NEW = "\U00031350"  # a Chinese character of Unicode 15, which Python 3.11 does not know
PRIVATE = "\ue863"


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("四川（天府）置业有限公司", "四川(天府)置业有限公司"),
        ("阿卜杜·拉", "阿卜杜•拉"), ("阿卜杜‧拉", "阿卜杜・拉"), ("阿卜杜．拉", "阿卜杜.拉"), ("阿卜杜･拉", "阿卜杜拉"),
        ("Tom Lee", "TOM LEE"), ("Ｔｏｍ　Ｌｅｅ", "tomlee"), ("张 三", "张三"), ("王\u200b小\u2060明\ufe0f", "王小明"),
        ("Straße", "STRASSE"), ("Éric", "e\u0301ric"), ("ﾃｽﾄ", "テスト"),
    ],
)  # fmt: skip
def test_ch_8_names_that_are_one(one, other):
    assert search_key(one) == search_key(other) != ""


@pytest.mark.parametrize(("one", "other"), [("李四", "李思"), (f"李{NEW}", "李"), (f"李{PRIVATE}", "李")])
def test_ch_8_names_that_are_two(one, other):
    assert search_key(one) != search_key(other)


@given(st.text())
def test_plat_18_a_key_is_its_own_key(text):
    assert search_key(search_key(text)) == search_key(text)


@given(st.text())
def test_plat_18_nothing_left_out_stays(text):
    assert not set(search_key(text)) & set(LEFT_OUT)


@example("0", "ㆍ", 0)
@given(st.text(), st.sampled_from(LEFT_OUT), st.integers(0, 50))
def test_plat_18_blanks_and_dots_do_not_matter(text, mark, place):
    if not text or unicodedata.combining(text[min(place, len(text) - 1)]) or unicodedata.combining(text[0]):
        return  # a mark between a letter and its accent separates them
    typed = text + mark
    assert search_key(typed) == search_key(text)


@given(st.text(alphabet="张王李赵ABCdef（）·", min_size=1), st.data())
def test_plat_18_every_part_of_a_name_finds_it(name, data):
    start = data.draw(st.integers(0, len(name) - 1))
    part = name[start : data.draw(st.integers(start + 1, len(name)))]
    assert is_found(name, part)
    assert is_found(name, part.swapcase())


def test_ch_8_no_version_of_python_changes_a_key():
    """The keys of every character of Unicode 3.2, and of some newer ones, were computed once and never
    change.
    """
    settled = (chr(n) for n in range(0x110000) if not 0xD800 <= n < 0xE000)
    text = "".join(f"{c}\n{search_key(c)}\n" for c in settled if ucd_3_2_0.category(c) != "Cn")
    digest = hashlib.sha256(text.encode()).hexdigest()
    assert digest == "69b4201f0e3265cf3e0f4d92f4c93dc0fbc457056f3d095ef107e48f8d9ad1d6"
    assert [search_key(c) for c in (NEW, PRIVATE, "\ua7cb", "\U00010d50")] == [
        NEW,
        PRIVATE,
        "\ua7cb",
        "\U00010d50",
    ]


@given(
    st.text(
        alphabet="".join(map(chr, [*range(0x20, 0x7F), *range(0x3000, 0x3012), *range(0xFF00, 0xFF60)]))
        + "王·“”"
    )
)
def test_plat_18_the_fast_way_leads_to_the_same_key(text):
    assert search_key(text) == _folded(_folded(text))


def test_plat_18_people_sort_by_pinyin():
    names = ["张三", "单小明", "李四", "Tom Lee", "阿强", "曾国藩", "查良镛", "尉迟恭", "张珊", "张三丰"]
    assert sorted(names, key=sort_key) == [
        "阿强", "李四", "单小明", "Tom Lee", "尉迟恭", "曾国藩", "查良镛", "张三", "张三丰", "张珊"
    ]  # fmt: skip


@given(st.text())
def test_plat_18_every_name_has_its_place(name):
    assert sort_key(name).endswith(name)
