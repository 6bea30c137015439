"""A customer's fields are declared once (``app.customers.shared.fields``); whatever is not derived agrees with it."""

from __future__ import annotations

from types import NoneType, UnionType
from typing import Annotated, Union, get_args, get_origin, get_type_hints

import pytest

from app.customers.creation.forms import CustomerForm
from app.customers.profile.editing import DEMAND, EDITABLE
from app.customers.profile.forms import CustomerEditForm
from app.customers.profile.views import CustomerView
from app.customers.shared.fields import CODES, FIELDS, IN_API, LABELS, column_of, input_name_of
from app.customers.shared.forms import DemandForm
from app.customers.shared.models import Customer
from app.customers.shared.serializers import CustomerRecord, DemandRecord


def test_a_field_is_declared_once():
    assert len(LABELS) == len(FIELDS)


@pytest.mark.parametrize("name", EDITABLE)
def test_cust_20_what_an_edit_may_change_is_kept_and_stands_in_both_forms(name):
    form = DemandForm if name in DEMAND else CustomerEditForm
    assert hasattr(Customer, name)
    assert input_name_of(name) in dir(form)


@pytest.mark.parametrize("form", [CustomerForm, CustomerEditForm])
def test_cust_2_every_input_has_its_place_on_the_page(app, form):
    with app.test_request_context():
        made = form()
    placed = [name for _title, names in form.sections for name in names]
    inputs = {*made._fields, *(f"demand.{name}" for name in made.demand.form._fields)}
    assert sorted(placed) == sorted(inputs - {"demand", "version", "csrf_token"})


def test_cust_20_what_an_edit_may_change_is_shown_on_the_detail():
    shown = {name for _title, names in CustomerView.show_fieldsets for name in names["fields"]}
    assert {one.shown_as or one.name for one in FIELDS if one.group} <= shown


OF_THE_RECORD = {"id", "demand", "activity", "tags", "categories", "version"}


def test_cust_2_the_types_of_the_api_agree_with_the_declaration():
    """Name by name; a code has its own dictionary, a field that may be empty may be null."""
    record, demand = (get_type_hints(one, include_extras=True) for one in (CustomerRecord, DemandRecord))
    declared = {one.sent_name: one for one in IN_API if one.group != "demand"}
    wanted = {one.sent_name: one for one in IN_API if one.group == "demand"}
    assert set(record) == {*declared, *OF_THE_RECORD}
    assert set(demand) == set(wanted)
    for types, fields in ((record, declared), (demand, wanted)):
        for name, field in fields.items():
            kinds = get_args(types[name]) if get_origin(types[name]) in {Union, UnionType} else (types[name],)
            codes = [kind.__metadata__[0] for kind in kinds if get_origin(kind) is Annotated and field.codes]
            assert codes == [field.codes] * bool(field.codes), name
            column = Customer.__table__.columns.get(field.name)
            if column is not None:
                assert (NoneType in kinds) == (column.nullable or name == "created_at"), name


def test_cust_5_the_demand_form_has_its_own_names_for_two_columns():
    assert {name: column_of(name) for name in ("kind", "district_ids", "price_min")} == {
        "kind": "demand_kind",
        "district_ids": "demand_districts",
        "price_min": "price_min",
    }


def test_cust_2_codes_are_those_that_the_table_holds():
    kept = {name for name in CODES if hasattr(Customer, name)}
    assert set(CODES) - kept == {"push", "member_access"}
