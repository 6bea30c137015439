"""CH-28: pictures from unregistered people are decoded last, and only after the code has proved the
number.
"""

from __future__ import annotations

import zlib
from io import BytesIO

import pytest

from app.channel.visitors.models import Visitor
from app.kernel.files import images
from tests.channel.phone.test_entrance import person, send
from tests.support import documents as d
from tests.support.channel import every, sent_code
from tests.support.faces import Browser

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
