"""CUST-4: unified social credit codes: every right one is read, and of a wrong check digit the right one is named."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from stdnum.cn import uscc

from app.customers.shared.validation import read_tax_id
from app.kernel.errors import Invalid

ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
BODIES = st.builds(
    "{}{}{}".format,
    st.sampled_from(["91", "92", "93", "11", "51"]),
    st.from_regex("[0-9]{6}", fullmatch=True),
    st.text(ALPHABET, min_size=9, max_size=9),
)


@given(BODIES, st.integers(min_value=0, max_value=17))
def test_cust_4_every_right_code_is_read_however_it_is_typed(body, place):
    right = body + uscc.calc_check_digit(body)
    typed = f"{right[:place].lower()} {right[place:]}"
    assert read_tax_id(typed) == right == read_tax_id(right.lower())


@given(BODIES, st.sampled_from(ALPHABET))
def test_cust_4_of_a_wrong_check_digit_the_right_one_is_named(body, last):
    right = uscc.calc_check_digit(body)
    if last == right:
        return
    with pytest.raises(Invalid) as caught:
        read_tax_id(body + last)
    assert caught.value.fields["tax_id"]._kwargs == {"expected": right}
