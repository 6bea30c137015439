"""CUST-16: lines are rounded half up to cents after discount, tax per line; never −0.01."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.deals.shared.money import CENT, amounts_of, amounts_of_line, to_cents

D = Decimal


def _line(quantity, price, discount=0, tax=0):
    return SimpleNamespace(quantity=D(quantity), price=D(price), discount=D(discount), tax=D(tax))


# samples/cases.md: quote and contract differ by cents; 100 % discount gives −0.01.
CASES = [
    ([_line("2.25", "64.22")], "144.50", "0.00"),
    ([_line("2.25", "64.22", 100)], "0.00", "0.00"),
    ([_line(3, "3.460", 0, 6), _line(6, "4.713", 0, 6), _line(6, "4.501", 0, 6)], "65.67", "3.94"),
    ([_line(1, "0.005")], "0.01", "0.00"),
    ([_line(1, "0.004999")], "0.00", "0.00"),
    ([_line(1, "0.01", 50)], "0.01", "0.00"),
    ([_line(3, "33.33", "33.33", 13)], "66.66", "8.67"),
    ([], "0.00", "0.00"),
]


@pytest.mark.parametrize(("lines", "net", "tax"), CASES)
def test_cust_16_totals_are_sums_of_rounded_lines(lines, net, tax):
    found = amounts_of(lines)
    assert (str(found.net), str(found.tax), found.total) == (net, tax, D(net) + D(tax))


_number = st.decimals(0, 10**8, places=4, allow_nan=False, allow_infinity=False)
_percent = st.decimals(0, 100, places=2, allow_nan=False, allow_infinity=False)


@given(_number, _number, _percent, _percent)
def test_cust_16_a_line_is_the_nearest_cent_and_never_negative(quantity, price, discount, tax):
    found = amounts_of_line(_line(quantity, price, discount, tax))
    exact = Fraction(quantity) * Fraction(price) * (100 - Fraction(discount)) / 100
    half = Fraction(1, 200)
    assert -half < exact - Fraction(found.net) <= half or exact - Fraction(found.net) == -half
    assert exact - Fraction(found.net) < half, "half a cent is rounded up"
    assert Fraction(found.net) * Fraction(tax) / 100 - Fraction(found.tax) < half
    assert not found.total.is_signed()
    assert found.net.as_tuple().exponent == found.tax.as_tuple().exponent == -2


@given(st.lists(st.tuples(_number, _number, _percent, _percent), max_size=5))
def test_cust_16_what_is_printed_line_by_line_adds_up(rows):
    lines = [_line(*row) for row in rows]
    whole = amounts_of(lines)
    assert whole.total == sum((amounts_of_line(one).total for one in lines), D(0))
    assert whole.total == whole.total.quantize(CENT)


def test_cust_16_zero_has_no_sign():
    assert str(to_cents(D("-0.004"))) == "0.00"
