"""CH-28: pictures from unregistered people are decoded last, and only after the code has proved the
number.
"""

from __future__ import annotations

import zlib
from io import BytesIO

import pytest

from app.channel.visitors.models import Visitor
from app.kernel.files import images, types
from tests.channel.phone.test_entrance import person, send
from tests.support import documents as d
from tests.support.channel.scene import every, sent_code
from tests.support.web.person import Browser

# No test here depends on the kind of database.
pytestmark = pytest.mark.parametrize("database", ["sqlite"], indirect=True)
PATH = "/m/register/visitor"


@pytest.fixture
def decoded(monkeypatch):
    """Return the list of decoded pictures."""
    seen: list[int] = []
    real = images.reencode

    def count(content, longest=0):
        seen.append(longest)
        return real(content, longest)

    monkeypatch.setattr(images, "reencode", count)
    return seen


def test_ch_28_nothing_is_decoded_before_the_code_is_proved(app, channel, decoded):
    browser = Browser(app)
    send(browser, PATH, **person())
    for wrong in ({"sms_code": "000000"}, {"consent_version": "", "sms_code": "000000"}, {"name": ""}):
        picture = (BytesIO(d.png((3000, 3000))), "me.png")
        browser.submit(PATH, {**person(), **wrong, "avatar": picture}, 422)
    browser.submit(PATH, {**person(), "send_code": "1", "avatar": (BytesIO(d.png()), "me.png")}, 200)
    assert decoded == []
    assert every(Visitor) == []


def test_plat_10_a_strangers_archive_is_not_opened(app, channel, monkeypatch):
    """A field for pictures looks at the first bytes, whatever else they could be."""
    archive = (BytesIO(d.office("docx")), "me.png")
    monkeypatch.setattr(types.zipfile, "ZipFile", lambda *_: pytest.fail("opened"))
    typed = {**person(), "sms_code": "000000", "consent_version": "", "avatar": archive}
    page = Browser(app).submit(PATH, typed, 422)
    assert "avatar" in page.errors()


@pytest.mark.parametrize("path", [PATH, "/m/register/broker", "/m/register/onsite"])
def test_plat_10_a_stranger_sends_one_picture_and_no_more(app, channel, monkeypatch, path):
    picture = {"avatar": (BytesIO(bytes(20_000)), "me.png")}
    assert Browser(app).post(path, dict(picture)).status_code == 422
    monkeypatch.setitem(app.config, "MAX_STRANGER_UPLOAD_BYTES", 10_000)
    picture = {"avatar": (BytesIO(bytes(20_000)), "me.png")}
    assert Browser(app).post(path, picture).status_code == 413


def test_plat_10_no_page_reads_a_large_body_for_a_stranger(app, world, monkeypatch):
    monkeypatch.setitem(app.config, "MAX_STRANGER_UPLOAD_BYTES", 10_000)
    views = app.view_functions
    pages = [
        rule
        for rule in app.url_map.iter_rules()
        if getattr(views[rule.endpoint], "_takes_files", False)
        and not hasattr(views[rule.endpoint], "contract")
    ]
    assert len(pages) > 5
    for rule in pages:
        path = rule.build(dict.fromkeys(rule.arguments, 1), append_unknown=False)[1]
        picture = {"files": (BytesIO(bytes(20_000)), "me.png")}
        assert Browser(app).post(path, picture).status_code == 413, rule


def test_ch_28_one_picture_is_the_most(app, channel, decoded):
    browser = Browser(app)
    send(browser, PATH, **person())
    two = [(BytesIO(d.png()), f"{n}.png") for n in range(2)]
    page = browser.submit(PATH, {**person(), "sms_code": sent_code(), "avatar": two}, 422)
    assert "avatar" in page.errors()
    assert decoded == []


def test_ch_28_a_damaged_picture_does_not_prevent_the_registration(app, channel):
    browser = Browser(app)
    send(browser, PATH, **person())
    damaged = d.png()[:60] + zlib.compress(b"x")
    typed = {**person(), "sms_code": sent_code(), "avatar": (BytesIO(damaged), "me.png")}
    assert browser.post(PATH, typed).location == "/m/"
    assert len(every(Visitor)) == 1
    assert "您的照片没有收下" in browser.page("/m/").text
