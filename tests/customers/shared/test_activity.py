"""CUST-30: who counts as active, as far as pool entries and the days without a follow-up do not come in."""

from __future__ import annotations

import pytest

from app.customers.shared.models import Customer
from app.customers.shared.serializers import activity_of


@pytest.mark.parametrize(
    ("changed", "activity"),
    [
        ({}, "active"),
        ({"follow_status": "pending"}, "active"),
        ({"follow_status": "off_shelf"}, "inactive"),
        ({"stage": "lapsed"}, "inactive"),
        ({"enabled": False}, "inactive"),
    ],
)
def test_cust_30_off_shelf_lapsed_and_disabled_customers_are_inactive(changed, activity):
    usual = {"follow_status": "following", "stage": "lead", "enabled": True}
    assert activity_of(Customer(**{**usual, **changed})) == activity
