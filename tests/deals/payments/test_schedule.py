"""Splitting an amount into instalments, and their due days: CUST-16."""

from __future__ import annotations

from calendar import monthrange
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.deals.credit.currencies import CURRENCY, smallest_unit
from app.deals.payments.schedule import due_days, split_evenly

CENT = Decimal("0.01")


@pytest.mark.parametrize(
    ("total", "parts", "expected"),
    [
        ("5.47", 3, ["1.82", "1.82", "1.83"]),
        ("100.00", 3, ["33.33", "33.33", "33.34"]),
        ("0.03", 3, ["0.01", "0.01", "0.01"]),
        ("10", 1, ["10"]),
    ],
)
def test_cust_16_parts_are_equal_rounded_down_and_the_last_takes_the_rest(total, parts, expected):
    assert split_evenly(Decimal(total), parts, CENT) == [Decimal(part) for part in expected]


@pytest.mark.parametrize(
    ("total", "parts", "unit"), [("0.02", 3, CENT), ("0", 1, CENT), ("9", 10, Decimal(1))]
)
def test_cust_16_an_instalment_of_0_is_refused(total, parts, unit):
    with pytest.raises(ValueError, match=str(parts)):
        split_evenly(Decimal(total), parts, unit)


@given(cents=st.integers(1, 10**15), parts=st.integers(1, 120), currency=st.sampled_from(CURRENCY.codes))
def test_cust_16_any_split_is_exact_in_payable_parts_and_the_rest_is_less_than_a_unit_each(
    cents, parts, currency
):
    unit = smallest_unit(currency)
    total = cents * unit
    if cents < parts:
        with pytest.raises(ValueError, match=str(parts)):
            split_evenly(total, parts, unit)
        return
    split = split_evenly(total, parts, unit)
    assert (len(split), sum(split)) == (parts, total)
    assert len({*split[:-1]}) <= 1
    assert all(part > 0 and part % unit == 0 for part in split)
    assert 0 <= split[-1] - split[0] < parts * unit


@pytest.mark.parametrize(
    ("first", "expected"),
    [
        (date(2026, 1, 31), [date(2026, 1, 31), date(2026, 2, 28), date(2026, 3, 31), date(2026, 4, 30)]),
        (date(2028, 1, 31), [date(2028, 1, 31), date(2028, 2, 29), date(2028, 3, 31), date(2028, 4, 30)]),
        (date(2028, 2, 29), [date(2028, 2, 29), date(2028, 3, 29), date(2028, 4, 29), date(2028, 5, 29)]),
        (date(2026, 11, 30), [date(2026, 11, 30), date(2026, 12, 30), date(2027, 1, 30), date(2027, 2, 28)]),
    ],
)
def test_cust_16_monthly_instalments_keep_the_wished_day(first, expected):
    assert due_days(first, 4, 1) == expected


@given(
    first=st.dates(date(2000, 1, 1), date(2100, 1, 1)), parts=st.integers(1, 60), months=st.integers(1, 12)
)
def test_cust_16_no_month_is_left_out_and_no_day_drifts(first, parts, months):
    days = due_days(first, parts, months)
    assert days[0] == first
    for place, day in enumerate(days):
        assert (day.year - first.year) * 12 + day.month - first.month == place * months
        assert day.day == min(first.day, monthrange(day.year, day.month)[1])
