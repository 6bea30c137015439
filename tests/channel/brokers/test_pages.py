"""CH-4, CH-5: brokers in the browser: review, change of phone and company, the change log."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

import pytest

from tests.support.channel.scene import again, notices_of
from tests.support.people.accounts import username_of
from tests.support.web.kit import ListViewTests
from tests.support.web.person import Browser

if TYPE_CHECKING:
    from app.channel.brokers.models import Broker


@pytest.fixture
def waiting(channel) -> Broker:
    return channel.register("site2", "13900000005", "周五", 1, "company_onsite")


def _badge(page) -> list[str]:
    """Return the number beside the menu's entry, and beside its group; those at zero are hidden."""
    badges = [one for one in page.all("b", class_="nav-badge") if "hidden" not in one.attrs]
    return [one.all("i")[0].text for one in badges]


def _names(page) -> list[str]:
    return [row.one("td", data_key="name").text for row in page.one("tbody").all("tr")]


def test_ch_4_who_waits_is_counted_in_the_menu_and_in_the_tab(app, channel, waiting):
    director = Browser(app, "director")
    page = director.page("/brokers/?tab=pending")
    assert (_badge(page), _names(page)) == (["1", "1"], ["周五"])
    assert director.get("/brokers/counts").get_json() == {
        "all": "5", "pending": "1", "approved": "4", "rejected": "0",
    }  # fmt: skip
    assert _badge(Browser(app, "secretary").page("/brokers/")) == [], "who cannot review is not called"
    assert director.post(f"/brokers/{waiting.id}/review", {"decision": "approve"}).status_code == 303
    assert _badge(director.page("/brokers/")) == []
    assert again(waiting).review_state == "approved"
    rows = director.page("/brokers/").one("tbody").all("tr")
    reviews = [one for row in rows for one in row.one(class_="row-ops").all("button") if one.text == "审核"]
    assert len(reviews) == len(rows) == 5, "the button stays in every row"
    assert all(one["aria-disabled"] and one["title"] for one in reviews), "off, with its reason"
    late = director.post(f"/brokers/{waiting.id}/review", {"decision": "reject", "reason": "迟了"})
    assert late.status_code == 409


def test_ch_4_a_rejection_needs_a_reason_which_the_company_on_site_reads(app, channel, waiting):
    director = Browser(app, "director")
    path = f"/brokers/{waiting.id}/review"
    assert director.submit(path, {"decision": "reject"}, 422).errors() == {"reason": "此项必填"}
    assert director.submit(path, {"reason": "x"}, 422).errors() == {"decision": "此项必填"}
    assert again(waiting).review_state == "pending"
    assert director.post(path, {"decision": "reject", "reason": "缺授权书"}).status_code == 303
    page = director.page(f"/brokers/{waiting.id}")
    assert "缺授权书" in page.text
    assert len(notices_of(waiting.id)) == 1
    assert Browser(app, "secretary").get(path).status_code == 403
    assert director.get(f"/brokers/{channel.brokers['broker1'].id}/review").status_code == 409


def test_off_4_ch_4_several_who_wait_are_reviewed_at_once(app, channel, waiting):
    second = channel.register("site3", "13900000006", "吴六", 1, "company_onsite")
    director, known = Browser(app, "director"), channel.brokers["broker1"]
    ids = f"{waiting.id}.{second.id}.{known.id}"
    path = f"/brokers/batch/review?ids={ids}"
    assert any(path.startswith(one["data-batch"] or "-") for one in director.page("/brokers/").all("button"))
    assert director.submit(path, {"decision": "reject"}, 422).errors() == {"reason": "此项必填"}
    page = director.submit(path, {"decision": "approve"}, 200)
    assert "已审核 2 位公司驻场 · 未成功 1 条" in page.one(class_="batch-sum").text
    assert [again(one).review_state for one in (waiting, second)] == ["approved"] * 2
    assert len(notices_of(second.id)) == 1
    assert Browser(app, "secretary").post(path, {"decision": "approve"}).status_code == 403


def test_ch_5_only_phone_and_company_are_edited_and_every_change_is_kept(app, channel):
    broker, director = channel.brokers["broker1"], Browser(app, "director")
    path = f"/brokers/{broker.id}/edit"
    form = director.page(path)
    assert {*form.values()} == {"csrf_token", "phone", "company_id"}
    second = channel.companies[1].id
    sent = {"phone": "13700000009", "company_id": str(second), "name": "改名"}
    assert director.post(path, sent).status_code == 303
    broker = again(broker)
    assert (broker.phone, broker.broker_company_id, broker.name) == ("13700000009", second, "赵一")
    changes = director.page(f"/brokers/{broker.id}/tab/changes").one("tbody").text
    for shown in ("13900000001 → 13700000009", "川流地产 → 锦程不动产", channel.actor("director").name):
        assert shown in changes
    taken = director.submit(path, {"phone": "13900000002", "company_id": str(second)}, 409)
    assert taken.errors() == {"phone": "该手机号已注册经纪人"}
    assert taken.values()["phone"] == "13900000002"
    wrong = director.submit(path, {"phone": "12345", "company_id": str(second)}, 422)
    assert wrong.errors() == {"phone": "不是有效的电话号码"}
    assert Browser(app, "secretary").get(path).status_code == 403


def test_ch_5_a_broker_leads_to_company_and_customers(app, channel, waiting):
    director = Browser(app, "director")
    broker = channel.brokers["broker1"]
    page = director.page(f"/brokers/{broker.id}")
    links = [link["href"] for link in page.one("main").all("a")]
    assert f"/broker-companies/{broker.broker_company_id}" in links
    assert f"/referrals/?broker_id={broker.id}" in links
    for outsider in ("agent", "onsite", username_of(broker.id)):
        assert Browser(app, outsider).get(f"/brokers/{broker.id}").status_code == 403


class TestBrokers(ListViewTests):
    """CH-5: the office searches the brokers, and the cost of the list does not grow with its rows."""

    view = "BrokerView"
    api = "/brokers"
    scene = "channel"
    allowed = ("director", "secretary", "admin", "auditor")
    outsiders = ("agent", "onsite", "broker1")
    filters: ClassVar = {
        "name=孙": ["孙三"], "phone=13900000002": ["钱二"], "kind=company_onsite": ["李四", "周五"],
        "company=锦程": ["钱二", "周五"], "company_id=2": ["钱二", "周五"], "review_state=pending": ["周五"],
        "name=孙&kind=company_onsite": [],
    }  # fmt: skip
    orders: ClassVar = {"created_at": ["赵一", "钱二", "孙三", "李四", "周五"]}
    most = 8

    def prepare(self):
        self.people.register("site2", "13900000005", "周五", 1, "company_onsite")

    def add(self, number):
        self.people.register(f"more{number}", f"1350000000{number}", f"人{number}", number % 2)
