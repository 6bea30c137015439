"""CH-16, CH-13: the scan page and on-site staff's list of scans on the phone."""

from __future__ import annotations

import pytest

from app.channel.projects import services as projects
from app.channel.scans.models import OnsiteScan
from app.channel.visitors import services as visitors
from app.kernel.access.actor import SYSTEM
from app.kernel.database.session import db
from tests.support.channel.scene import every
from tests.support.databases.statements import count_statements
from tests.support.web.person import Browser

LIST = 5
LIGHT = 150 * 1024


@pytest.fixture
def several(channel):
    """王小明 of 赵一, who collided when 钱二 brought them, 王大山, and a visitor."""
    first, second = channel.bound("broker1"), channel.report("broker2")
    channel.scan(second)
    third = channel.bound("broker3", "大山", [("139", "5678")])
    visitor = visitors.register_visitor(
        phone="13700007777", name="何来客", consent_version="2026-01", actor=SYSTEM
    )
    channel.scan(visitor)
    db.session.commit()
    return first, second, third, visitor


def _names(page):
    return [rec.one("b").text + rec.one(class_="tag").text for rec in page.all(class_="rec")]


def test_ch_16_every_scan_with_its_people_newest_first(on, several):
    first, _second, _third, visitor = several
    page = on("onsite").page("/m/scans")
    assert _names(page) == ["何来客上门", "王大山已绑定", "王小明撞单", "王小明已绑定"]
    latest, _third, collided, oldest = page.all(class_="rec")
    for shown in (first.code, "138****1234", "赵一", "13900000001", "夏语冰"):
        assert shown in oldest.text
    assert "钱二" in collided.text
    assert "绑定经纪人 赵一 13900000001" in collided.text, "the bound broker (CH-16)"
    assert "绑定经纪人" not in latest.text + oldest.text
    assert visitor.code in latest.text
    assert oldest.one("a", href="tel:13900000001")
    detail = on("onsite").page(oldest.one("a", class_="rec-h")["href"])
    assert "138****1234" in detail.text
    assert "田野" in detail.text


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        ("code={first}", ["王小明已绑定"]),
        ("code=v{visitor}", ["何来客上门"]),
        ("name=王小", ["王小明撞单", "王小明已绑定"]),
        ("fragment=5678", ["王大山已绑定"]),
        ("fragment=138****1234", ["王小明撞单", "王小明已绑定"]),
        ("fragment=7777", ["何来客上门"]),
        ("broker=赵", ["王小明已绑定"]),
        ("consultant=夏语冰&name=何", ["何来客上门"]),
        ("consultant=田", []),
    ],
)
def test_ch_16_search(on, several, asked, expected):
    codes = {"first": several[0].code, "visitor": several[3].code[1:]}
    page = on("onsite").page(f"/m/scans?{asked.format(**codes)}")
    assert _names(page) == expected
    assert "open" in page.one("details").attrs
    if not expected:
        assert page.one(class_="empty").one("a")["href"] == "/m/scans"


def test_ch_16_a_search_that_cannot_be_keeps_what_was_typed(on, several):
    page = on("onsite").page("/m/scans?fragment=12")
    field = page.one("input", name="fragment")
    assert (field["value"], field["aria-invalid"]) == ("12", "true")
    assert page.one(id=field["aria-describedby"]).text.startswith("后四位")
    assert not page.all(class_="rec")


def test_ch_16_people_see_only_their_own_scans(app, on, channel, several):
    staff = channel.actor("secretary").id  # a colleague who scans elsewhere
    projects.assign_members(channel.project.id, duty="onsite", staff_ids=[staff], actor=channel.admin)
    scan = every(OnsiteScan)[0]
    scan.staff_id = staff
    db.session.commit()
    assert len(_names(on("onsite").page("/m/scans"))) == 3
    assert on("onsite").get(f"/m/scans/{scan.id}").status_code == 404
    assert on("broker1").get("/m/scans").status_code == 403
    assert Browser(app).get("/m/scans").location == "/m/login?next=/m/scans"
    # a consultant sees who was scanned for them; the office its company's
    assert len(_names(on("consultant").page("/m/scans"))) == 3
    assert len(_names(on("director").page("/m/scans"))) == 4


def test_ch_16_the_list_costs_the_same_however_long_it_is(app, on, channel):
    referral = channel.bound("broker1")
    on("onsite").page("/m/scans")
    counted = []
    for more in (21, 3):
        for _ in range(more):
            channel.scan(referral)
        db.session.commit()
        with count_statements(app) as seen:
            page = on("onsite").page("/m/scans")
        counted.append(len(seen))
    assert counted[0] == counted[1] <= LIST, counted
    rest = on("onsite").page(page.one("a", class_="more")["href"])
    assert len(page.all(class_="rec")) + len(rest.all(class_="rec")) == 25
    assert [a["href"] for a in rest.all("a", class_="more")] == ["/m/scans"]


def test_ch_16_an_empty_list_says_what_to_do(on):
    assert on("onsite").page("/m/scans").one(class_="empty").one("a")["href"] == "/m/scan"


@pytest.fixture
def static_folder(app, tmp_path, monkeypatch):
    """Return a static folder for the test, without third-party scripts."""
    (tmp_path / "vendor").mkdir()
    monkeypatch.setattr(app, "_static_folder", str(tmp_path))
    return tmp_path


def test_ch_13_pictures_are_read_where_the_reader_is_there(on, static_folder):
    plain = on("onsite").page("/m/scan").form()
    assert "data-lib" not in plain.attrs
    (static_folder / "vendor" / "qr-scanner.min.js").write_text("", encoding="ascii")
    page = on("onsite").page("/m/scan")
    assert page.form()["data-lib"].startswith("/static/vendor/qr-scanner.min.js")
    ways = [
        node["id"] or node["class"]
        for node in page.all()
        if node["class"] in ("hint", "lens") or node["id"] == "code"
    ]
    assert ways == ["hint", "lens", "code"]  # the most reliable way first
    assert "accept" in page.one("input", type="file").attrs


def test_ch_13_the_reader_is_a_file_that_set_up_brings():
    from pathlib import Path

    from app.channel.phone.scans import SCANNER
    from app.cli.assets import FILES

    assert Path(SCANNER).name in FILES


@pytest.mark.parametrize("path", ["/m/scan", "/m/scans", "/m/staff"])
def test_ch_3_pages_on_site_are_light(on, several, path):
    page = on("onsite").page(path)
    loaded = [node["src"] or node["href"] for node in page.all() if node.tag in {"script", "link", "img"}]
    assert all(address.startswith("/static/kepan/") for address in loaded)
    sizes = [len(on("onsite").get(address).get_data()) for address in loaded]
    assert len(page.response.get_data()) + sum(sizes) < LIGHT, sizes


def test_ch_16_ch_35_the_bound_broker_is_shown_to_those_who_may_know(on, channel, several):
    _first, second, _third, _visitor = several
    collided = next(row for row in every(OnsiteScan) if row.result == "collision")
    assert collided.bound_broker_id == channel.brokers["broker1"].id
    shown = on("onsite").page(f"/m/scans/{collided.id}").text
    assert "赵一" in shown
    assert "13900000001" in shown
    assert "赵一" in on("director").page("/scans/?result=collision").one("td", data_key="bound_broker").text
    broker = on("broker2").page(f"/m/customers/{second.id}").text
    assert "赵一" not in broker
    assert "13900000001" not in broker
    second.assigned_consultant_id = channel.actor("consultant").id
    db.session.commit()
    consultant = on("consultant").page(f"/m/scans/{collided.id}").text
    assert "撞单" in consultant
    assert "赵一" not in consultant


def test_ch_8_the_arrival_page_shows_probable_customers_of_others(on, channel):
    channel.bound("broker1", "先生")
    other = channel.report("broker2", "建国")
    text = on("onsite").page(f"/m/q/{other.qr_token}").text
    assert "可能撞单" in text
    assert "赵一" in text
    hidden = on("consultant").page(f"/m/q/{other.qr_token}").text
    assert "可能撞单" in hidden
    assert "赵一" not in hidden
    assert "可能" not in on("broker2").page(f"/m/customers/{other.id}").text
