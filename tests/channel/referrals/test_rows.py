"""Referrals read as columns: the same cells and API records as the loaded records have (CH-10, CH-17)."""

from __future__ import annotations

import pytest

from app.channel.referrals.filters import REFERRALS
from app.channel.referrals.presentation import FORMATTERS
from app.channel.referrals.queries import REFERRAL_PEOPLE, visible_referrals
from app.channel.referrals.rows import API_READS, REFERRAL_ROWS
from app.channel.referrals.serializers import referral_record
from app.channel.referrals.views import ReferralView
from app.kernel.access.current import set_actor
from app.kernel.lists.paging import fetch_page
from app.kernel.lists.requests import ListRequest
from app.kernel.lists.rows import RowReader
from app.kernel.pages.formatting import cell
from tests.support.databases.statements import count_statements
from tests.support.web.person import Browser

READERS = ("director", "secretary", "broker1", "onsite", "consultant")


@pytest.fixture
def referrals(channel):
    """Referrals of several brokers in several states, one with two numbers."""
    channel.enter("broker1", "甲一")
    channel.report("broker1", "乙二", [("139", "0002"), ("138", "0003")])
    channel.bound("broker1", "丙三", [("139", "0004")])
    channel.bound("broker2", "丁四", [("139", "0005")])
    return channel


def _shown(record, name):
    formatter = FORMATTERS.get(name)
    return str(cell(formatter(record) if formatter else getattr(record, name)))


def test_the_offices_list_is_read_as_rows():
    assert ReferralView.row_shape is REFERRAL_ROWS
    assert REFERRAL_ROWS.covers(ReferralView.list_columns)


@pytest.mark.both
@pytest.mark.parametrize("order", ["-created_at", "created_at"])
def test_cells_and_api_records_of_a_row_are_those_of_the_record(app, referrals, order):
    seen = 0
    asked = ListRequest(page_size=100, order_by=order)
    for key in READERS:
        actor = referrals.actor(key)
        whole = visible_referrals(actor)
        records = fetch_page(whole, REFERRALS, asked, *REFERRAL_PEOPLE)
        rows = fetch_page(whole, REFERRALS, asked, reader=RowReader(REFERRAL_ROWS, API_READS, actor))
        assert [one.id for one in rows.items] == [one.id for one in records.items]
        with app.test_request_context():
            set_actor(actor)
            for record, row in zip(records.items, rows.items, strict=True):
                for name in set(REFERRAL_ROWS.reads) - {"consultants", "keys"}:
                    assert _shown(row, name) == _shown(record, name), (key, name)
                assert referral_record(row) == referral_record(record)
                seen += 1
    assert seen >= 10


def test_the_list_costs_four_statements_and_the_fragment_three(app, referrals):
    browser = Browser(app, referrals.username("director"))
    for heads, most in (({}, 4), ({"HX-Request": "true"}, 3)):
        browser.get("/referrals/", headers=heads)
        with count_statements(app) as seen:
            assert browser.get("/referrals/", headers=heads).status_code == 200
        assert len(seen) <= most, seen
