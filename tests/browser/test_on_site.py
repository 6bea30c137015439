"""Arrivals and tours on phones, in a real browser: scanning by code, by a picture, colliding, receiving (CH-13,
CH-14, CH-18, CH-21).
"""

from __future__ import annotations

import shutil

import pytest
import segno
from PIL import Image
from playwright.sync_api import expect

from app.channel.collisions.models import Collision
from app.channel.scans.models import OnsiteScan
from app.channel.tours.models import Tour, TourFollowUp
from app.cli.assets import TARGET
from app.kernel.database.session import db
from tests.conftest import leave_out
from tests.support.channel.scene import Channel, every
from tests.support.web.visits import picture, sign_in

pytestmark = [
    pytest.mark.browser,
    pytest.mark.parametrize("database", ["sqlite"], indirect=True),
]


@pytest.fixture
def channel(world):
    """The scene of channel sales, at the real time."""
    return Channel(world)


def _needs_reader() -> None:
    if not (TARGET / "qr-scanner.min.js").is_file():
        leave_out("the QR reader is not there (python -m app.cli.assets)")


def _is_touchable(page) -> None:
    """Check that buttons are large enough, and that nothing is outside the screen."""
    small = page.evaluate(
        """() => [...document.querySelectorAll('main a, main button, nav a, main select, main input:not([type=hidden])')]
        .filter(e => !e.closest('.sr-only') && !e.classList.contains('sr-only') && e.offsetParent)
        .map(e => [e.outerHTML.slice(0, 80), e.getBoundingClientRect()])
        .filter(([, r]) => r.width && (r.height < 44 || r.right > innerWidth + 1)).map(([html]) => html)"""
    )
    assert not small
    page.wait_for_function("document.documentElement && document.documentElement.scrollWidth <= innerWidth")


def _type(page, code: str, tail: str) -> None:
    page.goto("/m/scan")
    page.fill("#code", code)
    page.fill("#tail", tail)
    page.click("[data-go]")
    page.wait_for_url("**/m/q/*")


def test_ch_13_to_21_an_arrival_a_collision_and_a_tour(visit, channel):
    mine, theirs = channel.report("broker1"), channel.report("broker2")
    code, token, other = mine.code, mine.qr_token, theirs.qr_token
    consultant = channel.actor("consultant")
    db.session.rollback()
    page = visit("onsite", "phone", fresh=True)
    page.goto("/m/")
    page.wait_for_url("**/m/scan")
    _is_touchable(page)
    picture(page, "m-scan", "phone")
    page.fill("#code", "R000")
    page.click("[data-go]")
    expect(page.locator("#code-err")).to_be_visible()
    expect(page.locator("#code")).to_be_focused()

    _type(page, code, "1234")
    _is_touchable(page)
    page.click(".dock button")
    expect(page.locator("#consultant_id-err")).to_be_visible()
    page.select_option("#consultant_id", str(consultant.id))
    picture(page, "m-arrival", "phone")
    page.dblclick(".dock button")
    expect(page.locator(".say")).to_contain_text("已绑定")

    page.goto(f"/m/q/{other}")
    expect(page.locator(".say")).to_contain_text("不绑定")
    page.select_option("#consultant_id", str(consultant.id))
    page.click(".dock button")
    page.wait_for_url("**/m/scans/*")
    expect(page.locator(".say")).to_contain_text("撞单")
    picture(page, "m-collision", "phone")
    page.click("nav.bar >> text=扫码记录")
    expect(page.locator(".rec")).to_have_count(2)
    _is_touchable(page)
    picture(page, "m-scans", "phone")
    page.click("summary")
    page.click("nav.bar >> text=我的")
    _is_touchable(page)
    assert [row.result for row in every(OnsiteScan)] == ["bound", "collision"]
    assert [row.count for row in every(Collision)] == [1]
    db.session.rollback()
    _receive(visit, token)


def _receive(visit, token: str) -> None:
    page = visit("consultant", "phone", fresh=True)
    page.goto("/m/")
    page.wait_for_url("**/m/tours")
    page.click("nav.bar >> text=我的客户")
    expect(page.locator(".rec")).to_have_count(1)
    _is_touchable(page)
    page.goto(f"/m/q/{token}")
    _is_touchable(page)
    picture(page, "m-reception", "phone")
    page.dblclick("button[value=A]")
    page.wait_for_url("**/m/tours/*")
    for text in ("周六带家人复看", "已约周六上午十点"):
        page.fill("#content", text)
        page.click("main form button")
        expect(page.locator(".log li").first).to_contain_text(text)
    _is_touchable(page)
    picture(page, "m-tour", "phone")
    page.click("nav.bar >> text=带看记录")
    expect(page.locator(".rec")).to_contain_text("意向 A 级")
    assert [row.intention for row in every(Tour)] == ["A"]
    assert len(every(TourFollowUp)) == 2


def test_ch_13_a_picture_of_the_code_is_read_in_the_page(visit, channel, tmp_path):
    _needs_reader()
    token = channel.report("broker1").qr_token
    db.session.rollback()
    shot, nothing = tmp_path / "shot.png", tmp_path / "nothing.png"
    segno.make(f"https://kepan.test/m/q/{token}", error="m").save(
        shot, scale=60, border=12
    )  # as large as a phone's
    segno.make("x").save(nothing, scale=1, border=30)
    page = visit("onsite", "phone", fresh=True)
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto("/m/scan")
    page.wait_for_load_state("networkidle")
    assert not [url for url in asked if "vendor" in url]  # only when it is needed
    page.set_input_files("[data-photo]", nothing)
    expect(page.locator("[data-said]")).to_contain_text("没有识别到二维码")
    page.set_input_files("[data-photo]", shot)
    page.wait_for_url(f"**/m/q/{token}")
    expect(page.locator("h2").first).to_contain_text("王小明")


@pytest.fixture
def camera(chromium, tmp_path):
    """Return a function that starts a browser whose camera sees a picture, as a phone's does."""
    opened = []

    def see(text: str):
        frame = tmp_path / "frame.png"
        segno.make(text, error="m").save(frame, scale=10, border=6)
        with Image.open(frame) as image:
            image.convert("RGB").resize((640, 640)).save(tmp_path / "seen.mjpeg", "JPEG", quality=95)
        opened.append(
            chromium.browser_type.launch(
                executable_path=shutil.which("chromium"),
                args=[
                    "--no-sandbox",
                    "--disable-gpu",
                    "--use-fake-ui-for-media-stream",
                    "--use-fake-device-for-media-stream",
                    f"--use-file-for-fake-video-capture={tmp_path / 'seen.mjpeg'}",
                ],
            )
        )
        return opened[-1]

    yield see
    for browser in opened:
        browser.close()


def test_ch_13_the_camera_reads_the_code_in_the_page(live, camera, channel):
    _needs_reader()
    token = channel.report("broker1").qr_token
    db.session.rollback()
    page = camera(f"https://kepan.test/m/q/{token}").new_page(
        base_url=live, viewport={"width": 390, "height": 844}
    )
    sign_in(page, "onsite")
    page.goto("/m/scan")
    page.click("[data-live]")
    page.wait_for_url(f"**/m/q/{token}")
    expect(page.locator("h2").first).to_contain_text("王小明")
    page.wait_for_load_state("networkidle")  # the browser ends while no request is in progress
