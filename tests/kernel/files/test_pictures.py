"""OFF-15, PLAT-10: how pictures are stored, and how much memory they take."""

from __future__ import annotations

import subprocess
import sys
import threading
import time
from io import BytesIO
from itertools import pairwise
from pathlib import Path

import pytest
from PIL import Image

from app.kernel.files import images
from app.kernel.files.attachments import UnacceptableError, receive
from tests.support import documents as d
from tests.support.make import make_customer
from tests.support.sources import ROOT
from tests.support.web.person import Browser


def kept(content: bytes, name: str = "a.png", longest: int = 0) -> Image.Image:
    image = Image.open(receive(name, BytesIO(content), longest).content)
    image.load()
    return image


def saved(image: Image.Image, kind: str = "PNG", **how) -> bytes:
    target = BytesIO()
    image.save(target, kind, **how)
    return target.getvalue()


@pytest.mark.parametrize(("kind", "name"), [("PNG", "a.png"), ("JPEG", "a.jpg")])
def test_off_15_a_long_payment_screenshot_keeps_every_pixel(kind, name):
    stripes = Image.new("L", (1080, 15_000), 255)
    stripes.paste(0, (0, 7_000, 1080, 7_004))  # a line as thick as the stroke of a character
    image = kept(saved(stripes, kind), name)
    assert image.size == (1080, 15_000)
    assert image.convert("L").getpixel((500, 7_001)) < 40


def test_off_15_what_is_larger_still_is_bounded_by_its_area():
    image = kept(saved(Image.new("L", (2000, 20_000), 255)))
    assert image.width * image.height <= images.MAX_AREA
    assert image.width > 1200
    assert image.height / image.width == pytest.approx(10, rel=0.01)


def test_off_15_a_photo_of_50_megapixels_is_taken():
    image = kept(saved(Image.new("RGB", (8192, 6144), (200, 30, 30)), "JPEG"), "a.jpg")
    assert image.size == (4096, 3072)
    assert image.getpixel((2000, 1500))[0] == pytest.approx(200, abs=3)


_GROWTH = """
import re, sys
from app.kernel.files.images import reencode
def peak():
    return int(re.search(r"VmHWM:\\s+(\\d+) kB", open("/proc/self/status").read())[1]) // 1024
before = peak()
made = reencode(open(sys.argv[1], "rb"))
print(made.width, made.height, made.type.media_type, peak() - before)
"""


@pytest.mark.slow
@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="memory is read from /proc")
@pytest.mark.parametrize(
    ("mode", "kind", "how", "media_type"),
    [
        ("RGB", "WEBP", {"quality": 60, "method": 0}, "image/jpeg"),
        ("RGBA", "WEBP", {"quality": 60, "method": 0}, "image/png"),
        ("RGB", "WEBP", {"lossless": True, "method": 0}, "image/jpeg"),
        ("RGB", "JPEG", {"progressive": True}, "image/jpeg"),
    ],
)
def test_off_15_photos_of_50_megapixels_of_any_kind_are_reduced_within_300_mb(
    tmp_path, mode, kind, how, media_type
):
    file = tmp_path / "photo"
    Image.new(mode, (8160, 6144), (200, 30, 30, 90)[: len(mode)]).save(file, kind, **how)
    words = [sys.executable, "-c", _GROWTH, str(file)]
    done = subprocess.run(words, cwd=ROOT, capture_output=True, text=True, check=True, timeout=120)
    width, height, found, grown = done.stdout.split()
    assert found == media_type
    assert 10_000_000 < int(width) * int(height) <= images.MAX_AREA
    assert abs(int(width) / int(height) - 8160 / 6144) < 0.01
    assert int(grown) < 300, f"{grown} MB"


def test_plat_10_a_reduced_webp_shows_what_was_sent_and_a_cut_one_is_refused(monkeypatch):
    monkeypatch.setattr(images, "BUDGET", 14 * 1024 * 1024)
    two = Image.new("RGB", (1400, 1000), (200, 30, 30))
    two.paste((30, 30, 200), (700, 0, 1400, 1000))
    sent = saved(two, "WEBP", quality=90)
    image = kept(sent, "a.webp", longest=400)
    assert image.size == (400, 285)
    for at, wanted in ((50, (200, 30, 30)), (350, (30, 30, 200))):
        assert all(abs(a - b) < 25 for a, b in zip(image.getpixel((at, 140)), wanted, strict=True))
    with pytest.raises(UnacceptableError):
        kept(sent[: len(sent) // 2], "a.webp", longest=400)


def test_plat_10_sixteen_bits_of_grey_stay_grey():
    deep = Image.new("I;16", (60, 40), 0x8000)
    deep.paste(0xFFFF, (0, 0, 10, 10))
    deep.paste(0, (20, 0, 30, 10))
    image = kept(saved(deep)).convert("L")
    assert image.getpixel((50, 30)) == pytest.approx(128, abs=1)
    assert (image.getpixel((5, 5)), image.getpixel((25, 5))) == (255, 0)


def test_plat_10_a_reduced_picture_has_no_seams():
    slope = Image.linear_gradient("L").resize((3000, 9000))
    image = kept(saved(slope)).convert("L")
    rows = [image.getpixel((image.width // 2, y)) for y in range(image.height)]
    assert max(abs(a - b) for a, b in pairwise(rows)) <= 1


@pytest.mark.parametrize("orientation", range(1, 9))
def test_plat_10_all_orientations_become_upright(orientation):
    corner = Image.new("RGB", (64, 48), (255, 255, 255))
    corner.paste((0, 0, 0), (0, 0, 16, 16))
    exif = Image.Exif()
    exif[0x0112] = orientation
    image = kept(saved(corner, "JPEG", exif=exif.tobytes(), quality=95), "a.jpg").convert("L")
    assert image.size == ((64, 48) if orientation < 5 else (48, 64))
    dark = [
        (x, y)
        for x, y in ((4, 4), (image.width - 5, 4), (4, image.height - 5), (image.width - 5, image.height - 5))
        if image.getpixel((x, y)) < 128
    ]
    left, top = orientation in {1, 4, 5, 8}, orientation in {1, 2, 5, 6}
    assert dark == [(4 if left else image.width - 5, 4 if top else image.height - 5)]


def test_plat_10_a_progressive_photo_that_fills_memory_is_refused_by_its_head():
    huge = saved(Image.new("RGB", (9000, 9000)), "JPEG", progressive=True, subsampling=0)
    with pytest.raises(UnacceptableError, match="pixels"):
        receive("a.jpg", BytesIO(huge))


def test_plat_10_too_many_waiting_pictures_are_refused(monkeypatch):
    """The queue is bounded: while one picture is open, a few wait and the next are refused at once."""
    opened, go_on = threading.Event(), threading.Event()
    real = images._reencode

    def slow(content, longest):
        opened.set()
        assert go_on.wait(20)
        return real(content, longest)

    monkeypatch.setattr(images, "_reencode", slow)
    outcomes: list[str] = []

    def take() -> None:
        try:
            images.reencode(BytesIO(d.jpeg()))
            outcomes.append("taken")
        except images.BusyError:
            outcomes.append("busy")

    threads = [threading.Thread(target=take) for _ in range(50)]
    for thread in threads:
        thread.start()
    assert opened.wait(20)
    end = time.monotonic() + 20
    while outcomes.count("busy") < 50 - 1 - images.QUEUE and time.monotonic() < end:
        time.sleep(0.01)
    assert outcomes == ["busy"] * (50 - 1 - images.QUEUE)
    go_on.set()
    for thread in threads:
        thread.join(20)
    assert outcomes.count("taken") == 1 + images.QUEUE
    assert images.reencode(BytesIO(d.jpeg())).width == 64, "the queue is empty again"


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_plat_10_a_full_queue_is_answered_with_503_and_keeps_what_was_typed(app, world, monkeypatch):
    def busy(_content, _longest):
        raise images.BusyError

    monkeypatch.setattr(images, "reencode", busy)
    made = make_customer(world.actor("agent"))
    browser = Browser(app, "agent")
    path = f"/customers/{made.id}/follow-up"
    sent = {"content": "看了三套", "method": "phone", "files": (BytesIO(d.jpeg()), "a.jpg")}
    answer = browser.post(path, sent)
    assert answer.status_code == 503
    assert answer.headers["Retry-After"] == "5"
    assert "看了三套" in answer.get_data(as_text=True)
