"""OFF-5: the columns of a list as one word: read, written, refused."""

from __future__ import annotations

import pytest

from app.kernel.errors import Invalid
from app.kernel.pages.columns import (
    MAX_PINNED,
    ChosenColumn,
    check_columns,
    columns_word,
    read_columns,
    usual_columns,
)

KEYS = ["code", "name", "phone", "owner"]


@pytest.mark.parametrize(
    ("word", "shown"),
    [
        ("name.code", [("name", 0, False), ("code", 0, False)]),
        ("owner-160.name-80~.code~", [("name", 80, True), ("code", 0, True), ("owner", 160, False)]),
        ("name.name.secret.code-13.phone-x", [("name", 0, False), ("code", 0, False), ("phone", 0, False)]),
        ("", []),
        ("id.password.__class__", []),
        ("~.-.-80~", []),
    ],
)
def test_off_5_a_word_shows_what_the_list_has(word, shown):
    assert [(one.key, one.width, one.is_pinned) for one in read_columns(word, KEYS)] == shown


def test_off_5_a_word_comes_back_as_it_was_written():
    chosen = (ChosenColumn("phone", 240, is_pinned=True), ChosenColumn("code"))
    assert columns_word(chosen, KEYS) == "phone-240~.code"
    assert read_columns(columns_word(chosen, KEYS), KEYS) == chosen


def test_off_5_the_usual_columns_are_no_word():
    assert [one.is_pinned for one in usual_columns(KEYS)] == [True, False, False, False]
    assert columns_word(usual_columns(KEYS), KEYS) == ""


@pytest.mark.parametrize(
    "columns",
    [
        [],
        [ChosenColumn("secret")],
        [ChosenColumn("name"), ChosenColumn("name")],
        [ChosenColumn("name", 81)],
        [ChosenColumn(f"k{n}", is_pinned=True) for n in range(MAX_PINNED + 1)],
    ],
)
def test_off_5_what_is_no_choice_is_refused(columns):
    with pytest.raises(Invalid) as caught:
        check_columns(columns, [*KEYS, *(f"k{n}" for n in range(MAX_PINNED + 1))])
    assert [*caught.value.fields] == ["columns"]


def test_off_5_pinned_columns_come_first():
    chosen = [ChosenColumn("code"), ChosenColumn("owner", is_pinned=True)]
    assert [one.key for one in check_columns(chosen, KEYS)] == ["owner", "code"]
