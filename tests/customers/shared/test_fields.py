"""A customer's fields are declared once (``app.customers.shared.fields``); whatever is not derived agrees with it."""

from __future__ import annotations

from typing import get_type_hints

import pytest

from app.customers.profile.editing import DEMAND, EDITABLE
from app.customers.profile.forms import CustomerEditForm
from app.customers.shared.fields import CODES, FIELDS, LABELS, column_of, input_name_of
from app.customers.shared.forms import DemandForm
from app.customers.shared.models import Customer
from app.customers.shared.serializers import CustomerRecord, DemandRecord


def test_a_field_is_declared_once():
    assert len(LABELS) == len(FIELDS)


@pytest.mark.parametrize("name", EDITABLE)
def test_cust_20_what_an_edit_may_change_is_kept_entered_and_shown_by_the_api(name):
    shape, form = (DemandRecord, DemandForm) if name in DEMAND else (CustomerRecord, CustomerEditForm)
    assert hasattr(Customer, name)
    assert input_name_of(name) in dir(form)
    sent = input_name_of(name)
    assert {sent, sent.removesuffix("_id")} & set(get_type_hints(shape))


def test_cust_5_the_demand_form_has_its_own_names_for_two_columns():
    assert {name: column_of(name) for name in ("kind", "district_ids", "price_min")} == {
        "kind": "demand_kind",
        "district_ids": "demand_districts",
        "price_min": "price_min",
    }


def test_cust_2_codes_are_those_that_the_table_holds():
    kept = {name for name in CODES if hasattr(Customer, name)}
    assert set(CODES) - kept == {"push", "member_access"}
