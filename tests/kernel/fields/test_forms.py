"""Forms: the accepted JSON of the API, the accepted input of people, and the field of each error (PLAT-9,
ACC-11, CUST-5).
"""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from app.kernel.api.bodies import read_json
from app.kernel.errors import Invalid
from app.kernel.fields.choices import ChoiceField, ReferenceField, ReferencesField
from app.kernel.fields.forms import BaseForm, FormField, SubForm, at_most, between, optional, required
from app.kernel.fields.numbers import DayField, MomentField, MoneyField, WholeField, YesNoField
from app.kernel.fields.texts import LineField, PhoneField, TextField
from app.kernel.settings.dictionaries import Dictionary
from app.kernel.text import MAX_ID

COLOURS = Dictionary("colours", {"red": "Red", "blue": "Blue"})


class _Demand(SubForm):
    kind = ChoiceField("Kind", COLOURS, optional())
    district_ids = ReferencesField("Districts", optional(), url=lambda: "", names_of=lambda _pks: {})
    price_max = MoneyField("Price", optional())


class _Form(BaseForm):
    name = LineField("Name", required(at_most(10)))
    note = TextField("Note", optional(at_most(40)))
    phone = PhoneField("Phone", optional())
    price = MoneyField("Price", optional(), high=10**6)
    rooms = WholeField("Rooms", optional(between(0, 99)))
    open = YesNoField("Open")
    colour = ChoiceField("Colour", COLOURS, optional())
    owner_id = ReferenceField("Owner", optional(), url=lambda: "", name_of=str)
    day = DayField("Day", optional())
    moment = MomentField("Moment", optional())
    demand = FormField(_Demand)


def _read(partial=False, **fields):
    return read_json(_Form, {"name": "王", **fields} if not partial else fields, partial=partial)


def _complaints(**fields):
    with pytest.raises(Invalid) as caught:
        _read(**fields)
    assert all(str(sentence) for sentence in caught.value.fields.values())
    return sorted(caught.value.fields)


GOOD = [
    ("name", " 王\u200b 小明\n", "王 小明"),
    ("name", "ＡＢ", "ＡＢ"),
    ("note", "一\r\n二\u202e", "一\n二"),
    ("phone", "１３８ ００００-１２３４", "138 0000-1234"),
    ("price", 12, Decimal(12)),
    ("price", 12.5, Decimal("12.5")),
    ("price", "１,２００.５０", Decimal("1200.50")),
    ("price", 0, Decimal(0)),
    ("rooms", 3, 3),
    ("rooms", 0, 0),
    ("open", True, True),
    ("open", False, False),
    ("colour", "red", "red"),
    ("owner_id", 7, 7),
    ("day", "2026-01-31", date(2026, 1, 31)),
    ("day", "２０２６-０１-３１", date(2026, 1, 31)),
    ("moment", "2026-01-31T09:30:00+08:00", datetime(2026, 1, 31, 1, 30, tzinfo=UTC)),
    ("moment", "2026-01-31T01:30:00Z", datetime(2026, 1, 31, 1, 30, tzinfo=UTC)),
    ("moment", "2026-01-31T09:30", datetime(2026, 1, 31, 1, 30, tzinfo=UTC)),
    ("note", "", None),
    ("note", None, None),
    ("rooms", None, None),
]


@pytest.mark.parametrize(("field", "value", "read"), GOOD)
def test_plat_9_values_are_read(bare, field, value, read):
    assert _read(**{field: value}).values()[field] == read


BAD = [
    ("name", ""), ("name", "  \u200b"), ("name", None), ("name", 5), ("name", ["王"]), ("name", {"a": 1}),
    ("name", "王" * 11), ("name", True),
    ("note", 1), ("note", "x" * 41),
    ("phone", 13800001234), ("phone", "1" * 41),
    ("price", "abc"), ("price", -1), ("price", 1_000_001), ("price", "1.005"), ("price", "NaN"),
    ("price", "Infinity"), ("price", True), ("price", [1]), ("price", "1e400"), ("price", "9" * 60),
    ("rooms", 1.5), ("rooms", "3"), ("rooms", True), ("rooms", 100), ("rooms", -1), ("rooms", 10**20),
    ("open", "true"), ("open", 1), ("open", "yes"),
    ("colour", "green"), ("colour", 1), ("colour", "Red"),
    ("owner_id", "7"), ("owner_id", 0), ("owner_id", -1), ("owner_id", MAX_ID + 1), ("owner_id", 1.0),
    ("owner_id", True),
    ("day", "31.1.2026"), ("day", "2026-02-30"), ("day", 20260131),
    ("moment", "tomorrow"), ("moment", "0001-01-01T00:00:00+14:00"), ("moment", "9999-12-31T23:59:59-14:00"),
    ("moment", 0),
    ("demand", []), ("demand", "buy"), ("demand", 1),
]  # fmt: skip


@pytest.mark.parametrize(("field", "value"), BAD, ids=[f"{field}={value!r:.24}" for field, value in BAD])
def test_plat_9_wrong_values_are_complained_about_under_their_field(bare, field, value):
    assert _complaints(**{field: value}) == [field]


@pytest.mark.parametrize(
    ("demand", "fields"),
    [
        ({"price_max": "much"}, ["demand.price_max"]),
        ({"kind": "green", "price_max": -1}, ["demand.kind", "demand.price_max"]),
        ({"district_ids": "1,2"}, ["demand.district_ids"]),
        ({"district_ids": ["1"]}, ["demand.district_ids"]),
        ({"district_ids": [1, True]}, ["demand.district_ids"]),
        ({"district_ids": [0]}, ["demand.district_ids"]),
        ({"unknown": 1}, ["demand.unknown"]),
        ({"price_max": {"a": 1}}, ["demand.price_max"]),
    ],
)
def test_cust_5_complaints_inside_the_demand_are_named_by_path(bare, demand, fields):
    assert _complaints(demand=demand) == fields


def test_cust_5_a_demand_is_read_as_a_dictionary(bare):
    form = _read(demand={"kind": "blue", "district_ids": [3, 1], "price_max": 5})
    assert form.values()["demand"] == {"kind": "blue", "district_ids": [3, 1], "price_max": Decimal(5)}
    assert _read(demand=None).values()["demand"]["kind"] is None


@pytest.mark.parametrize("name", ["unknown", "csrf_token ", "id", "demand-kind", "demand.kind", "__class__"])
def test_plat_9_unknown_fields_are_refused(bare, name):
    assert _complaints(**{name: "x"}) == [name]


@pytest.mark.parametrize("payload", [None, [], "text", 5, True])
def test_plat_9_only_an_object_is_a_body(bare, payload):
    with pytest.raises(Invalid) as caught:
        read_json(_Form, payload)
    assert list(caught.value.fields) == ["body"]


def test_plat_9_every_wrong_field_is_named_at_once(bare):
    assert _complaints(name="", rooms="x", colour="green", unknown=1, demand={"price_max": "x"}) == [
        "colour", "demand.price_max", "name", "rooms", "unknown",
    ]  # fmt: skip


def test_plat_9_a_partial_body_leaves_the_rest_alone(bare):
    assert _read(partial=True, rooms=3).values() == {"rooms": 3}
    assert _read(partial=True).values() == {}
    assert _read(partial=True, note=None).values() == {"note": None}
    with pytest.raises(Invalid) as caught:
        _read(partial=True, name="")
    assert list(caught.value.fields) == ["name"]


def test_errors_of_a_service_are_under_their_fields(bare):
    form = _Form(formdata=None, meta={"csrf": False})
    left = form.add_errors({"name": "taken", "demand.price_max": "low", "elsewhere": "no"})
    assert left == {"elsewhere": "no"}
    assert form.complaints() == {"name": "taken", "demand.price_max": "low"}
