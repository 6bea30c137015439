"""ACC-11: text as people type it."""

from __future__ import annotations

import json
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st
from werkzeug.datastructures import MultiDict

from app.kernel.api.bodies import read_json
from app.kernel.errors import Invalid
from app.kernel.fields.forms import BaseForm, required
from app.kernel.fields.texts import LineField, TextField
from app.kernel.text import MAX_ID, clean, clean_line, fold, is_storable, read_id, strip_controls


@pytest.mark.parametrize(
    ("typed", "stored"),
    [
        ("  王 小明  ", "王 小明"),
        ("王\u200b小\u200d明\ufeff", "王小明"),
        ("\u202e反转\u202c", "反转"),
        ("a\x00b\x07c", "abc"),
        ("一\r\n二\r三", "一\n二\n三"),
        ("\t缩进\t内\t", "缩进\t内"),
        ("１２３ＡＢＣ", "１２３ＡＢＣ"),
        ("", ""),
    ],
)
def test_acc_11_text_is_stored_as_typed_without_controls(typed, stored):
    assert clean(typed) == stored


@pytest.mark.parametrize(
    ("typed", "stored"),
    [("一\n二\t三   四", "一 二 三 四"), ("\u3000全角\u3000空格\u3000", "全角 空格"), ("\u200b \u200b", "")],
)
def test_acc_11_a_line_is_one_line(typed, stored):
    assert clean_line(typed) == stored


@pytest.mark.parametrize(
    ("typed", "folded"),
    [
        ("１３８００００１２３４", "13800001234"),
        ("ＣＵＳ２０２６", "CUS2026"),
        ("（０２８）", "(028)"),
        ("㎡", "m2"),
    ],
)
def test_acc_11_full_width_forms_fold(typed, folded):
    assert fold(typed) == folded


@given(st.text())
def test_cleaning_twice_changes_nothing_more(text):
    for clean_up in (strip_controls, clean, clean_line, fold):
        once = clean_up(text)
        assert clean_up(once) == once


@given(st.text())
def test_acc_11_no_invisible_character_survives(text):
    for clean_up in (clean, clean_line, fold):
        left = {unicodedata.category(c) for c in clean_up(text) if c not in "\n\t"}
        assert not left & {"Cc", "Cf", "Cs"}


@given(st.integers(1, MAX_ID))
def test_ids_are_read_also_in_full_width_digits(pk):
    wide = "".join(chr(ord(c) + 0xFEE0) for c in str(pk))
    assert read_id(str(pk)) == read_id(f" {wide} ") == pk


@pytest.mark.parametrize("typed", ["", "0", "-1", "1.0", "1e3", "abc", str(MAX_ID + 1), "9" * 40, "١٢"])
def test_what_is_no_id_is_refused(typed):
    with pytest.raises(ValueError, match=r"^.*$"):
        read_id(typed)


@pytest.mark.parametrize("character", ["\U00031350", "\ue863", "\U000f0000", "𠮷", "\U0001f3e0"])
def test_plat_18_rare_characters_are_kept(character):
    """Unknown to this Python, of private use, or beyond the first plane: part of the name nevertheless."""
    name = f"李{character}"
    assert clean(name) == clean_line(name) == fold(name) == name
    assert is_storable(name)


@pytest.mark.parametrize("character", ["\ud800", "\ufffe", "\uffff", "\ufdd0", "\U0010ffff"])
def test_plat_18_what_cannot_be_kept_is_refused_in_a_sentence(bare, character):
    form = _Names(
        formdata=MultiDict({"name": f"李{character}", "note": f"a{character}"}), meta={"csrf": False}
    )
    assert not form.validate()
    assert {*form.complaints()} == {"name", "note"}
    with pytest.raises(Invalid) as refused:
        read_json(_Names, json.loads(json.dumps({"name": f"李{character}", "note": "-"})))
    assert {*refused.value.fields} == {"name"}
    assert "cannot be stored" in form.complaints()["name"] or "无法保存" in form.complaints()["name"]


@given(st.text())
def test_plat_18_characters_are_kept_or_refused(text):
    """Only control characters and marks of direction are dropped silently."""
    kept = clean(text)
    gone = set(text) - set(kept)
    assert all(unicodedata.category(c) in {"Cc", "Cf", "Cs"} or c.isspace() for c in gone)


class _Names(BaseForm):
    name = LineField("Name", required())
    note = TextField("Note", required())
