"""CH-13, CH-14, CH-15: the result of a scan, with its record, log, notices and collision."""

from __future__ import annotations

from datetime import timedelta

import pytest

from app.channel.collisions.models import Collision
from app.channel.referrals.models import Binding, BindingKey
from app.channel.scans import services as scanning
from app.channel.scans.models import OnsiteScan
from app.channel.visitors import services as visitors
from app.kernel.access.actor import SYSTEM
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
from tests.support.people.accounts import set_setting


def test_ch_14_the_first_scan_binds_for_the_days_of_the_setting(channel):
    referral = channel.report("broker1")
    done = channel.scan(referral)
    stored = again(referral)
    assert (done.result, stored.state, stored.present_state) == ("bound", "bound", "bound")
    assert stored.bound_at == START
    assert stored.expires_at == done.protected_until == START + timedelta(days=30)
    (binding,) = every(Binding)
    assert (binding.state, binding.referral_id, binding.expires_at) == (
        "live",
        referral.id,
        stored.expires_at,
    )
    assert [(row.name_key, row.fragment) for row in every(BindingKey)] == [("王小明", "1381234")]
    assert stored.assigned_consultant_id == channel.actor("consultant").id
    assert operations(referral) == ["referral.enter", "referral.report", "referral.bound"]
    assert notices_of(channel.brokers["broker1"].id) == ["%(name)s (%(code)s) is bound to you now"]
    assert notices_of(channel.actor("consultant").id) == [
        "%(name)s (%(code)s) has arrived and is yours to receive"
    ]
    check_invariants()


def test_ch_17_the_setting_counts_at_the_moment_of_the_scan(channel):
    first, second = channel.bound("broker1"), channel.report("broker1", "小红")
    set_setting("protection_days", 1)
    channel.scan(second)
    assert again(first).expires_at == START + timedelta(days=30)
    assert again(second).expires_at == START + timedelta(days=1)


def test_ch_14_the_same_code_again_is_a_revisit(channel):
    referral = channel.bound("broker1")
    with at(days=3):
        done = channel.scan(referral)
    assert done.result == "revisit"
    assert again(referral).expires_at == START + timedelta(days=30)
    assert [row.result for row in every(OnsiteScan)] == ["bound", "revisit"]
    assert count(Binding) == 1


def test_ch_14_another_brokers_code_collides_and_everything_is_kept(channel):
    channel.bound("broker1")
    other = channel.report("broker2")
    with at(hours=1):
        done = channel.scan(other)
    assert done.result == "collision"
    assert (done.decision.status, done.decision.code) == (409, "scan.collision")
    assert done.protected_until == START + timedelta(days=30)
    assert again(other).state == "reported"
    assert again(other).assigned_consultant_id is None
    (collision,) = every(Collision)
    assert (collision.count, collision.is_open, collision.last_at) == (2, True, START + timedelta(hours=1))
    assert [row.result for row in every(OnsiteScan)] == ["bound", "collision"]
    assert operations(other)[-1] == "referral.collision"
    assert count(Binding) == 1
    check_invariants()


def test_ch_13_an_expired_code_is_refused_until_it_is_reported_again(channel):
    from app.channel.referrals import services

    referral = channel.bound("broker1")
    with at(days=30):
        with pytest.raises(Denied) as refused:
            channel.scan(referral)
        assert (refused.value.code, refused.value.status) == ("referral.expired", 409)
        assert count(OnsiteScan) == 1
        services.report_referral(referral.id, actor=channel.actor("broker1"))
        assert again(referral).state == "reported"
        assert channel.scan(again(referral)).result == "bound"
        assert again(referral).expires_at == START + timedelta(days=60)
        check_invariants()


def test_ch_12_an_expired_customer_is_free_for_everybody_whether_or_not_the_job_ran(channel):
    first, other = channel.bound("broker1"), channel.report("broker2")
    with at(days=30):
        assert channel.scan(other).result == "bound"
        assert (again(first).state, again(other).state) == ("expired", "bound")
        assert operations(first)[-1] == "referral.expire"
        assert "The protection of %(name)s (%(code)s) is over" in notices_of(first.broker_id)
        check_invariants()


def test_ch_13_the_preferred_consultant_is_used_and_one_is_required(channel):
    consultant = channel.actor("consultant").id
    wished, without = channel.report("broker1", consultant_id=consultant), channel.report("broker1", "小红")
    assert channel.scan(wished, consultant_id=None).scan.consultant_id == consultant
    for wrong in (None, channel.actor("agent").id):
        with pytest.raises(Invalid) as refused:
            channel.scan(without, consultant_id=wrong)
        assert list(refused.value.fields) == ["consultant_id"]
    assert again(without).state == "reported"


def test_ch_13_only_on_site_staff_of_the_project_scan(channel):
    referral = channel.report("broker1")
    consultant = channel.actor("consultant").id
    for who in ("consultant", "director", "secretary", "agent", "auditor"):
        with pytest.raises(Denied) as refused:
            scanning.scan(token=referral.qr_token, consultant_id=consultant, actor=channel.actor(who))
        assert (refused.value.code, refused.value.status) == ("scan.not_your_project", 403)
    assert count(OnsiteScan) == 0


@pytest.mark.parametrize("form", ["{token}", "https://example.test/m/q/{token}", "/m/q/{token}/?a=1"])
def test_ch_13_token_and_address_lead_to_the_customer(channel, form):
    referral = channel.report("broker1")
    text = form.format(token=referral.qr_token)
    found = scanning.lookup(text, actor=channel.actor("onsite"))
    assert (found.referral.id, found.protected_until) == (referral.id, None)


@pytest.mark.parametrize("text", ["", "nobody", "R202603020099", "https://example.test/"])
def test_ch_13_an_unknown_code_is_not_found(channel, text):
    with pytest.raises(NotFound):
        scanning.lookup(text, actor=channel.actor("onsite"))


def test_ch_13_a_code_that_was_never_reported_leads_nowhere(channel):
    entered = channel.enter("broker1")
    with pytest.raises(NotFound):
        scanning.lookup(entered.code, actor=channel.actor("onsite"))


def test_ch_13_a_lookup_shows_the_end_of_anothers_protection_and_writes_nothing(channel):
    channel.bound("broker1")
    other = channel.report("broker2")
    for who in ("onsite", "consultant"):
        found = scanning.lookup(other.qr_token, actor=channel.actor(who))
        assert found.protected_until == START + timedelta(days=30)
    assert count(OnsiteScan) == 1
    with pytest.raises(Denied):
        scanning.lookup(other.qr_token, actor=channel.actor("agent"))


def _visitor(name="方晓月", phone="13800001234"):
    return visitors.register_visitor(phone=phone, name=name, consent_version="2026-11", actor=SYSTEM)


def test_ch_15_a_visitor_is_a_visit_without_a_broker(channel):
    visitor = _visitor()
    done = channel.scan(visitor)
    assert (done.result, done.decision, done.scan.broker_id) == ("walk_in", None, None)
    assert (done.scan.code, done.scan.phone) == (visitor.code, "138****1234")
    assert count(Binding) == count(Collision) == 0
    assert operations(visitor) == ["visitor.register", "visitor.walk_in"]


def test_ch_15_a_visitor_who_is_a_brokers_customer_collides(channel):
    referral = channel.bound("broker1")
    visitor = _visitor("王小 明")
    assert scanning.lookup(visitor.qr_token, actor=channel.actor("onsite")).protected_until
    done = channel.scan(visitor)
    channel.scan(visitor)
    assert done.result == "collision"
    (collision,) = every(Collision)
    assert (collision.visitor_id, collision.bound_referral_id, collision.count) == (
        visitor.id,
        referral.id,
        2,
    )
    notices = notices_of(channel.actor("director").id)
    assert notices.count("Collision: %(name)s (%(code)s) of %(broker)s came through %(who)s") == 1


def test_ch_15_at_two_projects_the_visitors_place_is_asked(channel):
    second = channel.new_project("望江台")
    visitor = _visitor()
    with pytest.raises(Invalid) as refused:
        channel.scan(visitor)
    assert list(refused.value.fields) == ["project_id"]
    assert channel.scan(visitor, project_id=second.id).scan.project_id == second.id


def test_ch_24_a_closed_deal_is_a_revisit_of_its_own_and_protects_for_ever(channel):
    from app.channel.referrals.deals import close_referral

    referral, other = channel.bound("broker1"), channel.report("broker2")
    close_referral(referral.id, closed_on=START.date(), actor=channel.actor("director"))
    with at(days=400):
        assert channel.scan(again(referral)).result == "revisit"
        assert channel.scan(other).result == "collision"
        check_invariants()
