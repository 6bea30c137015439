"""CH-7, CH-8, CH-9, CH-10, CH-11, CH-12, CH-18: entering and reporting, identity, collisions; every press is logged."""

from __future__ import annotations

from datetime import timedelta

import pytest

from app.channel.brokers import services as brokers
from app.channel.collisions.models import Collision
from app.channel.referrals import services
from app.channel.referrals.deals import close_referral
from app.channel.referrals.models import Referral, ReferralKey, ReferralReport
from app.channel.referrals.queries import get_referral
from app.channel.shared.identity import name_key
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

TWO = [("138", "1234"), ("139", "5678")]


def test_ch_7_a_referral_stores_the_input_and_no_full_number(channel):
    made = channel.enter(
        "broker1",
        phones=TWO,
        expected_visit_at=START + timedelta(days=1),
        shop_category="catering",
        customer_type="brand",
        needs="一楼临街",
        consultant_id=channel.actor("consultant").id,
    )
    stored = again(made)
    assert stored.code == "R202603020001"
    assert (stored.name, stored.family_name, stored.given_name) == ("王小明", "王", "小明")
    assert [one.masked for one in stored.fragments] == ["138****1234", "139****5678"]
    assert (stored.state, stored.furthest_stage, stored.qr_token) == ("entered", 1, None)
    assert (stored.shop_category, stored.customer_type, stored.needs) == ("catering", "brand", "一楼临街")
    assert stored.broker_company_id == channel.companies[0].id
    assert sorted(row.fragment for row in every(ReferralKey)) == ["1381234", "1395678"]
    assert operations(made) == ["referral.enter"]
    check_invariants()


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"family_name": ""}, "family_name"),
        ({"given_name": " \u200b"}, "given_name"),
        ({"family_name": "王" * 61}, "family_name"),
        ({"phones": []}, "phones"),
        ({"phones": [*TWO, ("137", "0000")]}, "phones"),
        ({"phones": [("13", "1234")]}, "phones.0.prefix"),
        ({"phones": [("138", "1234"), ("138", "12a4")]}, "phones.1.tail"),
        ({"shop_category": "moon"}, "shop_category"),
        ({"customer_type": "moon"}, "customer_type"),
        ({"project_id": 99999}, "project_id"),
        ({"consultant_id": 99999}, "consultant_id"),
        ({"for_broker_id": 99999}, "for_broker_id"),
        ({"needs": "x" * 2001}, "needs"),
    ],
)
def test_ch_7_what_cannot_be_is_refused_under_its_field(channel, values, field):
    whole = {"family_name": "王", "given_name": "小明", "phones": TWO, **values}
    who = "site1" if "for_broker_id" in values else "broker1"
    with pytest.raises(Invalid) as refused:
        services.enter_referral(**whole, actor=channel.actor(who))
    assert list(refused.value.fields) == [field]
    assert count(Referral) == 0


def test_ch_7_full_width_digits_are_digits(channel):
    made = channel.enter("broker1", phones=[("１３８", "１２３４")])
    assert made.fragments[0].key == "1381234"


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("王小明", "王 小 明", True),
        ("王小明", "王\u200b小\u00a0明\ufeff", True),
        ("ＷＡＮＧ", "WANG", True),
        ("王小明", "王\u3164小明\ufe0f", True),
        ("王小明", "王小朋", False),
        ("Wang", "wang", True),
        ("阿卜杜·拉", "阿卜杜•拉", True),
        ("Tom Lee", "TOM LEE", True),
        ("李\U00031350", "李", False),
    ],
)
def test_ch_8_names_are_the_same_without_blanks_and_what_cannot_be_seen(one, other, same):
    assert (name_key(one) == name_key(other)) is same


@pytest.mark.parametrize(
    "phones", [TWO, TWO[::-1], TWO[:1], TWO[1:], [("138", "1234"), ("137", "0000")]], ids=str
)
def test_ch_8_one_broker_enters_a_customer_once_whichever_number(channel, phones):
    first = channel.enter("broker1", phones=TWO)
    with pytest.raises(Denied) as refused:
        channel.enter("broker1", "小 明", phones)
    decision = refused.value.decision
    assert (decision.code, decision.status) == ("referral.duplicate", 409)
    assert decision.details["referral_id"] == first.id
    assert count(Referral) == 1


def test_ch_8_others_and_other_names_numbers_and_projects_are_free(channel):
    channel.enter("broker1", phones=TWO)
    channel.enter("broker2", phones=TWO)
    channel.enter("broker1", "小红", TWO)
    channel.enter("broker1", phones=[("138", "5678")])
    second = channel.new_project("望江台")
    channel.enter("broker1", phones=TWO, project_id=second.id)
    assert count(Referral) == 5
    check_invariants()


def test_ch_1_the_project_is_asked_for_only_where_there_are_several(channel):
    from app.channel.projects import services as projects

    assert channel.enter("broker1").project_id == channel.project.id
    second = channel.new_project("望江台")
    with pytest.raises(Invalid) as refused:
        channel.enter("broker2")
    assert list(refused.value.fields) == ["project_id"]
    for pk in (second.id, channel.project.id):
        projects.edit_project(pk, active=False, actor=channel.admin)
    with pytest.raises(Denied) as none:
        channel.enter("broker2")
    assert none.value.code == "project.none_active"


def test_ch_9_a_company_on_site_enters_for_a_broker_of_their_company(channel):
    broker = channel.brokers["broker1"]
    made = channel.enter("site1", for_broker_id=broker.id)
    assert (made.broker_id, made.entered_by_id) == (broker.id, channel.brokers["site1"].id)
    assert notices_of(broker.id) == ["%(who)s entered %(name)s (%(code)s) for you"]
    assert get_referral(made.id, actor=channel.actor("site1")).id == made.id
    assert channel.enter("site1", "小红").broker_id == channel.brokers["site1"].id
    with pytest.raises(Invalid):
        channel.enter("site1", "小绿", for_broker_id=channel.brokers["broker2"].id)
    set_setting("company_onsites_enter", value=False)
    with pytest.raises(Denied) as off:
        channel.enter("site1", "小绿", for_broker_id=broker.id)
    assert off.value.code == "referral.for_others"


def test_ch_9_a_broker_enters_only_for_themselves(channel):
    with pytest.raises(Denied) as refused:
        channel.enter("broker1", for_broker_id=channel.brokers["broker3"].id)
    assert (refused.value.code, refused.value.status) == ("referral.for_others", 403)


def test_ch_3_until_approved_every_operation_awaits_review(channel):
    channel.register("site2", "13900000005", "周五", 0, "company_onsite")
    other = channel.enter("broker1")
    for call in (
        lambda: channel.enter("site2", "小红"),
        lambda: services.report_referral(other.id, actor=channel.actor("site2")),
    ):
        with pytest.raises(Denied) as refused:
            call()
        assert (refused.value.code, refused.value.status) == ("broker.awaiting_review", 403)
    brokers.review_broker(
        channel.brokers["site2"].id,
        approve=False,
        reason="不是我们的合作公司",
        actor=channel.actor("director"),
    )
    with pytest.raises(Denied) as rejected:
        channel.enter("site2", "小红")
    assert rejected.value.code == "broker.awaiting_review"
    assert "不是我们的合作公司" in str(rejected.value.message)


def test_ch_11_every_press_is_logged_and_the_code_never_changes(channel):
    made = channel.report("broker1")
    token = made.qr_token
    assert len(token) >= 32
    with at(hours=1):
        services.report_referral(made.id, actor=channel.actor("broker1"))
    stored = again(made)
    assert (stored.state, stored.qr_token) == ("reported", token)
    assert (stored.reported_at, stored.last_reported_at) == (START, START + timedelta(hours=1))
    presses = [(row.state_before, row.state_after) for row in every(ReferralReport)]
    assert presses == [("entered", "reported"), ("reported", "reported")]
    assert operations(made) == ["referral.enter", "referral.report", "referral.report"]


@pytest.mark.parametrize(
    ("state", "after"),
    [
        ("entered", "reported"),
        ("reported", "reported"),
        ("bound", "bound"),
        ("expired", "reported"),
        ("closed", "closed"),
    ],
)
def test_ch_11_report_moves_entered_and_expired_and_leaves_the_rest(channel, state, after):
    referral = {
        "entered": channel.enter, "reported": channel.report, "bound": channel.bound,
        "expired": channel.bound, "closed": channel.bound,
    }[state]("broker1")  # fmt: skip
    if state == "closed":
        close_referral(referral.id, closed_on=START.date(), actor=channel.actor("director"))
    with at(days=30 if state == "expired" else 1):
        assert again(referral).present_state == state
        services.report_referral(referral.id, actor=channel.actor("broker1"))
        stored = again(referral)
        assert stored.state == after
        assert every(ReferralReport)[-1].state_before == state
        check_invariants()


def test_ch_11_only_whose_it_is_or_who_entered_it_reports(channel):
    made = channel.enter("site1", for_broker_id=channel.brokers["broker1"].id)
    services.report_referral(made.id, actor=channel.actor("broker1"))
    services.report_referral(made.id, actor=channel.actor("site1"))
    for other in ("broker2", "broker3"):
        with pytest.raises(NotFound):
            services.report_referral(made.id, actor=channel.actor(other))
    with pytest.raises(Denied) as refused:
        services.report_referral(made.id, actor=channel.actor("director"))
    assert refused.value.code == "broker.none"


def test_ch_18_entering_and_reporting_anothers_customer_succeed_and_are_recorded(channel):
    mine = channel.bound("broker1")
    with at(hours=1):
        other = channel.enter("broker2")
    with at(hours=2):
        services.report_referral(other.id, actor=channel.actor("broker2"))
    with at(hours=3):
        services.report_referral(other.id, actor=channel.actor("broker2"))
    third = channel.report("broker3", phones=[("138", "1234"), ("137", "1111")])
    first, second = every(Collision)
    assert (first.bound_referral_id, first.referral_id, first.count) == (mine.id, other.id, 3)
    assert (first.created_at, first.last_at) == (START + timedelta(hours=1), START + timedelta(hours=3))
    assert (second.referral_id, second.count) == (third.id, 1)
    assert again(other).state == "reported"
    assert operations(first) == ["collision.record"] * 3
    notices = notices_of(channel.actor("director").id)
    assert notices.count("Collision: %(name)s (%(code)s) of %(broker)s came through %(who)s") == 2
    check_invariants()


def test_ch_18_nothing_collides_where_nothing_lives(channel):
    mine = channel.bound("broker1")
    services.report_referral(mine.id, actor=channel.actor("broker1"))
    channel.report("broker2", phones=[("138", "9999")])
    with at(days=30):
        channel.report("broker2")
        assert count(Collision) == 0
        assert again(mine).state == "expired"


def test_plat_1_a_refused_entry_leaves_nothing(channel, monkeypatch):
    channel.bound("broker1")
    before = count(Collision)

    def broken(*_args, **_kwargs):
        raise RuntimeError("late failure")

    monkeypatch.setattr(services, "update_totals", broken)
    with pytest.raises(RuntimeError):
        channel.report("broker2")
    assert (count(Referral), count(Collision), count(ReferralReport)) == (1, before, 1)


def test_ch_5_a_referral_keeps_the_company_of_its_day(channel):
    made = channel.enter("broker1")
    brokers.edit_broker(made.broker_id, company_id=channel.companies[1].id, actor=channel.actor("director"))
    assert again(made).broker_company_id == channel.companies[0].id
    assert channel.enter("broker1", "小红").broker_company_id == channel.companies[1].id


@pytest.mark.parametrize(
    ("family", "given", "shown"),
    [
        ("Smith", "John", "Smith John"),
        ("王", "小明", "王小明"),
        ("王", "Tom", "王Tom"),
        ("Müller", "Ø", "Müller Ø"),
    ],
)
def test_ch_7_latin_names_are_written_with_a_blank(channel, family, given, shown):
    made = services.enter_referral(
        family_name=family, given_name=given, phones=[("139", "5678")], actor=channel.actor("broker1")
    )
    assert made.name == shown
