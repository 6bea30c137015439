"""ACC-11: numbers as people type them have one canonical form. ACC-9: the digits that a mask shows."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.kernel.fields.phones import canonical_phone, mask_phone

MOBILES = st.from_regex(r"\A1[3-9][0-9]{9}\Z")
NOISE = st.text(alphabet=" -\u3000\u00a0\u200b\u200e\u202a\u2060\ufeff‐－－()（）.·\t", max_size=2)
PREFIXES = st.sampled_from(["", "+86", "0086", "+86 ", "＋８６", "00 86 "])


@pytest.mark.parametrize(
    ("typed", "canonical"),
    [
        ("13800001234", "13800001234"),
        (" 138 0000 1234 ", "13800001234"),
        ("138-0000-1234", "13800001234"),
        ("+86 138 0000 1234", "13800001234"),
        ("008613800001234", "13800001234"),
        ("１３８００００１２３４", "13800001234"),
        ("＋８６－１３８００００１２３４", "13800001234"),
        ("138\u200b0000\u202e1234\u202c", "13800001234"),
        ("028-86001234", "02886001234"),
        ("(028) 8600 1234", "02886001234"),
        ("+86 28 8600 1234", "02886001234"),
        ("0571-88889999", "057188889999"),
        ("+852 5123 4567", "+85251234567"),
        ("+1 (202) 555-0123", "+12025550123"),
        ("0044 20 7946 0958", "+442079460958"),
        ("400-888-9999", "4008889999"),
        ("800-810-1234", "8008101234"),
        ("010-85551234", "01085551234"),
        ("1085551234", "01085551234"),
        ("+86 10 8555 1234", "01085551234"),
        ("0411-88889999", "041188889999"),
        ("0471 6512345", "04716512345"),
        ("0851-85551234", "085185551234"),
        ("0898 6512 3456", "089865123456"),
    ],
)
def test_acc_11_forms_that_are_accepted(typed, canonical):
    assert canonical_phone(typed) == canonical


@pytest.mark.parametrize(
    "typed",
    [
        "", " ", "abc", "1380000123", "138000012345", "12800001234", "23800001234", "+8613800001", "00861",
        "86001234", "138000012x4", "138,00001234", "+", "+86", "0000000", "99999999999", "1" * 40,
        "13800001234;",
        "١٣٨٠٠٠٠١٢٣٤" + "9", "+999123456789", "+852 1", "=13800001234",
    ],
)  # fmt: skip
def test_acc_11_what_is_no_number_is_refused(typed):
    with pytest.raises(ValueError, match=r"(?s)^.*$"):
        canonical_phone(typed)


def _decorate(draw, digits):
    return "".join(draw(NOISE) + digit for digit in digits) + draw(NOISE)


@given(st.data(), MOBILES, PREFIXES, st.booleans())
def test_acc_11_however_a_mobile_is_typed_it_is_the_same(data, mobile, prefix, wide):
    typed = prefix + _decorate(data.draw, mobile)
    if wide:
        typed = "".join(chr(ord(c) + 0xFEE0) if c.isascii() and c.isdigit() else c for c in typed)
    assert canonical_phone(typed) == mobile


@given(st.one_of(st.text(max_size=60), st.text(alphabet="0123456789+-() ", max_size=25)))
def test_acc_11_any_text_is_a_number_or_refused(text):
    try:
        canonical = canonical_phone(text)
    except ValueError:
        return
    assert canonical.removeprefix("+").isascii()
    assert canonical.removeprefix("+").isdigit()
    assert 7 <= len(canonical) <= 17
    assert canonical_phone(canonical) == canonical, "the canonical form is its own"


@pytest.mark.parametrize(
    ("canonical", "masked"),
    [
        ("13800001234", "138****1234"),
        ("02886001234", "028****1234"),
        ("057188889999", "0571****9999"),
        ("01088889999", "010****9999"),
        ("+85251234567", "+852****4567"),
        ("+12025550123", "+1****0123"),
        ("+29022158", "+290****58"),
        ("01085551234", "010****1234"),
        ("4008889999", "4008****9999"),
    ],
)
def test_acc_9_masks(canonical, masked):
    assert mask_phone(canonical) == masked


@given(MOBILES)
def test_acc_9_a_mask_hides_the_middle_four(mobile):
    assert mask_phone(mobile) == f"{mobile[:3]}****{mobile[7:]}"


@given(st.one_of(st.text(max_size=60), st.text(alphabet="0123456789+", min_size=7, max_size=16)))
def test_acc_9_no_number_is_shown_whole_by_its_mask(text):
    try:
        canonical = canonical_phone(text)
    except ValueError:
        return
    masked = mask_phone(canonical)
    shown = sum(c.isdigit() for c in masked)
    assert canonical not in masked
    assert sum(c.isdigit() for c in canonical) - shown >= 2, "at least two digits stay hidden"
