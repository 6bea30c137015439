"""CH-23: another broker gets the live binding: what moves, what is settled, and what is refused."""

from __future__ import annotations

from datetime import timedelta

import pytest

from app.channel.collisions.models import Collision, RebindLog
from app.channel.collisions.rebinding import rebind_referral
from app.channel.collisions.services import handle_collision
from app.channel.referrals.deals import close_referral, reopen_referral
from app.channel.referrals.models import Binding, BindingKey, Referral
from app.kernel.errors import Denied, Invalid, NotFound
from tests.support.channel.scene import (
    START,
    again,
    at,
    check_invariants,
    count,
    every,
    notices_of,
    operations,
)


def _rebind(channel, referral, key="broker2", who="director", **more):
    values = {"broker_id": channel.brokers[key].id, "reason": "先到现场", **more}
    return rebind_referral(referral.id, **values, actor=channel.actor(who))


def test_ch_23_the_binding_moves_with_its_period(channel):
    mine, other = channel.bound("broker1"), channel.report("broker2")
    with at(days=2):
        _rebind(channel, mine)
        former, now = again(mine), again(other)
        assert (former.state, now.state) == ("reported", "bound")
        assert (now.bound_at, now.expires_at) == (START, START + timedelta(days=30))
        assert (former.furthest_stage, now.furthest_stage) == (2, 3)
        assert now.assigned_consultant_id == channel.actor("consultant").id
        assert former.assigned_consultant_id is None
        (binding,) = every(Binding)
        assert (binding.referral_id, binding.broker_id) == (other.id, other.broker_id)
        (log,) = every(RebindLog)
        assert (log.from_referral_id, log.to_referral_id, log.reason) == (mine.id, other.id, "先到现场")
        assert (log.from_broker_id, log.to_broker_id) == (mine.broker_id, other.broker_id)
        check_invariants()
    assert operations(mine)[-1] == operations(other)[-1] == "referral.rebind"
    assert notices_of(mine.broker_id)[-1] == "%(name)s (%(code)s) was given to another broker"
    assert notices_of(other.broker_id)[-1] == "%(name)s (%(code)s) is bound to you now"


def test_ch_23_open_collisions_are_settled(channel):
    mine, other = channel.bound("broker1"), channel.report("broker2")
    channel.report("broker3")
    assert [one.is_open for one in every(Collision)] == [True, True]
    _rebind(channel, mine)
    assert [(one.outcome, one.note) for one in every(Collision)] == [("rebind", "先到现场")] * 2
    assert [operations(one)[-1] for one in every(Collision)] == ["collision.settle"] * 2
    assert other.id == every(RebindLog)[0].to_referral_id


def test_ch_23_a_broker_without_a_referral_gets_one(channel):
    mine = channel.bound("broker1", phones=[("138", "1234"), ("139", "5678")])
    _rebind(channel, mine)
    made = again(every(Referral)[1])
    assert (made.broker_id, made.state, made.qr_token) == (channel.brokers["broker2"].id, "bound", None)
    assert (made.name, [one.key for one in made.fragments]) == ("王小明", ["1381234", "1395678"])
    assert made.code != mine.code
    check_invariants()


@pytest.mark.parametrize("state", ["entered", "reported", "expired"])
def test_ch_10_entered_reported_and_expired_are_bound_by_rebinding(channel, state):
    other = channel.bound("broker2") if state == "expired" else None
    with at(days=31):
        if other is None:
            other = channel.enter("broker2", report=state == "reported")
        mine = channel.bound("broker1")
        assert again(other).present_state == state
        _rebind(channel, mine)
        assert again(other).state == "bound"
        check_invariants()


def test_ch_14_the_new_holders_numbers_are_held_as_well(channel):
    """Otherwise a customer could get two live bindings."""
    mine = channel.bound("broker1", phones=[("138", "1234"), ("139", "5678")])
    other = channel.report("broker2", phones=[("139", "5678"), ("137", "0000")])
    _rebind(channel, mine)
    assert sorted(row.fragment for row in every(BindingKey)) == ["1370000", "1381234", "1395678"]
    third = channel.report("broker3", phones=[("137", "0000")])
    assert channel.scan(third).result == "collision"
    assert again(other).state == "bound"
    check_invariants()


def test_ch_14_a_number_that_is_bound_elsewhere_keeps_the_binding_where_it_is(channel):
    mine = channel.bound("broker1", phones=[("138", "1234"), ("139", "5678")])
    channel.bound("broker3", phones=[("137", "0000")])
    channel.report("broker2", phones=[("139", "5678"), ("137", "0000")])
    with pytest.raises(Denied) as refused:
        _rebind(channel, mine)
    assert (refused.value.code, refused.value.status) == ("referral.bound_elsewhere", 409)
    assert again(mine).state == "bound"
    assert count(RebindLog) == 0


def test_ch_23_at_the_end_of_the_period_there_is_nothing_to_rebind(channel):
    mine = channel.bound("broker1")
    with at(days=30), pytest.raises(Denied) as refused:
        _rebind(channel, mine)
    assert refused.value.code == "referral.not_bound"
    with at(days=30, seconds=-1):
        _rebind(channel, mine)


def test_ch_23_what_is_refused(channel):
    mine, reported = channel.bound("broker1"), channel.report("broker1", "小红")
    for call, code in (
        (lambda: _rebind(channel, reported), "referral.not_bound"),
        (lambda: _rebind(channel, mine, "broker1"), "referral.same_broker"),
    ):
        with pytest.raises(Denied) as refused:
            call()
        assert (refused.value.code, refused.value.status) == (code, 409)
    for values, field in (({"reason": " "}, "reason"), ({"broker_id": 99999}, "broker_id")):
        with pytest.raises(Invalid) as invalid:
            _rebind(channel, mine, **values)
        assert list(invalid.value.fields) == [field]
    channel.register("site2", "13900000005", "周五", 1, "company_onsite")
    with pytest.raises(Invalid):
        _rebind(channel, mine, "site2")
    for who, error in (
        ("secretary", Denied),
        ("onsite", Denied),
        ("consultant", Denied),
        ("agent", NotFound),
    ):
        with pytest.raises(error):
            _rebind(channel, mine, who=who)
    assert again(mine).state == "bound"


def test_ch_23_a_closed_deal_has_to_be_reopened_first(channel):
    mine = channel.bound("broker1")
    close_referral(mine.id, closed_on=START.date(), actor=channel.actor("director"))
    with pytest.raises(Denied) as refused:
        _rebind(channel, mine)
    assert refused.value.code == "referral.closed"
    reopen_referral(mine.id, reason="退房", actor=channel.admin)
    _rebind(channel, mine)
    check_invariants()


def test_ch_19_a_collision_is_handled_once_with_a_note(channel):
    channel.bound("broker1")
    other = channel.report("broker2")
    (collision,) = every(Collision)
    director = channel.actor("director")
    for values, field in (({"outcome": "maybe"}, "outcome"), ({"note": ""}, "note")):
        with pytest.raises(Invalid) as invalid:
            handle_collision(
                collision.id, **{"outcome": "keep", "note": "证据不足", **values}, actor=director
            )
        assert list(invalid.value.fields) == [field]
    with at(hours=5):
        handle_collision(collision.id, outcome="keep", note="证据不足", actor=director)
    stored = again(collision)
    assert (stored.outcome, stored.note, stored.handled_by_id) == ("keep", "证据不足", director.id)
    assert stored.handled_at == START + timedelta(hours=5)
    with pytest.raises(Denied) as refused:
        handle_collision(collision.id, outcome="keep", note="again", actor=director)
    assert refused.value.code == "collision.handled"
    assert operations(collision) == ["collision.record", "collision.handle"]
    for side in (stored.bound_referral, other):
        assert notices_of(side.broker_id)[-1] == "The collision about %(name)s (%(code)s) was decided"


def test_ch_18_after_a_decision_a_new_collision_is_a_new_one(channel):
    channel.bound("broker1")
    other = channel.report("broker2")
    handle_collision(every(Collision)[0].id, outcome="keep", note="…", actor=channel.actor("director"))
    channel.scan(other)
    assert [(one.count, one.is_open) for one in every(Collision)] == [(1, False), (1, True)]


def test_ch_19_rebinding_from_the_collision_runs_ch_23(channel):
    mine, other = channel.bound("broker1"), channel.report("broker2")
    (collision,) = every(Collision)
    handle_collision(collision.id, outcome="rebind", note="先带看", actor=channel.actor("director"))
    assert (again(mine).state, again(other).state) == ("reported", "bound")
    stored = again(collision)
    assert (stored.outcome, stored.note) == ("rebind", "先带看")
    assert every(RebindLog)[0].reason == "先带看"
    check_invariants()


def test_ch_19_a_binding_that_is_over_is_not_rebound(channel):
    mine = channel.bound("broker1")
    channel.report("broker2")
    (collision,) = every(Collision)
    with at(days=30), pytest.raises(Denied) as refused:
        handle_collision(collision.id, outcome="rebind", note="…", actor=channel.actor("director"))
    assert refused.value.code == "collision.binding_over"
    with at(days=30):
        handle_collision(collision.id, outcome="other", note="…", actor=channel.actor("director"))
    assert again(mine).present_state == "bound"


def test_acc_7_collisions_are_the_directors_business(channel):
    channel.bound("broker1")
    channel.report("broker2")
    (collision,) = every(Collision)
    for who in ("secretary", "onsite", "broker1"):
        with pytest.raises(NotFound):
            handle_collision(collision.id, outcome="keep", note="…", actor=channel.actor(who))
    with pytest.raises(Denied):
        handle_collision(collision.id, outcome="keep", note="…", actor=channel.actor("auditor"))
