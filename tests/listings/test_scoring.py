"""LST-3: how well a home fits a demand, and why: the pure function, as a table and as properties."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.listings.matching.scoring import WEIGHTS, Demand, Home, Range, match


def between(low=None, high=None) -> Range:
    return Range(*(None if one is None else Decimal(one) for one in (low, high)))


DEMAND = Demand("buy", frozenset({1, 2}), between(800_000, 1_000_000), between(80, 100), between(2, 3))
HOME = Home("sale", 1, Decimal(900_000), Decimal(90), 3)

# what differs in the home → points of 10,000, and the condition that is missed with how much
TABLE = {
    "everything as wanted": ({}, 10_000, None),
    "at the bounds": ({"price": "1000000", "area": "80", "rooms": 2}, 10_000, None),
    "5 % over the budget": ({"price": "1050000"}, 6_500 + 35 * 75, ("price", 5)),
    "a yuan over the budget": ({"price": "1000001"}, 6_500 + 35 * 99, ("price", 1)),
    "10 % below the budget": ({"price": "720000"}, 6_500 + 35 * 50, ("price", 10)),
    "20 % over the budget": ({"price": "1200000"}, None, None),
    "10 % too large": ({"area": "110"}, 8_000 + 20 * 50, ("area", 10)),
    "a quarter too small": ({"area": "60"}, None, None),
    "a room more": ({"rooms": 4}, 8_500 + 15 * 50, ("rooms", 1)),
    "a room fewer": ({"rooms": 1}, 8_500 + 15 * 50, ("rooms", 1)),
    "two rooms more": ({"rooms": 5}, None, None),
    "another district, a must": ({"district_id": 3}, None, None),
    "for rent": ({"kind": "rent"}, None, None),
}


def home(**values) -> Home:
    for name in {"price", "area"} & values.keys():
        values[name] = Decimal(values[name])
    return replace(HOME, **values)


@pytest.mark.parametrize("name", TABLE)
def test_lst_3_points_and_what_is_missed(name):
    differs, points, missed = TABLE[name]
    found = match(DEMAND, home(**differs))
    if points is None:
        assert found is None
        return
    misses = [(one.condition, one.off) for one in found.reasons if not one.fits]
    assert (found.points, misses) == (points, [missed] if missed else [])
    assert found.is_exact is (missed is None)
    assert {one.condition for one in found.reasons} == {*WEIGHTS}, "each condition has a reason"


def test_lst_3_another_district_counts_where_it_is_no_must():
    found = match(replace(DEMAND, musts=frozenset()), home(district_id=3))
    assert (found.score, [one.condition for one in found.reasons if not one.fits]) == (70, ["district"])


@pytest.mark.parametrize(
    ("must", "differs"),
    [
        ("price", {"price": "1000001"}),
        ("area", {"area": "79.99"}),
        ("rooms", {"rooms": 4}),
        ("district", {"district_id": 9}),
    ],
)
def test_lst_3_a_must_is_met_or_there_is_no_match(must, differs):
    free = replace(DEMAND, musts=frozenset())
    assert match(free, home(**differs)) is not None
    assert match(replace(free, musts=frozenset({must})), home(**differs)) is None


def test_lst_3_open_bounds_are_open_and_have_no_reason():
    found = match(Demand("rent"), Home("rent", 7, Decimal(1), Decimal(1), 0))
    assert (found.points, found.reasons) == (10_000, ())
    assert match(replace(DEMAND, price=between(high=1_000_000)), home(price="1")).is_exact
    assert match(replace(DEMAND, price=between(low=800_000)), home(price="99999999")).is_exact


BOUND = st.none() | st.integers(0, 400).map(Decimal)
RANGES = st.builds(Range, BOUND, BOUND).filter(lambda one: None in (one.low, one.high) or one.low <= one.high)
DEMANDS = st.builds(
    Demand,
    st.sampled_from(["buy", "rent"]),
    st.frozensets(st.integers(1, 3)),
    RANGES,
    RANGES,
    st.builds(Range, st.none() | st.integers(0, 5).map(Decimal)),
    st.frozensets(st.sampled_from([*WEIGHTS])),
)
HOMES = st.builds(
    Home,
    st.sampled_from(["sale", "rent"]),
    st.integers(1, 4),
    st.integers(1, 500).map(Decimal),
    st.integers(1, 500).map(Decimal),
    st.integers(0, 6),
)


@given(DEMANDS, HOMES, st.integers(1, 500).map(Decimal))
def test_lst_3_a_better_price_never_ranks_lower_all_else_equal(demand, dear, price):
    """Better is cheaper, as long as it is not below what the customer expects."""
    low = demand.price.low
    if price >= dear.price or (low is not None and price < low):
        return
    found, cheaper = match(demand, dear), match(demand, replace(dear, price=price))
    if found is not None:
        assert cheaper is not None
        assert cheaper.points >= found.points


@given(DEMANDS, HOMES)
def test_lst_3_the_points_say_whether_anything_is_missed(demand, one):
    found = match(demand, one)
    if found is not None:
        assert 0 <= found.score <= 100
        assert found.is_exact is all(reason.fits for reason in found.reasons)
        assert not {reason.condition for reason in found.reasons if not reason.fits} & demand.musts


@given(DEMANDS, HOMES)
def test_lst_3_fewer_musts_never_take_a_match_away(demand, one):
    if match(demand, one) is not None:
        assert match(replace(demand, musts=frozenset()), one) == match(demand, one)
