"""CH-11, CH-22, CH-23, CH-29: a referral's page: its content, its operations, the evidence."""

from __future__ import annotations

from decimal import Decimal
from io import BytesIO

import pytest
from openpyxl import load_workbook

from app.channel.collisions.rebinding import rebind_referral
from app.channel.fees.services import create_fee
from app.channel.referrals.deals import close_referral
from app.channel.referrals.models import Referral
from app.channel.referrals.services import report_referral
from app.channel.tours.services import record_tour
from app.kernel.access.guard import unscoped
from app.kernel.database.session import db
from tests.support.channel.referral_pages import facts, head
from tests.support.channel.scene import START, again, at, check_invariants, operations, picture
from tests.support.databases.statements import count_statements
from tests.support.make import make_customer
from tests.support.web.pages import Page
from tests.support.web.person import Browser

DAY = START.date().isoformat()
TABS = ("scans", "tours", "fees", "rebinds", "collisions", "reports")
DETAIL, TAB = 14, 14


def tabs(page) -> list[str]:
    return [node["href"].removeprefix("#") for node in page.all("a", role="tab")]


def rows(page) -> list[dict[str, str]]:
    found = page.one("tbody").all("tr") if page.all("tbody") else []
    return [{cell["data-key"]: cell.text for cell in row.all("td") if cell["data-key"]} for row in found]


@pytest.fixture
def dispute(channel):
    """One customer of two brokers: bound to the first, toured and paid, then given to the second."""
    mine = channel.bound("broker1", shop_category="catering", needs="临街铺位", expected_visit_at=START)
    record_tour(token=mine.qr_token, intention="B", actor=channel.actor("consultant"))
    create_fee(
        referral_id=mine.id, amount=Decimal("200.50"), screenshot=picture(), actor=channel.actor("secretary")
    )
    with at(hours=1):
        other = channel.report("broker2")
        channel.scan(other)
    with at(hours=2):
        rebind_referral(
            mine.id, broker_id=other.broker_id, reason="钱二先带看", actor=channel.actor("director")
        )
    db.session.commit()
    return mine, other


def test_ch_22_the_page_holds_everything_of_the_referral(app, channel, dispute):
    _mine, other = dispute
    page = Browser(app, "director").page(f"/referrals/{other.id}")
    assert page.one("h1").text == f"王小明 {other.code}"
    assert [node.text for node in page.one(class_="head-tags").all(class_="tag")] == ["已绑定", "还剩 30 天"]
    shown = facts(page)
    assert {
        "状态": "已绑定",
        "客户编号": other.code,
        "姓名": "王小明",
        "号码片段": "138****1234",
        "项目": "云锦里",
        "经纪人": "钱二",
        "经纪人电话": "13900000002",
        "经纪公司": "锦程不动产",
        "录入人": "钱二",
        "接待顾问": shown["接待顾问"],
        "绑定时间": "2026-03-02 09:30",
        "保护期至": "2026-04-01 09:30",
    }.items() <= shown.items()
    assert shown["接待顾问"].startswith("夏语冰 · 028-")
    assert "成交日期" not in shown
    assert tabs(page) == ["timeline", *TABS]


def test_ch_22_a_deal_is_shown_first(app, channel):
    referral = channel.bound("broker1")
    close_referral(
        referral.id,
        closed_on=START.date(),
        amount=Decimal(880000),
        unit="3-1-502",
        note="全款",
        actor=channel.actor("director"),
    )
    db.session.commit()
    page = Browser(app, "secretary").page(f"/referrals/{referral.id}")
    assert next(node.text for node in page.all(class_="sec-title")) == "成交"
    shown = facts(page)
    assert [shown[name] for name in ("成交日期", "金额（元）", "地块或房号", "成交操作人", "备注", "客户档案")] == [
        DAY, "880,000.00", "3-1-502", "梁宏图", "全款", "—",
    ]  # fmt: skip


def test_ch_23_records_of_other_codes_are_marked_so_that_nothing_is_paid_twice(app, channel, dispute):
    mine, other = dispute
    browser = Browser(app, "director")
    for own, foreign in ((mine, other), (other, mine)):
        scans = rows(browser.page(f"/referrals/{own.id}/tab/scans"))
        assert {row["code"]: row["result"] for row in scans} == {
            own.code: "已绑定" if own is mine else "撞单",
            f"{foreign.code} 其他编号": "撞单" if own is mine else "已绑定",
        }
    paid = browser.page(f"/referrals/{other.id}/tab/fees")
    assert [(row["code"], row["amount"], row["broker"], row["by"]) for row in rows(paid)] == [
        (f"{mine.code} 其他编号", "200.50", "赵一", "宋佳音")
    ]
    assert f"/referrals/{mine.id}" in [a["href"] for a in paid.one("tbody").all("a")]
    toured = rows(browser.page(f"/referrals/{other.id}/tab/tours"))
    assert [(row["code"], row["intention"]) for row in toured] == [(f"{mine.code} 其他编号", "B")]
    moved = rows(browser.page(f"/referrals/{mine.id}/tab/rebinds"))
    assert [(r["from"], r["from_code"], r["to"], r["to_code"], r["reason"], r["by"]) for r in moved] == [
        ("赵一", mine.code, "钱二", f"{other.code} 其他编号", "钱二先带看", "梁宏图 (director)")
    ]
    met = rows(browser.page(f"/referrals/{mine.id}/tab/collisions"))
    assert [(r["bound"], r["other"], r["count"], r["status"]) for r in met] == [
        ("赵一", "钱二", "2", "修改绑定经纪人")
    ]


def test_ch_11_every_press_of_report_is_listed(app, channel):
    referral = channel.bound("broker1")
    report_referral(referral.id, actor=channel.actor("broker1"))
    db.session.commit()
    found = rows(Browser(app, "director").page(f"/referrals/{referral.id}/tab/reports"))
    assert [(row["who"], row["before"], row["after"]) for row in found] == [
        ("赵一", "已绑定", "已绑定"),
        ("赵一", "已录入", "已报备"),
    ]


def test_acc_7_tabs_are_for_those_who_may_read_what_they_hold(app, channel, dispute):
    path = f"/referrals/{dispute[0].id}"
    secretary = Browser(app, "secretary")
    assert "collisions" not in tabs(secretary.page(path))
    assert secretary.get(f"{path}/tab/collisions").status_code == 404
    assert tabs(Browser(app, "auditor").page(path))[-1] == "operations"
    assert secretary.get(f"{path}/tab/operations").status_code == 404
    for username in ("agent", "onsite", channel.username("broker1")):
        for below in ("", "/evidence", "/tab/scans", "/rebind", "/close", "/reopen", "/make-customer"):
            assert Browser(app, username).get(path + below).status_code == 403
    assert Browser(app).get(path).status_code == 302


def test_ch_23_rebinding_on_the_page(app, channel):
    referral = channel.bound("broker1")
    broker2 = channel.brokers["broker2"].id
    db.session.commit()
    browser, path = Browser(app, "director"), f"/referrals/{referral.id}/rebind"
    assert "保护期不变" in browser.page(path).one(class_="form-hint").text
    page = browser.submit(path, {"broker_id": broker2}, 422)
    assert (page.errors(), page.values()["broker_id"]) == ({"reason": "此项必填"}, str(broker2))
    same = browser.submit(path, {"broker_id": referral.broker_id, "reason": "…"}, 409)
    assert same.errors() == {"broker_id": "已绑定该经纪人"}
    waiting = channel.register("late", "13900000077", "待审", 0, "company_onsite").id
    db.session.commit()
    assert browser.submit(path, {"broker_id": waiting, "reason": "…"}, 422).errors() == {
        "broker_id": "请从选项中选择"
    }
    done = browser.post(path, {"broker_id": broker2, "reason": "钱二先带看"})
    assert (done.status_code, done.location) == (303, f"/referrals/{referral.id}")
    assert again(referral).state == "reported"
    check_invariants()
    assert head(browser.page(f"/referrals/{referral.id}"))["修改绑定经纪人"] == "没有可修改的绑定"
    assert browser.get(path).status_code == 409
    assert Browser(app, "secretary").post(path, {"broker_id": broker2, "reason": "x"}).status_code == 403


def test_pool_1_a_duplicate_is_refused_on_the_page_with_what_was_typed(app, channel):
    make_customer(channel.actor("agent"), phone="13800001234")
    referral = channel.bound("broker1")
    close_referral(referral.id, closed_on=START.date(), actor=channel.actor("director"))
    db.session.commit()
    values = {"pool": "personal", "phone": "13800001234", "owner_id": channel.actor("agent").id}
    page = Browser(app, "director").submit(f"/referrals/{referral.id}/make-customer", values, 409)
    assert page.values()["phone"] == "13800001234"
    assert page.one(class_="form-alert").text
    assert again(referral).customer_id is None


def test_ch_29_the_timeline_shows_all_events_of_the_identity_latest_first(app, channel, dispute):
    mine, other = dispute
    page = Browser(app, "secretary").page(f"/referrals/{mine.id}/tab/timeline")
    kinds = [node.text for node in page.all(class_="tl-kind")]
    assert kinds[0] == "改绑"
    assert sorted(kinds) == sorted(["录入", "报备", "驻场扫码"] * 2 + ["带看", "带看费", "撞单", "改绑"])
    foreign = [node for node in page.all("li") if "其他编号" in node.text]
    assert [node.one(class_="tl-kind").text for node in foreign] == ["驻场扫码", "报备", "录入"]
    assert all(other.code in node.text for node in foreign)
    assert f"{other.code} 撞上 赵一 的绑定（{mine.code}），共 2 次" in page.text
    assert "200.50 元，付给 赵一" in page.text


def test_off_1_the_joined_first_page_costs_twelve_statements_at_most(app, channel, dispute):
    mine, other = dispute
    close_referral(other.id, closed_on=START.date(), actor=channel.actor("director"))
    db.session.commit()
    came = {"Referer": "http://localhost/referrals/?order_by=created_at"}
    for referral in (mine, other):
        browser = Browser(app, "director")
        for _ in range(2):
            with count_statements(app) as seen:
                page = Page(browser.get(f"/referrals/{referral.id}", headers=came))
        assert len(seen) <= 12, seen
    assert [one["rel"] for one in page.all("a") if one["rel"]] == ["prev"], "the list ends here"
    assert [one.text for one in page.all("a", class_="chip")] == [
        "全部", "改绑记录", "撞单", "带看费", "带看记录", "扫码记录", "报备记录", "节点",
    ]  # fmt: skip
    shown = browser.page(f"/referrals/{mine.id}/tab/timeline?kind=tour")
    assert [node.text for node in shown.all(class_="tl-kind")] == ["带看"]


def test_ch_29_the_evidence_is_printed_and_exported_the_same(app, channel, dispute):
    mine, other = dispute
    browser = Browser(app, "secretary")
    page = browser.page(f"/referrals/{mine.id}/evidence")
    claims, events = page.all("table", class_="paper-tbl")
    claimed = [[cell.text for cell in row.all("td")] for row in claims.one("tbody").all("tr")]
    assert [(row[0], row[1], row[4], row[5]) for row in claimed] == [
        (mine.code, "赵一 13900000001", "已报备", "2026-03-02 09:30:00"),
        (other.code, "钱二 13900000002", "已绑定", "2026-03-02 10:30:00"),
    ]
    printed = [tuple(cell.text for cell in row.all("td")) for row in events.one("tbody").all("tr")]
    assert [row[0] for row in printed] == sorted(row[0] for row in printed)
    assert [row[1] for row in printed][:3] == ["录入", "报备", "驻场扫码"]
    assert [node.text for node in page.all("button") if "data-print" in node.attrs] == ["打印"]
    before = operations(mine)
    sheet = browser.post(f"/referrals/{mine.id}/evidence/export")
    lines = [*load_workbook(BytesIO(sheet.data)).active.iter_rows(values_only=True)][1:]
    assert [tuple(value or "—" for value in line) for line in lines] == printed
    assert operations(mine) == [*before, "referral.evidence"]
    assert Browser(app, "agent").post(f"/referrals/{mine.id}/evidence/export").status_code == 403
    assert browser.open("POST", f"/referrals/{mine.id}/evidence/export").status_code == 400  # no token


def test_ch_29_another_companys_office_finds_nothing(app, channel, dispute):
    pk = dispute[0].id
    with unscoped("test: as if it were the other company's"):
        db.session.get_one(Referral, pk).company_id = channel.world.companies[1]
        db.session.commit()
    browser = Browser(app, "director")
    for below in ("", "/evidence", "/tab/timeline", "/rebind", "/close", "/make-customer"):
        assert browser.get(f"/referrals/{pk}{below}").status_code == 404, below
    for below in ("/rebind", "/close", "/make-customer", "/evidence/export"):
        assert browser.post(f"/referrals/{pk}{below}").status_code == 404, below


def test_ch_22_a_detail_and_its_tabs_cost_the_same_however_long_the_history(app, channel, dispute):
    mine, other = dispute
    browser = Browser(app, "director")

    def costs(referral) -> list[int]:
        path = f"/referrals/{referral.id}"
        found = []
        for below in ("", *(f"/tab/{tab}" for tab in TABS), "/evidence"):
            browser.page(path + below)
            with count_statements(app) as seen:
                browser.page(path + below)
            found.append(len(seen))
        return found

    few = costs(mine)
    for n in range(8):
        channel.scan(other)
        record_tour(token=other.qr_token, intention="A", actor=channel.actor("consultant"))
        report_referral(mine.id, actor=channel.actor("broker1"))
        create_fee(
            referral_id=other.id,
            amount=Decimal(n + 1),
            screenshot=picture(),
            actor=channel.actor("secretary"),
        )
    db.session.commit()
    assert costs(mine) == few
    assert few[0] <= DETAIL
    assert max(few[1:]) <= TAB, few
