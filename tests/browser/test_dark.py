"""OFF-13 in a real browser: where the system is dark the pages are dark, every text stays legible, paper stays light."""

from __future__ import annotations

import pytest

from app.kernel.database.session import db
from tests.support.make import make_customer
from tests.support.web.visits import visiting

pytestmark = [pytest.mark.browser, pytest.mark.parametrize("database", ["sqlite"], indirect=True)]

# The texts whose colour is too near to what is painted behind them (WCAG 2: less than 4.5).
_ILLEGIBLE = """() => {
  const parts = (color) => color.match(/[\\d.]+/g).map(Number);
  const light = (color) => parts(color).slice(0, 3).map((part) => part / 255)
    .map((part) => (part <= 0.03928 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4))
    .reduce((sum, part, at) => sum + part * [0.2126, 0.7152, 0.0722][at], 0);
  const behind = (one) => {
    if (!one) return 'rgb(255, 255, 255)';
    const color = getComputedStyle(one).backgroundColor;
    const [, , , alpha = 1] = parts(color);
    return alpha === 1 ? color : behind(one.parentElement);
  };
  const texts = [...document.querySelectorAll('.main *, .top *')].filter((one) => one.checkVisibility()
    && [...one.childNodes].some((node) => node.nodeType === 3 && node.textContent.trim()));
  return texts.filter((one) => {
    const [a, b] = [light(getComputedStyle(one).color), light(behind(one))].sort((x, y) => y - x);
    return (a + 0.05) / (b + 0.05) < 4.5;
  }).map((one) => `${one.className} ${one.textContent.trim()}`);
}"""
_GROUND = "() => getComputedStyle(document.querySelector('.card')).backgroundColor"
_INK = "() => getComputedStyle(document.querySelector('.card')).color"


def test_off_13_dark_pages_are_legible_and_print_light(chromium, live, world):
    made = make_customer(world.actor("agent")).id
    db.session.commit()
    with visiting(chromium, live, "desktop", "agent") as page:
        page.emulate_media(color_scheme="dark")
        for address in ("/", "/customers/", f"/customers/{made}", "/customers/new"):
            page.goto(address)
            assert page.evaluate(_GROUND) == "rgb(26, 33, 45)", address
            assert page.evaluate(_ILLEGIBLE) == [], address
        page.emulate_media(color_scheme="dark", media="print")
        assert page.evaluate(_INK) == "rgb(0, 0, 0)", "black ink on white paper"
