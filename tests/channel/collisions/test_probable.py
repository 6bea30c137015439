"""CH-8: the same number under a similar name is a probable collision: staff are notified, nothing
is refused.
"""

from __future__ import annotations

import pytest

from app.channel.collisions.models import Collision
from app.channel.collisions.services import handle_collision
from app.channel.referrals import services
from app.channel.referrals.models import Binding, BindingKey
from app.channel.scans import services as scanning
from app.channel.shared.identity import name_key
from app.channel.shared.similar_names import are_similar
from app.channel.visitors import services as visitors
from app.kernel.access.actor import SYSTEM
from app.kernel.database.session import db
from app.kernel.errors import Denied, Invalid
from tests.support.channel.scene import START, again, at, check_invariants, every, notices_of, operations

PROBABLY = "Probable collision: %(name)s (%(code)s) of %(broker)s seems to have come through %(who)s"
BOTH = pytest.mark.both


@pytest.mark.parametrize(
    ("one", "other", "similar"),
    [
        ("王建国", "王建國", True),
        ("陳峯", "陈峰", True),
        ("衞國華", "卫国华", True),
        ("王先生", "王建国", True),
        ("王總", "王建国", True),
        ("王大哥", "王女士", True),
        ("歐陽先生", "欧阳建国", True),
        ("王建国", "王建国", False),
        ("王 建国", "王建国", False),
        ("王建国", "王建军", False),
        ("李先生", "王建国", False),
        ("先生", "先建国", False),
        ("王建国先生", "王建国", False),
        ("刘喆", "刘哲", False),
        ("Tom Lee", "Tom Li", False),
    ],
)
def test_ch_8_names_that_are_probably_one(one, other, similar):
    assert are_similar(name_key(one), name_key(other)) == similar
    assert are_similar(name_key(other), name_key(one)) == similar


def _enter(channel, key, family, given, **more):
    return services.enter_referral(
        family_name=family, given_name=given, phones=[("138", "1234")], actor=channel.actor(key), **more
    )


@pytest.fixture
def bound(channel):
    """王先生 of 赵一 is bound."""
    referral = _enter(channel, "broker1", "王", "先生", report=True)
    channel.scan(referral)
    return referral


@BOTH
def test_ch_8_entering_reporting_and_scanning_say_so_to_staff_only(channel, bound):
    director, broker = channel.actor("director").id, channel.brokers["broker2"].id
    other = _enter(channel, "broker2", "王", "建国")
    (collision,) = every(Collision)
    assert (collision.kind, collision.count, collision.occasion) == ("probable", 1, "enter")
    assert (collision.bound_referral_id, collision.referral_id) == (bound.id, other.id)
    services.report_referral(other.id, actor=channel.actor("broker2"))
    assert [(one.count, one.occasion) for one in every(Collision)] == [(2, "report")]
    seen = scanning.preview_scan(other.qr_token, actor=channel.actor("onsite"))
    assert (seen.expected_result, seen.is_protected) == ("bound", False)
    assert [one.referral_id for one in seen.similar] == [bound.id]
    done = channel.scan(other)
    assert (done.result, done.is_probable, again(other).state) == ("bound", True, "bound")
    assert [(one.count, one.occasion, one.kind) for one in every(Collision)] == [(3, "scan", "probable")]
    assert channel.scan(other).result == "revisit"
    assert [one.count for one in every(Collision)] == [3]
    assert notices_of(director)[1:] == [PROBABLY]
    assert notices_of(broker) == ["%(name)s (%(code)s) is bound to you now"]
    assert notices_of(channel.brokers["broker1"].id) == ["%(name)s (%(code)s) is bound to you now"]
    check_invariants()


@BOTH
@pytest.mark.parametrize(
    ("family", "given", "phones"),
    [("李", "建国", ("138", "1234")), ("王", "建国", ("138", "1235")), ("王", "建国", ("139", "1234"))],
)
def test_ch_8_another_surname_or_number_is_no_match(channel, bound, family, given, phones):
    services.enter_referral(
        family_name=family, given_name=given, phones=[phones], report=True, actor=channel.actor("broker2")
    )
    assert every(Collision) == []


def test_ch_8_ones_own_customer_and_an_ended_protection_are_none(channel, bound):
    _enter(channel, "broker1", "王", "建国")
    assert every(Collision) == []
    with at(START, days=30):
        _enter(channel, "broker2", "王", "建国", report=True)
        assert every(Collision) == []


def test_ch_8_a_visitor_who_is_probably_bound(channel, bound):
    visitor = visitors.register_visitor(
        phone="13800001234", name="王小姐", consent_version="2026-01", actor=SYSTEM
    )
    done = channel.scan(visitor)
    assert (done.result, done.is_probable) == ("walk_in", True)
    (collision,) = every(Collision)
    assert (collision.kind, collision.visitor_id) == ("probable", visitor.id)


@BOTH
def test_ch_8_different_persons_collide_no_more(channel, bound):
    director = channel.actor("director")
    other = _enter(channel, "broker2", "王", "建国")
    (collision,) = every(Collision)
    for outcome in ("keep", "rebind", "other"):
        with pytest.raises(Invalid) as refused:
            handle_collision(collision.id, outcome=outcome, note="看过", actor=director)
        assert set(refused.value.fields) == {"outcome"}
    done = handle_collision(collision.id, outcome="different", note="两个人", actor=director)
    assert (done.outcome, done.is_open) == ("different", False)
    services.report_referral(other.id, actor=channel.actor("broker2"))
    assert channel.scan(other).result == "bound"
    assert [one.outcome for one in every(Collision)] == ["different"]
    assert notices_of(channel.brokers["broker2"].id) == ["%(name)s (%(code)s) is bound to you now"]


@BOTH
def test_ch_8_the_same_person_is_decided_as_any_collision_where_one_is_bound(channel, bound):
    director = channel.actor("director")
    other = _enter(channel, "broker2", "王", "建国", report=True)
    (collision,) = every(Collision)
    confirmed = handle_collision(collision.id, outcome="same_person", note="同一人", actor=director)
    assert (confirmed.kind, confirmed.is_open, confirmed.outcome) == ("certain", True, None)
    assert operations(collision)[-1] == "collision.confirm"
    with pytest.raises(Invalid):
        handle_collision(collision.id, outcome="different", note="不", actor=director)
    handle_collision(collision.id, outcome="rebind", note="他先带看", actor=director)
    assert (again(bound).state, again(other).state) == ("reported", "bound")
    (binding,) = every(Binding)
    assert (binding.referral_id, binding.expires_at) == (other.id, again(other).expires_at)
    assert {row.name_key for row in every(BindingKey)} == {"王先生", "王建国"}
    check_invariants()
    third = _enter(channel, "broker3", "王", "建国", report=True)
    assert channel.scan(third).result == "collision"
    assert channel.scan(again(bound)).result == "collision"


@BOTH
def test_ch_8_the_same_person_under_two_bindings_is_settled_at_once(channel, bound):
    other = _enter(channel, "broker2", "王", "建国", report=True)
    channel.scan(other)
    (collision,) = every(Collision)
    done = handle_collision(
        collision.id, outcome="same_person", note="同一人", actor=channel.actor("director")
    )
    assert (done.kind, done.outcome, done.is_open) == ("probable", "same_person", False)
    assert {again(one).state for one in (bound, other)} == {"bound"}
    with pytest.raises(Denied) as refused:
        handle_collision(collision.id, outcome="different", note="不", actor=channel.actor("director"))
    assert refused.value.decision.code == "collision.handled"


@BOTH
def test_ch_8_what_was_found_to_be_one_person_collides_for_certain(channel, bound):
    director = channel.actor("director")
    other = _enter(channel, "broker2", "王", "建国")
    (collision,) = every(Collision)
    handle_collision(collision.id, outcome="same_person", note="同一人", actor=director)
    handle_collision(collision.id, outcome="keep", note="先到", actor=director)
    services.report_referral(other.id, actor=channel.actor("broker2"))
    assert [(one.kind, one.outcome) for one in every(Collision)] == [("certain", "keep"), ("certain", None)]
    db.session.rollback()
