"""Collisions, viewing fees and the ranking in a real browser, at a desk and on a phone (CH-19, CH-25, CH-26)."""

from __future__ import annotations

from decimal import Decimal
from io import BytesIO

import pytest
from openpyxl import load_workbook
from PIL import Image
from playwright.sync_api import expect

from app.channel.collisions.models import Collision
from app.channel.fees.services import create_fee, void_fee
from app.kernel.database.session import db
from tests.support.channel.scene import Channel, every
from tests.support.channel.scene import picture as upload
from tests.support.web.appearance import faults
from tests.support.web.visits import BOTH_SIZES, form_of, is_phone, operate, pick, picture, submit, visiting

pytestmark = [
    pytest.mark.browser,
    pytest.mark.parametrize("database", ["sqlite"], indirect=True),
]


@pytest.fixture
def collided(world) -> Channel:
    """broker1's customer was bound; broker2 and broker3 brought him too."""
    channel = Channel(world)
    channel.mine = channel.bound("broker1")
    channel.theirs = channel.report("broker2")
    channel.scan(channel.theirs)
    channel.enter("broker3")
    channel.ids = channel.mine.id, channel.theirs.id
    channel.codes = channel.mine.code, channel.theirs.code
    db.session.commit()
    return channel


def _payment() -> dict[str, object]:
    buffer = BytesIO()
    Image.new("RGB", (300, 500), "#07c160").save(buffer, "PNG")
    return {"name": "转账.png", "mimeType": "image/png", "buffer": buffer.getvalue()}


def _decide(page, size: str, collided: Channel) -> None:
    """Read both sides as the director, and give the binding to the other broker."""
    badge = page.locator(".nav-item[href='/collisions/'] [data-badge=collisions]")
    expect(badge).to_contain_text("2")
    page.goto("/collisions/")
    picture(page, "collisions", size)
    page.locator("tbody tr", has_text=collided.codes[1]).locator(".op", has_text="并排对比").click()
    expect(page.locator(".vs-bound", has_text="赵一").first).to_be_visible()
    expect(page.locator(".vs-other", has_text="钱二").first).to_be_visible()
    left, right = (page.locator(f"section.vs-{side}").bounding_box() for side in ("bound", "other"))
    beside = right["x"] > left["x"] + left["width"] / 2
    assert beside == (size == "desktop"), "side by side at a desk, one under the other on a phone"
    picture(page, "collision-side-by-side", size)
    form = operate(page, "处理")
    submit(form)
    expect(form.locator(".fi-err").first).to_be_visible()  # outcome and note are asked for
    pick(form, "outcome", "rebind")
    form.locator("#note").fill("先带看")
    picture(page, "collision-handle", size)
    submit(form)
    expect(page.locator(".vs-done")).to_contain_text("先带看")
    expect(page.locator("section.vs-other")).to_contain_text("已绑定")
    expect(badge).to_be_hidden()  # the binding's other collision is settled with it


def _pay(page, size: str, collided: Channel) -> None:
    """Pay from the customer's page as the secretary; the fee is in the table with its total."""
    page.goto(f"/referrals/{collided.ids[1]}")
    form = _open_payment(page)
    form.locator("#amount").fill("300.555")
    submit(form)
    expect(form.locator(".fi-err").first).to_be_visible()
    form.locator("#amount").fill("300.50")
    form.locator("#screenshot").set_input_files(_payment())
    picture(page, "fee-form", size)
    submit(form)
    expect(page.locator(".toast-success")).to_be_visible()
    page.goto("/viewing-fees/")
    row = page.locator("tbody tr")
    expect(row).to_contain_text("300.50")
    expect(page.locator(".sums")).to_contain_text("300.50")
    picture(page, "viewing-fees", size)


def _open_payment(page):
    button = page.locator("a[href*='/viewing-fees/new']").first
    if not button.is_visible():
        page.click(".page-ops .dropdown > button")
    button.click()
    return form_of(page)


def _rank(page, size: str) -> None:
    """Open the ranking, its charts, and the file with the same figures."""
    page.goto("/channel-ranking/")
    picture(page, "channel-ranking", size)
    shown = page.eval_on_selector_all(
        "tbody tr", "rows => rows.map(row => [...row.cells].map(cell => cell.textContent.trim()))"
    )
    with page.expect_download() as download:
        page.click("[formaction^='/channel-ranking/export']")
    _head, *rows = load_workbook(BytesIO(download.value.path().read_bytes())).active.values
    assert [[str(value) for value in row] for row in rows] == shown
    assert [row[1:] for row in shown] == [
        ["钱二", "13900000002", "1", "1", "1", "0"],
        ["赵一", "13900000001", "1", "1", "0", "0"],
        ["孙三", "13900000003", "1", "0", "0", "0"],
    ]
    page.click(".tabs-p a >> text=图表")
    page.wait_for_selector("#h-funnel")
    picture(page, "channel-ranking-charts", size)


def _void(page, size: str) -> None:
    """Void the fee as the director, after confirming it."""
    page.goto("/viewing-fees/")
    page.locator("tbody .op", has_text="作废").click()
    form = form_of(page)
    form.locator("#reason").fill("金额有误")
    submit(form)
    form.locator("#ask-box").wait_for()
    form.locator("[data-ask-yes]").click()
    expect(page.locator(".toast-success")).to_be_visible()
    page.goto("/viewing-fees/")
    expect(page.locator("tbody tr.is-struck")).to_have_count(1)
    expect(page.locator(".sums")).to_contain_text("0.00")
    picture(page, "viewing-fee-voided", size)


@pytest.mark.parametrize("size", BOTH_SIZES)
def test_ch_19_25_26_a_collision_is_decided_a_fee_paid_and_the_ranking_read(chromium, live, collided, size):
    with visiting(chromium, live, size, "director") as page:
        picture(page, "channel-workbench", size)
        _decide(page, size, collided)
    with visiting(chromium, live, size, "secretary") as page:
        _pay(page, size, collided)
    with visiting(chromium, live, size, "director") as page:
        _rank(page, size)
        _void(page, size)


@pytest.mark.parametrize(("language", "size"), [("zh", "phone"), ("en", "phone"), ("en", "desktop")])
def test_plat_15_pages_with_content_fit_and_can_be_read(visit, collided, size, language):
    voided = create_fee(
        referral_id=collided.ids[0],
        amount=Decimal(1200),
        screenshot=upload("red"),
        actor=collided.actor("secretary"),
    )
    void_fee(voided.id, reason="void", actor=collided.actor("director"))
    pk, fee_id = every(Collision)[0].id, voided.id
    db.session.rollback()
    found = []
    for username, paths in (
        ("director", ("/", "/collisions/", f"/collisions/{pk}", f"/collisions/{pk}/handle",
                      "/channel-ranking/", "/channel-ranking/?view=charts")),
        ("secretary", ("/", "/viewing-fees/", f"/viewing-fees/{fee_id}",
                       f"/viewing-fees/new?referral_id={collided.ids[0]}")),
    ):  # fmt: skip
        page = visit(username, size, language)
        for path in paths:
            page.goto(path)
            page.wait_for_load_state()
            found += faults(page)
            if not is_phone(page):
                page.set_viewport_size({"width": 1920, "height": 1080})
                found += faults(page, ("sideways", "contrast"))
                page.set_viewport_size({"width": 1366, "height": 768})
    assert not found
