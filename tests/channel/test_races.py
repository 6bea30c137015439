"""Simultaneous operations, on both databases: CH-8, CH-14, CH-18, CH-23, CH-24. The unique keys decide."""

from __future__ import annotations

import pytest

from app.channel.collisions.models import Collision, RebindLog
from app.channel.collisions.rebinding import rebind_referral
from app.channel.collisions.services import handle_collision
from app.channel.referrals import bindings as identity
from app.channel.referrals import services
from app.channel.referrals.deals import close_referral
from app.channel.referrals.models import Binding, BindingKey, Referral, ReferralKey
from app.channel.referrals.services import report_referral
from app.channel.scans.models import OnsiteScan
from tests.support.channel.scene import START, again, check_invariants, count, every
from tests.support.databases.race import race, sorted_out

pytestmark = pytest.mark.both


@pytest.fixture(params=[True, False], ids=["ordered", "unordered"])
def identity_lock(request, monkeypatch):
    """Run with the lock on the identity, which only orders; and without it, when only the keys decide."""
    if not request.param:
        monkeypatch.setattr(identity, "lock", lambda *_names, **_kwargs: None)
    return request.param


def _scan(channel, referral):
    done = channel.scan(referral)
    return done.result, done.scan.broker_id


def test_ch_8_the_same_broker_enters_the_same_customer_once(app, channel, identity_lock):
    broker = channel.actor("broker1")
    phones = [[("138", "1234"), ("139", "5678")], [("139", "5678"), ("138", "1234")], [("138", "1234")]] * 3

    def enter(numbers):
        return services.enter_referral(family_name="王", given_name="小明", phones=numbers, actor=broker).id

    won, codes = sorted_out(race(app, [lambda numbers=numbers: enter(numbers) for numbers in phones]))
    assert (len(won), codes) == (1, ["referral.duplicate"] * 8)
    assert count(Referral) == 1
    assert {row.referral_id for row in every(ReferralKey)} == set(won)
    check_invariants()


def test_ch_8_different_brokers_enter_the_same_customer_side_by_side(app, channel, identity_lock):
    calls = [lambda key=key: channel.report(key).code for key in ("broker1", "broker2", "broker3", "site1")]
    won, codes = sorted_out(race(app, calls))
    assert (len(set(won)), codes) == (4, [])
    check_invariants()


def test_ch_14_two_brokers_codes_at_the_same_instant_bind_exactly_one(app, channel, identity_lock):
    for number in range(4):
        both = [channel.report(key, f"客{number}") for key in ("broker1", "broker2")]
        outcomes = race(app, [lambda one=one: _scan(channel, one) for one in both])
        assert sorted(result for result, _broker in outcomes) == ["bound", "collision"]
        winner = next(broker for result, broker in outcomes if result == "bound")
        states = {row.broker_id: row.state for row in every(Referral, Referral.name == f"王客{number}")}
        assert states == {one.broker_id: "bound" if one.broker_id == winner else "reported" for one in both}
    assert count(Binding) == count(BindingKey) == count(Collision) == 4
    assert count(OnsiteScan) == 8
    check_invariants()


def test_ch_14_numbers_in_common_decide_whichever_way_round(app, channel, identity_lock):
    one, two, three = ("138", "1111"), ("138", "2222"), ("138", "3333")
    mine, other = channel.report("broker1", phones=[one, two]), channel.report("broker2", phones=[two, one])
    third = channel.report("broker3", phones=[two, three])
    outcomes = race(app, [lambda r=r: _scan(channel, r) for r in (mine, other, third)])
    assert sorted(result for result, _broker in outcomes) == ["bound", "collision", "collision"]
    check_invariants()


def test_ch_14_one_code_scanned_many_times_at_once_binds_once(app, channel, identity_lock):
    referral = channel.report("broker1")
    outcomes = race(app, [lambda: _scan(channel, referral)] * 5)
    assert sorted(result for result, _broker in outcomes) == ["bound", *["revisit"] * 4]
    assert count(Binding) == 1
    check_invariants()


def test_ch_18_repeats_at_once_are_one_open_collision(app, channel, identity_lock):
    channel.bound("broker1")
    other = channel.enter("broker2")
    broker = channel.actor("broker2")
    race(app, [lambda: report_referral(other.id, actor=broker).id] * 5)
    (collision,) = every(Collision)
    assert collision.count == 6


def test_ch_23_two_rebindings_at_once(app, channel):
    mine = channel.bound("broker1")
    director = channel.actor("director")
    calls = [
        lambda key=key: (
            rebind_referral(mine.id, broker_id=channel.brokers[key].id, reason="…", actor=director).id
        )
        for key in ("broker2", "broker3")
    ]
    won, codes = sorted_out(race(app, calls))
    assert (len(won), codes) == (1, ["referral.not_bound"])
    assert count(RebindLog) == 1
    assert sorted(row.state for row in every(Referral)) == ["bound", "reported"]
    check_invariants()


def test_ch_19_a_collision_is_handled_once(app, channel):
    channel.bound("broker1")
    channel.report("broker2")
    (collision,) = every(Collision)
    director = channel.actor("director")
    calls = [
        lambda outcome=outcome: handle_collision(collision.id, outcome=outcome, note="…", actor=director).id
        for outcome in ("keep", "rebind", "other", "rebind")
    ]
    won, codes = sorted_out(race(app, calls))
    assert (len(won), codes) == (1, ["collision.handled"] * 3)
    check_invariants()


def test_ch_24_closing_and_scanning_at_once(app, channel, identity_lock):
    """Either the deal comes first and the scan collides, or the other broker binds and the deal is
    refused.
    """
    director = channel.actor("director")
    for number in range(3):
        mine, other = (channel.report(key, f"客{number}") for key in ("broker1", "broker2"))

        def close(pk=mine.id):
            return close_referral(pk, closed_on=START.date(), actor=director).referral.state

        won, codes = sorted_out(race(app, [close, lambda other=other: _scan(channel, other)[0]]))
        state = again(mine).state
        assert (sorted(won), codes) == (
            (["closed", "collision"], []) if state == "closed" else (["bound"], ["referral.bound_elsewhere"])
        )
    check_invariants()


def test_ch_23_rebinding_scanning_and_reporting_at_once_stay_consistent(app, channel):
    mine, other = channel.bound("broker1"), channel.report("broker2")
    director, broker = channel.actor("director"), channel.actor("broker2")
    calls = [
        lambda: rebind_referral(mine.id, broker_id=other.broker_id, reason="…", actor=director).id,
        lambda: _scan(channel, other),
        lambda: report_referral(other.id, actor=broker).id,
        lambda: _scan(channel, mine),
    ]
    won, codes = sorted_out(race(app, calls))
    assert (len(won), codes) == (4, [])
    assert (again(mine).state, again(other).state) == ("reported", "bound")
    check_invariants()
