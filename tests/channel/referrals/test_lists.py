"""CH-10, CH-16, CH-17, CH-21, CH-22: the lists of referrals, scans and tours: rows, tabs, search, links, cost."""

from __future__ import annotations

from io import BytesIO
from urllib.parse import parse_qsl

import pytest
from openpyxl import load_workbook
from sqlalchemy import select

from app.audit.models import OperationLog
from app.channel.referrals.deals import close_referral
from app.channel.referrals.queries import count_tabs
from app.channel.scans.services import scan
from app.channel.tours.services import follow_tour, record_tour
from app.channel.visitors.services import register_visitor
from app.kernel import clock
from app.kernel.access.actor import SYSTEM
from app.kernel.database.session import db
from app.kernel.exports.views import ExportRequest, make_export
from tests.support.channel.scene import START, at
from tests.support.web.person import Browser

LISTS = ("/referrals/", "/scans/", "/tours/")
LIST = 8


def rows(page) -> list[dict[str, str]]:
    """Return column → text, of each row."""
    if not page.all("tbody"):
        return []
    found = page.one("tbody").all("tr")
    return [{cell["data-key"]: cell.text for cell in row.all("td") if cell["data-key"]} for row in found]


def codes(page) -> list[str]:
    return [row["code"] for row in rows(page)]


@pytest.fixture
def funnel(channel):
    """Create one referral in each state, newest first; return state → referral."""
    with at(days=-40):
        expired = channel.bound("broker1", "期满", [("135", "0005")])
    with at(days=-2):
        closed = channel.bound("broker2", "成交", [("136", "0004"), ("137", "0044")])
        close_referral(closed.id, closed_on=clock.today(), actor=channel.actor("director"))
    with at(days=-1):
        bound = channel.bound("broker1", "绑定", [("139", "0003")], expected_visit_at=START)
    reported = channel.report("broker3", "报备", [("138", "0002")])
    with at(hours=1):
        entered = channel.enter("broker1", "录入", [("138", "0001")])
    db.session.commit()
    return {
        "entered": entered,
        "reported": reported,
        "bound": bound,
        "closed": closed,
        "expired": expired,
    }


def test_ch_22_the_list_shows_what_the_office_needs(app, funnel):
    page = Browser(app, "secretary").page("/referrals/")
    assert codes(page) == [one.code for one in funnel.values()]
    row = next(row for row in rows(page) if row["code"] == funnel["bound"].code)
    assert row == {
        "code": funnel["bound"].code,
        "name": "王绑定",
        "fragment": "139****0003",
        "status": "已绑定",
        "protection": "还剩 29 天",
        "broker": "赵一",
        "broker_phone": "13900000001",
        "company": "川流地产",
        "expected_visit_at": "2026-03-02 09:30",
        "created_at": "2026-03-01 09:30",
        "project": "云锦里",
    }
    assert [r["fragment"] for r in rows(page)][3] == "136****0004 / 137****0044"
    links = page.one("tbody").all("a", class_="row-link")
    assert [link["href"] for link in links] == [f"/referrals/{one.id}" for one in funnel.values()]


def test_ch_10_tabs_and_their_counts_follow_the_clock(app, channel, funnel):
    browser = Browser(app, "director")
    wanted = {"all": "5", "entered": "1", "reported": "1", "bound": "1", "expired": "1", "closed": "1"}
    assert browser.get("/referrals/counts").get_json() == wanted
    assert count_tabs(channel.actor("director")) == {tab: int(n) for tab, n in wanted.items()}
    for tab, referral in funnel.items():
        assert codes(browser.page(f"/referrals/?tab={tab}")) == [referral.code], tab
    with at(days=29):  # CH-17: over at that moment, though no job ran
        browser = Browser(app, "director")
        assert set(codes(browser.page("/referrals/?tab=expired"))) == {
            funnel["bound"].code,
            funnel["expired"].code,
        }
        assert codes(browser.page("/referrals/?tab=bound")) == []


def test_ch_17_the_last_days_are_highlighted(app, funnel):
    for later, shown, stands_out in (
        ({"days": 21, "hours": 12}, "还剩 8 天", False),
        ({"days": 22, "hours": 12}, "还剩 7 天", True),
        ({"days": 28, "hours": 20}, "还剩 4 小时", True),
    ):
        with at(**later):
            cell = Browser(app, "director").page("/referrals/?tab=bound").one("td", data_key="protection")
            assert (cell.text, bool(cell.all(class_="tag-orange"))) == (shown, stands_out)


def test_ch_22_an_empty_result_shows_the_way_out(app, funnel):
    page = Browser(app, "secretary").page("/referrals/?tab=bound&broker=钱")
    assert page.one(class_="empty").all("a", class_="btn")


def test_ch_26_a_links_conditions_are_seen_and_can_be_cleared(app, channel, funnel):
    browser, broker = Browser(app, "director"), channel.brokers["broker1"]
    plain = browser.page("/referrals/")
    named = [node["name"] for node in plain.one("form", class_="filter").all("select")]
    assert named == ["project_id", "reached"]
    page = browser.page(
        f"/referrals/?reached=bound&broker_id={broker.id}&company_id={channel.companies[0].id}"
        f"&consultant_id={channel.actor('consultant').id}&created_from=2026-01-01"
    )
    assert codes(page) == [funnel["bound"].code, funnel["expired"].code]
    form = page.one("form", class_="filter")
    chosen = {
        node["name"]: option.text
        for node in form.all("select")
        for option in node.all("option")
        if "selected" in option.attrs
    }
    assert chosen == {
        "reached": "已绑定",
        "broker_id": "赵一",
        "company_id": "川流地产",
        "consultant_id": "夏语冰",
    }
    assert form.one("a", class_="btn-default")["href"] == "/referrals/"
    assert browser.page("/referrals/?broker_id=0").one(class_="fi-err").text


def test_ch_16_the_scans(app, channel, funnel):
    visitor = register_visitor(phone="13700000009", name="访客甲", consent_version="2026-01", actor=SYSTEM)
    project = channel.project.id
    scan(
        token=visitor.qr_token,
        consultant_id=channel.actor("consultant").id,
        project_id=project,
        actor=channel.actor("onsite"),
    )
    db.session.commit()
    browser = Browser(app, "secretary")
    page = browser.page("/scans/")
    shown = rows(page)
    assert shown[0]["code"] == visitor.code
    assert (shown[0]["status"], shown[0]["broker"], shown[0]["phone"]) == ("上门", "—", "137****0009")
    assert shown[1] == {
        "created_at": "2026-03-01 09:30",
        "code": funnel["bound"].code,
        "name": "王绑定",
        "phone": "139****0003",
        "status": "已绑定",
        "broker": "赵一",
        "broker_phone": "13900000001",
        "bound_broker": "赵一",
        "bound_phone": "13900000001",
        "consultant": "夏语冰",
        "consultant_phone": shown[1]["consultant_phone"],
        "staff": "田野",
        "project": "云锦里",
    }
    assert shown[1]["consultant_phone"].startswith("028-")
    leads_to = [row["data-url"] for row in page.one("tbody").all("tr")]
    assert leads_to[1] == f"/referrals/{funnel['bound'].id}"
    for query in (
        f"code={funnel['bound'].code}", "name=王绑", "fragment=0003", "broker=赵一&created_from=2026-03-01",
        "consultant=夏&created_from=2026-03-01&broker_phone=139",
    ):  # fmt: skip
        assert codes(browser.page(f"/scans/?{query}")) == [funnel["bound"].code], query


def test_ch_21_the_tours_with_their_follow_ups(app, channel, funnel):
    consultant = channel.actor("consultant")
    tour = record_tour(token=funnel["bound"].qr_token, intention="A", actor=consultant)
    record_tour(token=funnel["closed"].qr_token, intention="C", actor=consultant)
    for text in ("约周末再看", "想要临街铺位"):
        follow_tour(tour.id, content=text, actor=consultant)
    db.session.commit()
    browser = Browser(app, "secretary")
    page = browser.page("/tours/?intention=A")
    assert [(row["code"], row["status"]) for row in rows(page)] == [(funnel["bound"].code, "A")]
    ops = {link.text: link["href"] for link in page.one("tbody").all("a", class_="op")}
    assert ops == {"查看": f"/tours/{tour.id}", "跟进记录（2）": f"/tours/{tour.id}#follow_ups"}
    detail = browser.page(f"/tours/{tour.id}")
    assert detail.one("h1").text == "王绑定 的带看"
    assert f"/referrals/{funnel['bound'].id}" in [a["href"] for a in detail.all("a")]
    tab = browser.page(f"/tours/{tour.id}/tab/follow_ups")
    assert [node.text for node in tab.all(class_="tl-text")] == ["想要临街铺位", "约周末再看"]
    for query, number in (("broker=赵一", 1), ("name=王", 2), (f"code={funnel['closed'].code}", 1)):
        assert len(rows(browser.page(f"/tours/?{query}"))) == number


@pytest.mark.parametrize("path", LISTS)
def test_acc_7_the_lists_are_the_offices_own(app, channel, funnel, path):
    for username in ("agent", "onsite", "consultant", "finance", channel.username("broker1")):
        assert Browser(app, username).get(path).status_code == 403, username
    assert Browser(app).get(path).status_code == 302
    assert Browser(app, "auditor").get(path).status_code == 200


@pytest.mark.parametrize("path", LISTS)
def test_an_empty_list_says_what_to_do(app, channel, path):
    db.session.commit()
    for locale, word in (("zh", "手机端" if path != "/scans/" else "扫描"), ("en", "n")):
        assert word in Browser(app, "director", locale=locale).page(path).one(class_="empty").text


def _sheet(response) -> list[tuple]:
    return [*load_workbook(BytesIO(response.data)).active.iter_rows(values_only=True)]


@pytest.mark.parametrize(
    ("path", "operation", "query"),
    [
        ("/referrals", "referral.export", "?broker=赵&tab=bound"),
        ("/referrals", "referral.export", ""),
        ("/scans", "onsite_scan.export", "?name=王绑"),
        ("/tours", "tour.export", "?intention=A"),
    ],
)
def test_plat_6_exactly_the_search_result_leaves_as_a_sheet(
    app, api, channel, funnel, path, operation, query
):
    record_tour(token=funnel["bound"].qr_token, intention="A", actor=channel.actor("consultant"))
    db.session.commit()
    browser = Browser(app, "director")
    page = browser.page(f"{path}/{query}")
    shown = [[("" if cell == "—" else cell) for cell in row.values()] for row in rows(page)]
    head, *lines = _sheet(browser.post(f"{path}/export{query}"))
    assert list(head) == [node.text for node in page.one("thead").all("th")][: len(head)]
    texts = [
        [
            ("" if v is None else v.strftime("%Y-%m-%d %H:%M") if hasattr(v, "strftime") else str(v))
            for v in line
        ]
        for line in lines
    ]
    assert texts == shown
    log = db.session.scalars(select(OperationLog).where(OperationLog.operation == operation)).one()
    assert log.parameters["rows"] == str(len(lines))
    assert "王" not in str(log.parameters)
    assert "赵" not in str(log.parameters)
    by_api = api("director").get(f"{path}/export", **dict(parse_qsl(query.removeprefix("?"))))
    assert _sheet(by_api) == [tuple(head), *lines]
    assert Browser(app, "finance").post(f"{path}/export").status_code == 403


class _Meter:
    def expect(self, total: int) -> None:
        self.total = total

    def at(self, done: int) -> None:
        pass


@pytest.mark.parametrize(("view", "tab"), [("ReferralView", "bound"), ("ScanView", ""), ("TourView", "")])
def test_plat_5_a_long_one_is_written_in_the_background(app, channel, funnel, view, tab):
    """There is no request there in which links of pages could be made."""
    record_tour(token=funnel["bound"].qr_token, intention="A", actor=channel.actor("consultant"))
    db.session.commit()
    asked = ExportRequest(view, tab, [["broker", "赵"], ["created_from", "2026-03-01"]])
    _title, file = make_export(asked, channel.actor("director"), _Meter())
    _head, *lines = load_workbook(file).active.iter_rows(values_only=True)
    file.close()
    assert [line.count(funnel["bound"].code) for line in lines] == [1]


def test_plat_6_what_looks_like_a_formula_is_text(app, channel):
    channel.enter("broker1", "=1+1")
    db.session.commit()
    browser = Browser(app, "director")
    sheet = load_workbook(BytesIO(browser.post("/referrals/export").data)).active
    assert (sheet["B2"].value, sheet["B2"].data_type) == ("王=1+1", "s")
