"""Generated pictures of the demo data: houses of the project, receipts of payments."""

from __future__ import annotations

import random
from io import BytesIO
from typing import TYPE_CHECKING

from PIL import Image, ImageDraw, ImageFont, ImageOps

from app.kernel.files.attachments import receive

if TYPE_CHECKING:
    from decimal import Decimal

    from app.kernel.files.attachments import Upload

_SIZE = (960, 640)
_GROUND = 560
_SKIES = (("#7fb2e5", "#eef6fd"), ("#5b8fc9", "#f7e9d7"), ("#8fc7c1", "#f4fbfa"), ("#6d7fb8", "#fbdcc4"))
_WALLS = ("#d9cfc1", "#b8c4cf", "#e6ded2", "#9fb0bf", "#c9b8a5")
_RECEIPT = (360, 640)


def building(name: str, number: int) -> Upload:
    """Draw a street of houses, the same for the same number."""
    rnd = random.Random(number)
    top, bottom = _SKIES[number % len(_SKIES)]
    image = ImageOps.colorize(Image.linear_gradient("L").resize(_SIZE), top, bottom)
    draw = ImageDraw.Draw(image)
    left = -20
    while left < _SIZE[0]:
        width, height = rnd.randrange(120, 220), rnd.randrange(160, 440)
        _house(draw, (left, _GROUND - height, left + width, _GROUND), rnd)
        left += width + rnd.randrange(0, 26)
    draw.rectangle((0, _GROUND, *_SIZE), fill="#8d939a")
    draw.rectangle((0, _GROUND, _SIZE[0], _GROUND + 12), fill="#c4c9ce")
    return _received(image, f"{name}.jpg", "JPEG")


def _house(draw: ImageDraw.ImageDraw, box: tuple[int, int, int, int], rnd: random.Random) -> None:
    left, top, right, bottom = box
    draw.rectangle(box, fill=rnd.choice(_WALLS))
    lit = rnd.choice(("#f7e7b4", "#dfeaf3"))
    for y in range(top + 18, bottom - 80, 38):
        for x in range(left + 14, right - 24, 34):
            draw.rectangle((x, y, x + 18, y + 22), fill=lit if rnd.random() < 0.6 else "#7d8b99")
    draw.rectangle((left + 8, bottom - 58, right - 8, bottom), fill="#f3f6f8")
    draw.rectangle(
        (left + 4, bottom - 70, right - 4, bottom - 58), fill=rnd.choice(("#b3372f", "#2f6db3", "#2f8f5b"))
    )


def receipt(amount: Decimal) -> Upload:
    """Draw a screenshot of a payment."""
    image = Image.new("RGB", _RECEIPT, "#f5f6f7")
    draw = ImageDraw.Draw(image)
    draw.rectangle((0, 0, _RECEIPT[0], 150), fill="#0a7d43")
    draw.ellipse((155, 50, 205, 100), outline="white", width=4)
    draw.line((168, 76, 178, 87, 194, 64), fill="white", width=4)
    draw.rectangle((20, 180, 340, 520), fill="white")
    draw.text((180, 230), f"CNY {amount:.2f}", fill="#1f2329", anchor="mm", font=ImageFont.load_default(36))
    for row, width in enumerate((120, 180, 150, 200)):
        y = 310 + row * 48
        draw.rectangle((44, y, 104, y + 12), fill="#c9cdd4")
        draw.rectangle((316 - width, y, 316, y + 12), fill="#e5e6eb")
    return _received(image, "付款截图.png", "PNG")


def _received(image: Image.Image, name: str, kind: str) -> Upload:
    buffer = BytesIO()
    image.save(buffer, kind)
    return receive(name, buffer)
