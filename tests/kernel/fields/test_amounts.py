"""PLAT-19: amounts and measures as people type them; anything else is refused."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from werkzeug.datastructures import MultiDict

from app.kernel.api.bodies import read_json
from app.kernel.errors import Invalid
from app.kernel.fields.amounts import read_amount
from app.kernel.fields.forms import BaseForm, optional
from app.kernel.fields.numbers import MoneyField
from app.kernel.lists.filters import AmountRangeFilter

MONEY = [
    ("300", "300"), ("300.50", "300.50"), ("1,200", "1200"), ("1,234,567.89", "1234567.89"), ("￥300", "300"),
    ("¥ 300", "300"), ("300元", "300"), ("300 元", "300"), ("120万", "1200000"), ("120万元", "1200000"),
    ("1.5万", "15000"), ("1.2亿", "120000000"), ("3500元/月", "3500"), ("12,000元/㎡", "12000"),
    ("1.2万元/平米", "12000"), ("３００．５０", "300.50"), ("１，２００元", "1200"), ("0", "0"), ("￥1,200元", "1200"),
    ("3万/月", "30000"),
]  # fmt: skip
NO_MONEY = [
    "", " ", "99,50", "1e3", "1E3", "1_000", "1,00,000", "1234,567", "0,123", ",100", "100,", "1,2345", ".5", "5.", "-5",
    "+5", "1 000", "1.2.3", "NaN", "Infinity", "万", "元", "￥", "300㎡", "300美元", "300/月", "万300", "3百",
    "١٢٣", "0x10", "1'000", "300元元", "300元万", "1。5", "3~5万", "$300", "1" * 17,
]  # fmt: skip


@pytest.mark.parametrize(("typed", "value"), MONEY)
def test_plat_19_money_that_is_understood(bare, typed, value):
    assert read_amount(typed) == Decimal(value)


@pytest.mark.parametrize("typed", NO_MONEY)
def test_plat_19_money_that_is_refused(bare, typed):
    with pytest.raises(ValueError, match=r".+"):
        read_amount(typed)


@pytest.mark.parametrize(
    ("typed", "value"),
    [
        ("89.5", "89.5"),
        ("89.5㎡", "89.5"),
        ("89.5 m²", "89.5"),
        ("120平米", "120"),
        ("120 平方米", "120"),
        ("1,200㎡", "1200"),
    ],
)
def test_plat_19_areas_that_are_understood(bare, typed, value):
    assert read_amount(typed, "area") == Decimal(value)


@pytest.mark.parametrize("typed", ["89.5元", "￥89", "1e3", "89,5", "89 5", "㎡"])
def test_plat_19_areas_that_are_refused(bare, typed):
    with pytest.raises(ValueError, match=r".+"):
        read_amount(typed, "area")


@pytest.mark.parametrize("typed", ["3年", "3元", "3万", "3㎡"])
def test_plat_19_a_bare_number_has_no_unit(bare, typed):
    with pytest.raises(ValueError, match=r".+"):
        read_amount(typed, "number")


@given(st.integers(0, 10**12), st.integers(0, 99), st.booleans(), st.sampled_from(["", "元", " 元", "元/月"]))
def test_plat_19_what_is_shown_is_read_back(whole, cents, wide, unit):
    shown = f"{whole:,}.{cents:02d}{unit}"
    if wide:
        shown = "".join(chr(ord(c) + 0xFEE0) if c in "0123456789,." else c for c in shown)
    assert read_amount(shown) == Decimal(whole) + Decimal(cents) / 100


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.text(alphabet="0123456789,.万亿元￥ e_-+", max_size=12))
def test_plat_19_commas_never_move_the_point(bare, text):
    """An accepted text is the number without its thousands separators."""
    try:
        value = read_amount(text)
    except ValueError:
        return
    scale = 10**4 if "万" in text else 10**8 if "亿" in text else 1
    assert value == Decimal("".join(c for c in text if c.isdigit() or c == ".")) * scale
    for part in text.split(".")[0].split(",")[1:]:
        assert len("".join(c for c in part if c.isdigit())) == 3


class _Form(BaseForm):
    amount = MoneyField("Amount", optional())
    area = MoneyField("Area", optional(), measure="area")


@pytest.mark.parametrize(("typed", "value"), MONEY)
def test_plat_19_one_reader_for_form_filter_and_api(bare, typed, value):
    page = _Form(formdata=MultiDict({"amount": typed}), meta={"csrf": False})
    assert page.validate()
    assert page.amount.data == Decimal(value) == read_json(_Form, {"amount": typed}).amount.data
    asked = AmountRangeFilter("amount", "Amount", None).read(
        MultiDict({"amount_from": typed, "amount_to": typed})
    )
    assert asked == (Decimal(value), Decimal(value))


@pytest.mark.parametrize("typed", [one for one in NO_MONEY if one.strip()])
def test_plat_19_what_one_refuses_all_refuse(bare, typed):
    page = _Form(formdata=MultiDict({"amount": typed}), meta={"csrf": False})
    assert not page.validate()
    with pytest.raises(Invalid):
        read_json(_Form, {"amount": typed})
    with pytest.raises(ValueError, match=r".+"):
        AmountRangeFilter("amount", "Amount", None).read(MultiDict({"amount_from": typed}))


def test_plat_19_numbers_of_json_are_read_as_they_are(bare):
    assert read_json(_Form, {"amount": 1000}).amount.data == 1000
    assert read_json(_Form, {"amount": 1e3}).amount.data == 1000
    assert read_json(_Form, {"area": "89.5㎡"}).area.data == Decimal("89.5")
