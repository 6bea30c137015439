"""CH-26, CH-29: the ranking is a funnel of what was reached; the timeline holds everything of an identity."""

from __future__ import annotations

from datetime import timedelta

import pytest

from app.channel.brokers import services as brokers
from app.channel.collisions.rebinding import rebind_referral
from app.channel.ranking.queries import RankingFilter, every_row, ranking, totals
from app.channel.referrals.deals import close_referral, reopen_referral
from app.channel.referrals.timeline import same_customer_ids, timeline_of
from app.channel.tours import services as tours
from tests.support.channel.scene import START, at, check_invariants

pytestmark = pytest.mark.both

DAY = START.date()
ALL_TIME = RankingFilter()
SINCE = RankingFilter(entered_from=DAY - timedelta(days=1))  # counts the referrals instead of the totals


@pytest.fixture
def market(channel):
    """broker1: four entered, one of them closed; broker2: one bound; broker3: one entered later."""
    channel.enter("broker1", "甲")
    channel.report("broker1", "乙")
    channel.bound("broker1", "丙")
    closed = channel.bound("broker1", "丁")
    close_referral(closed.id, closed_on=DAY, actor=channel.actor("director"))
    channel.bound("broker2", "戊")
    with at(days=40):
        channel.enter("broker3", "己")
    channel.closed = closed
    return channel


def _numbers(rows):
    return [(row.broker, row.entered, row.reported, row.bound, row.closed) for row in rows]


@pytest.mark.parametrize("wanted", [ALL_TIME, SINCE], ids=["totals", "counted"])
def test_ch_26_each_number_counts_what_reached_the_state(market, wanted):
    for who in ("director", "secretary", "admin", "auditor"):
        rows = ranking(market.actor(who), wanted)
        assert _numbers(rows) == [("赵一", 4, 3, 2, 1), ("钱二", 1, 1, 1, 0), ("孙三", 1, 0, 0, 0)]
        assert [row.company for row in rows] == ["川流地产", "锦程不动产", "川流地产"]
    assert totals(market.actor("director"), wanted) == {
        "brokers": 3, "entered": 6, "reported": 4, "bound": 3, "closed": 1,
    }  # fmt: skip
    for who in ("onsite", "agent", "broker1"):
        assert ranking(market.actor(who), wanted) == []


@pytest.mark.parametrize("later", [{"days": 0}, {"days": 31}])
def test_ch_26_expiry_lowers_no_count(market, later):
    with at(**later):
        assert _numbers(ranking(market.actor("director")))[0] == ("赵一", 4, 3, 2, 1)


@pytest.mark.parametrize("wanted", [ALL_TIME, SINCE], ids=["totals", "counted"])
def test_ch_26_rebinding_takes_the_bound_count_and_reopening_uncounts(market, wanted):
    director = market.actor("director")
    reopen_referral(market.closed.id, reason="退房", actor=market.admin)
    assert _numbers(ranking(director, wanted))[0] == ("赵一", 4, 3, 2, 0)
    broker = market.brokers["broker2"].id
    rebind_referral(market.closed.id, broker_id=broker, reason="…", actor=director)
    assert _numbers(ranking(director, wanted))[:2] == [("钱二", 2, 2, 2, 0), ("赵一", 4, 3, 1, 0)]
    check_invariants()


@pytest.mark.parametrize(
    ("wanted", "names"),
    [
        ({"company": "川流"}, ["赵一", "孙三"]),
        ({"broker": "钱"}, ["钱二"]),
        ({"broker_phone": "13900000003"}, ["孙三"]),
        ({"entered_from": DAY, "entered_to": DAY}, ["赵一", "钱二"]),
        ({"entered_from": DAY + timedelta(days=1)}, ["孙三"]),
        ({"entered_to": DAY - timedelta(days=1)}, []),
        ({"company": "100%"}, []),
    ],
)
def test_ch_26_search(market, wanted, names):
    director, found = market.actor("director"), RankingFilter(**wanted)
    rows = ranking(director, found)
    assert [row.broker for row in rows] == names
    assert [*every_row(director, found, size=1)] == rows
    assert totals(director, found)["brokers"] == len(names)


def test_ch_26_a_broker_who_changed_company_is_ranked_under_each(channel):
    channel.bound("broker1", "甲")
    brokers.edit_broker(
        channel.brokers["broker1"].id, company_id=channel.companies[1].id, actor=channel.actor("director")
    )
    channel.enter("broker1", "乙")
    for wanted in (ALL_TIME, SINCE):
        rows = ranking(channel.actor("director"), wanted)
        assert [(row.company, row.entered, row.bound) for row in rows] == [
            ("川流地产", 1, 1),
            ("锦程不动产", 1, 0),
        ]


def test_ch_29_the_timeline_holds_everything_of_the_identity_in_order(channel):
    mine = channel.bound("broker1", phones=[("138", "1234"), ("139", "5678")])
    with at(hours=1):
        other = channel.report("broker2", phones=[("139", "5678"), ("137", "0000")])
        channel.scan(other)
        third = channel.enter("broker3", phones=[("137", "0000")])
        channel.enter("broker3", "小红")
    with at(hours=2):
        tours.record_tour(token=mine.qr_token, intention="A", actor=channel.actor("consultant"))
    with at(hours=3):
        rebind_referral(mine.id, broker_id=other.broker_id, reason="…", actor=channel.actor("director"))
    with at(days=31):
        from app.channel.referrals.expiry import expire_due_bindings

        expire_due_bindings()
    ids = sorted([mine.id, other.id, third.id])
    assert [same_customer_ids(one) for one in (mine, other, third)] == [ids] * 3
    events = timeline_of(third)
    assert [event.at for event in events] == sorted(event.at for event in events)
    kinds = [event.kind for event in events]
    assert sorted(kinds) == sorted(
        ["referral.enter"] * 3
        + ["report"] * 2
        + ["scan"] * 2
        + ["collision"] * 1
        + ["tour", "rebind", "referral.expire"]
    )
    assert (kinds[-1], kinds[-2]) == ("referral.expire", "rebind")
