"""CH-35, for pages: after a collision or a rebinding a broker's page states the facts, and nothing about the
other broker.
"""

from __future__ import annotations

from datetime import timedelta

import pytest

from app.channel.collisions.models import RebindLog
from app.channel.collisions.rebinding import rebind_referral
from app.channel.consultants.services import create_consultant
from app.channel.referrals.models import Referral
from app.channel.referrals.services import report_referral
from app.kernel import clock
from app.kernel.errors import Invalid
from tests.support.channel.scene import again, every

pytestmark = pytest.mark.parametrize("database", ["sqlite"], indirect=True)


def page_of(phone, key: str, referral) -> str:
    text = phone(key).page(f"/m/customers/{referral.id}").text
    others = {"broker1": "钱二", "broker2": "赵一"}
    assert others[key] not in text
    return text


def test_ch_35_a_collided_scan_is_described_truthfully(phone, channel):
    bound = channel.bound("broker1")
    late = channel.report("broker2")
    assert "首次到场" in page_of(phone, "broker2", late)
    assert channel.scan(late).result == "collision"
    text = page_of(phone, "broker2", late)
    assert "现场已有其他经纪人的保护" in text
    assert "首次到场" not in text
    assert "现场已有其他经纪人的保护" not in page_of(phone, "broker1", bound)


def test_ch_35_a_rebinding_is_on_both_pages(phone, channel):
    former = channel.bound("broker1")
    rebind_referral(
        former.id, broker_id=channel.brokers["broker2"].id, reason="现场核实", actor=channel.actor("director")
    )
    (log,) = every(RebindLog)
    text = page_of(phone, "broker1", former)
    assert "已由渠道部改绑给其他经纪人" in text
    assert "首次到场" not in text
    (target,) = every(Referral, Referral.id == log.to_referral_id)
    assert "已由渠道部改绑给您" in page_of(phone, "broker2", target)


def test_ch_23_the_log_keeps_the_account(channel):
    former, director = channel.bound("broker1"), channel.actor("director")
    rebind_referral(former.id, broker_id=channel.brokers["broker2"].id, reason="x", actor=director)
    (log,) = every(RebindLog)
    assert (log.by_id, log.by_name) == (director.id, f"{director.name} ({director.username})")


def test_ch_12_a_visit_that_is_over_does_not_stay_when_it_is_reported_again(channel):
    visit = clock.now() + timedelta(days=1)
    made = channel.report("broker1", expected_visit_at=visit)
    report_referral(made.id, actor=channel.actor("broker1"))
    assert again(made).expected_visit_at == visit
    with clock.frozen(visit + timedelta(days=30)):
        report_referral(made.id, actor=channel.actor("broker1"))
    assert again(made).expected_visit_at is None


def test_ch_20_a_department_of_another_company_is_explained(channel, world):
    with pytest.raises(Invalid) as caught:
        create_consultant(
            username="gu.wen",
            name="顾问",
            password="Blaue-Ente-77",
            department_id=world.department("other_store").id,
            project_ids=[channel.project.id],
            actor=channel.actor("admin"),
        )
    assert "测试房产经纪有限公司" in str(caught.value.fields["department_id"])
