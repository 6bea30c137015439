"""CH-24: deals: closing, its warning, reopening, the customer file."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pytest

from app.channel.referrals.deals import close_referral, make_customer, reopen_referral
from app.channel.referrals.models import Binding, BindingKey
from app.channel.referrals.services import report_referral
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

DAY = START.date()


def _close(channel, referral, on=DAY, who="director", **more):
    return close_referral(referral.id, closed_on=on, actor=channel.actor(who), **more)


def test_ch_24_a_bound_customer_closes_without_a_warning(channel):
    referral = channel.bound("broker1")
    done = _close(channel, referral, amount=Decimal("880000.50"), unit="3-1-502", note="全款")
    stored = again(referral)
    assert (done.warning, stored.state, stored.furthest_stage) == (False, "closed", 4)
    assert (stored.closed_on, stored.closed_amount, stored.closed_unit) == (
        DAY,
        Decimal("880000.50"),
        "3-1-502",
    )
    assert (stored.closed_from, stored.closed_by_id) == ("bound", channel.actor("director").id)
    assert [row.state for row in every(Binding)] == ["closed"]
    assert operations(referral)[-1] == "referral.close"
    assert notices_of(referral.broker_id)[-1] == "%(name)s (%(code)s) has closed a deal"
    check_invariants()


def test_ch_24_reported_and_expired_close_with_a_warning_unless_the_day_is_protected(channel):
    reported, expired = channel.report("broker1"), channel.bound("broker1", "小红")
    within = channel.bound("broker1", "小绿")
    with at(days=40):
        today = DAY + timedelta(days=40)
        assert _close(channel, reported, today).warning
        assert _close(channel, expired, today).warning
        assert not _close(channel, within, DAY + timedelta(days=30)).warning
        check_invariants()


def test_ch_24_what_is_refused(channel):
    entered, bound, other = (
        channel.enter("broker1", "小红"),
        channel.bound("broker1"),
        channel.report("broker2"),
    )
    for referral, code in ((entered, "referral.not_reported"), (other, "referral.bound_elsewhere")):
        with pytest.raises(Denied) as refused:
            _close(channel, referral)
        assert (refused.value.code, refused.value.status) == (code, 409)
    for values, field in (
        ({"on": DAY + timedelta(days=1)}, "closed_on"),
        ({"on": DAY - timedelta(days=1)}, "closed_on"),
        ({"amount": Decimal(0)}, "amount"),
        ({"amount": Decimal("1.001")}, "amount"),
        ({"unit": "x" * 121}, "unit"),
    ):
        with pytest.raises(Invalid) as invalid:
            _close(channel, bound, **values)
        assert list(invalid.value.fields) == [field]
    for who, error in (("secretary", Denied), ("agent", NotFound), ("broker1", Denied)):
        with pytest.raises(error):
            _close(channel, bound, who=who)
    _close(channel, bound)
    with pytest.raises(Denied) as twice:
        _close(channel, bound)
    assert twice.value.code == "referral.closed"


def test_ch_24_today_is_shanghais_day(channel):
    referral = channel.bound("broker1")
    with at(hours=15):  # half past midnight of the next day in Shanghai
        assert _close(channel, referral, DAY + timedelta(days=1)).referral.closed_on == date(2026, 3, 3)


def test_ch_24_a_deal_keeps_others_out_also_where_nothing_was_bound(channel):
    mine, other = channel.report("broker1"), channel.report("broker2")
    _close(channel, mine)
    assert channel.scan(other).result == "collision"
    with pytest.raises(Denied) as refused:
        _close(channel, other)
    assert refused.value.code == "referral.bound_elsewhere"
    check_invariants()


@pytest.mark.parametrize(
    ("state", "later", "back"),
    [
        ("bound", 1, "bound"),
        ("bound", 31, "expired"),
        ("reported", 1, "reported"),
        ("expired", 32, "expired"),
    ],
)
def test_ch_24_reopening_leads_back(channel, state, later, back):
    referral = channel.report("broker1") if state == "reported" else channel.bound("broker1")
    with at(days=31 if state == "expired" else 0):
        before = again(referral).furthest_stage
        _close(channel, referral)
    with at(days=later):
        reopen_referral(referral.id, reason="退房", actor=channel.admin)
        stored = again(referral)
        assert (stored.state, stored.furthest_stage, stored.closed_on) == (back, before, None)
        assert (count(BindingKey) > 0) is (back == "bound")
        assert operations(referral)[-1] == "referral.reopen"
        check_invariants()


def test_ch_24_reopening_frees_what_was_never_bound(channel):
    mine, other = channel.report("broker1"), channel.report("broker2")
    _close(channel, mine)
    reopen_referral(mine.id, reason="退房", actor=channel.admin)
    assert channel.scan(other).result == "bound"
    report_referral(mine.id, actor=channel.actor("broker1"))
    check_invariants()


def test_ch_24_only_the_administrator_reopens_with_a_reason(channel):
    referral = channel.bound("broker1")
    with pytest.raises(Denied) as early:
        reopen_referral(referral.id, reason="…", actor=channel.admin)
    assert early.value.code == "referral.not_closed"
    _close(channel, referral)
    with pytest.raises(Denied) as refused:
        reopen_referral(referral.id, reason="…", actor=channel.actor("director"))
    assert refused.value.status == 403
    with pytest.raises(Invalid):
        reopen_referral(referral.id, reason=" ", actor=channel.admin)
    assert again(referral).state == "closed"


def test_ch_24_a_deal_becomes_a_customer_with_the_matching_number_once(channel):
    referral, agent = channel.bound("broker1"), channel.actor("agent").id
    director = channel.actor("director")
    with pytest.raises(Denied) as early:
        make_customer(referral.id, phone="13800001234", owner_id=agent, actor=director)
    assert early.value.code == "referral.not_closed"
    _close(channel, referral)
    for wrong in ("13800001235", "13900001234", "nothing"):
        with pytest.raises(Invalid) as invalid:
            make_customer(referral.id, phone=wrong, owner_id=agent, actor=director)
        assert list(invalid.value.fields) == ["phone"]
    made = make_customer(referral.id, phone="138 0000 1234", owner_id=agent, actor=director)
    assert (made.name, made.owner_id, str(made.phone)) == ("王小明", agent, "138****1234")
    assert again(referral).customer_id == made.id
    with pytest.raises(Denied) as twice:
        make_customer(referral.id, phone="13800001234", owner_id=agent, actor=director)
    assert twice.value.code == "referral.has_customer"


def test_pool_1_a_deals_customer_is_refused_as_any_duplicate(channel):
    from tests.support.make import make_customer as make_any

    make_any(channel.actor("agent"), phone="13800001234")
    referral = channel.bound("broker1")
    _close(channel, referral)
    with pytest.raises(Denied) as refused:
        make_customer(
            referral.id,
            phone="13800001234",
            owner_id=channel.actor("agent").id,
            actor=channel.actor("director"),
        )
    assert refused.value.code == "customer.duplicate"
    assert again(referral).customer_id is None
