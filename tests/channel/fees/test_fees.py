"""CH-25: viewing fees: only by the secretary, once per payment, voided and never edited."""

from __future__ import annotations

from decimal import Decimal
from functools import partial

import pytest

from app.channel.brokers import services as brokers
from app.channel.collisions.rebinding import rebind_referral
from app.channel.fees.models import ViewingFee
from app.channel.fees.queries import visible_fees
from app.channel.fees.services import create_fee, total_of, void_fee
from app.kernel.errors import Denied, Invalid, NotFound
from app.kernel.files.attachments import Attachment, get_file
from tests.support.channel.scene import again, check_invariants, count, every, notices_of, operations, picture
from tests.support.databases.race import race, sorted_out


def _pay(channel, referral, amount="300.00", who="secretary", color="red", **more):
    return create_fee(
        referral_id=referral.id,
        amount=Decimal(amount),
        actor=channel.actor(who),
        **{"screenshot": picture(color), **more},
    )


def test_ch_25_the_secretary_pays_once_with_a_picture(channel):
    referral = channel.bound("broker1")
    fee = again(_pay(channel, referral))
    assert (fee.amount, fee.broker_id, fee.broker_company_id) == (
        Decimal("300.00"), referral.broker_id, channel.companies[0].id,
    )  # fmt: skip
    (file,) = every(Attachment)
    assert (file.subject_kind, file.subject_id, file.media_type) == ("viewing_fee", fee.id, "image/png")
    assert get_file(file.id, actor=channel.actor("director")).id == file.id
    for who in ("broker1", "onsite", "consultant"):
        with pytest.raises(NotFound):
            get_file(file.id, actor=channel.actor(who))
    assert operations(fee) == ["viewing_fee.create"]
    assert operations(referral)[-1] == "referral.fee"
    assert notices_of(referral.broker_id)[-1].startswith("A viewing fee of")


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"amount": "0"}, "amount"),
        ({"amount": "-1"}, "amount"),
        ({"amount": "0.001"}, "amount"),
        ({"amount": "10000000000"}, "amount"),
        ({"screenshot": None}, "screenshot"),
    ],
)
def test_ch_25_errors_are_under_their_field(channel, values, field):
    referral = channel.bound("broker1")
    with pytest.raises(Invalid) as refused:
        _pay(channel, referral, **values)
    assert list(refused.value.fields) == [field]
    assert count(ViewingFee) == count(Attachment) == 0


@pytest.mark.parametrize(
    ("who", "code"),
    [
        ("director", "channel.not_your_office"),
        ("admin", "fee.duties_apart"),
        ("auditor", "channel.not_your_office"),
        ("broker1", "channel.not_your_office"),
    ],
)
def test_ch_25_only_the_secretary_pays(channel, who, code):
    referral = channel.bound("broker1")
    with pytest.raises(Denied) as refused:
        _pay(channel, referral, who=who)
    assert (refused.value.code, refused.value.status) == (code, 403)


def test_ch_25_the_same_submission_answers_the_one_fee(channel):
    referral = channel.bound("broker1")
    first = _pay(channel, referral)
    assert _pay(channel, referral).id == first.id
    assert (
        _pay(channel, referral, token="form-1").id == _pay(channel, referral, token="form-1", amount="5").id
    )
    assert _pay(channel, referral, color="blue").id != first.id
    assert count(ViewingFee) == count(Attachment) == 3
    assert operations(first) == ["viewing_fee.create"]


@pytest.mark.both
def test_ch_25_a_double_submission_at_the_same_instant_makes_one_fee(app, channel):
    referral, secretary = channel.bound("broker1"), channel.actor("secretary")

    def pay(screenshot):
        return create_fee(
            referral_id=referral.id, amount=Decimal(300), screenshot=screenshot, actor=secretary
        ).id

    won, codes = sorted_out(race(app, [partial(pay, picture()) for _ in range(6)]))
    assert (len(won), len(set(won)), codes) == (6, 1, [])
    assert count(ViewingFee) == count(Attachment) == 1
    check_invariants()


def test_ch_25_a_wrong_fee_is_voided_with_a_reason_and_stays(channel):
    referral = channel.bound("broker1")
    fee, right = _pay(channel, referral), _pay(channel, referral, "280.00")
    director = channel.actor("director")
    assert total_of(visible_fees(director)) == Decimal("580.00")
    for who in ("secretary", "auditor"):
        with pytest.raises(Denied):
            void_fee(fee.id, reason="…", actor=channel.actor(who))
    with pytest.raises(Invalid):
        void_fee(fee.id, reason="", actor=director)
    void_fee(fee.id, reason="金额有误", actor=director)
    stored = again(fee)
    assert (stored.is_void, stored.void_reason, stored.voided_by_id) == (True, "金额有误", director.id)
    with pytest.raises(Denied) as twice:
        void_fee(fee.id, reason="…", actor=director)
    assert twice.value.code == "fee.void"
    assert total_of(visible_fees(director)) == right.amount
    assert _pay(channel, referral).id != fee.id
    assert operations(fee) == ["viewing_fee.create", "viewing_fee.void"]


def test_ch_5_a_fee_keeps_broker_and_company_of_its_day(channel):
    referral = channel.bound("broker1")
    fee = _pay(channel, referral)
    brokers.edit_broker(
        referral.broker_id, company_id=channel.companies[1].id, actor=channel.actor("director")
    )
    rebind_referral(
        referral.id, broker_id=channel.brokers["broker2"].id, reason="…", actor=channel.actor("director")
    )
    assert again(fee).broker_company_id == channel.companies[0].id
    assert again(fee).broker_id == channel.brokers["broker1"].id


def test_ch_5_a_fee_paid_after_a_change_is_of_the_new_company(channel):
    referral = channel.bound("broker1")
    director, new = channel.actor("director"), channel.companies[1].id
    brokers.edit_broker(referral.broker_id, company_id=new, actor=director)
    fee = again(_pay(channel, again(referral)))
    assert (fee.broker_company_id, again(referral).broker_company_id) == (new, channel.companies[0].id)


def test_plat_1_a_fee_that_fails_leaves_neither_row_nor_file(channel, monkeypatch):
    from app.channel.fees import services as fees

    referral = channel.bound("broker1")

    def broken(*_args):
        raise RuntimeError("late failure")

    monkeypatch.setattr(fees, "_note", broken)
    with pytest.raises(RuntimeError):
        _pay(channel, referral)
    assert count(ViewingFee) == count(Attachment) == 0
