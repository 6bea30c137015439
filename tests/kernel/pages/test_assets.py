"""OFF-13: one script and one stylesheet for each kind of page, under names that change with what is in them."""

from __future__ import annotations

import re

import pytest

from app.kernel.pages import assets, icons
from tests.support.web.person import Browser


def _address(app, name: str) -> str:
    with app.test_request_context():
        return assets.asset_url(name)


@pytest.mark.parametrize(("name", "mimetype"), [("office.js", "text/javascript"), ("phone.css", "text/css")])
def test_off_13_a_file_is_kept_for_ever_under_the_name_of_its_content(app, name, mimetype):
    stem, suffix = name.split(".")
    address = _address(app, name)
    assert re.fullmatch(rf"/static/kepan/{stem}-[0-9a-f]{{12}}\.{suffix}", address)
    with Browser(app).get(address) as answer:
        assert answer.mimetype == mimetype
        assert answer.get_data() == assets.served(name)
        assert answer.cache_control.immutable
        assert answer.cache_control.max_age == assets.YEAR


@pytest.mark.parametrize("address", ["/static/kepan/office.js", "/static/kepan/office-0123456789ab.js"])
def test_off_13_under_another_name_it_is_asked_for_each_time(app, address):
    """A page from before an upgrade finds its script, but the browser does not keep it under the old name."""
    browser = Browser(app)
    with browser.get(address) as answer:
        assert answer.get_data() == assets.served("office.js")
        assert not answer.cache_control.immutable
        assert not answer.cache_control.max_age
        etag = answer.headers["ETag"]
    with browser.get(address, headers={"If-None-Match": etag}) as answer:
        assert answer.status_code == 304


def test_off_13_other_files_are_served_as_they_are(app):
    browser = Browser(app)
    with browser.get("/static/kepan/logo.svg") as answer:
        assert answer.mimetype == "image/svg+xml"
    for name in ("nothing.js", "office/dom.js-0123456789ab.js", "nothing-0123456789ab.js"):
        assert browser.get(f"/static/kepan/{name}").status_code == 404


def test_off_13_a_page_loads_one_script_and_one_stylesheet(app, world):
    page = Browser(app, "agent").page("/customers/")
    assert [tag["href"] for tag in page.all("link", rel="stylesheet")] == [_address(app, "office.css")]
    scripts = [tag["src"] for tag in page.all("script") if "src" in tag.attrs]
    assert scripts == [_address(app, "boot.js"), _address(app, "office.js")]


def test_off_13_the_short_form_is_served_only_for_these_very_sources(monkeypatch, tmp_path):
    short = tmp_path / "vendor"
    short.mkdir()
    monkeypatch.setattr(assets, "STATIC", tmp_path)
    (short / assets.short_name("office.js")).write_text("short", encoding="ascii")
    (short / "phone-0123456789ab.short.js").write_text("of former sources", encoding="ascii")
    assert assets.served.__wrapped__("office.js") == b"short"
    assert assets.served.__wrapped__("phone.js") == assets.whole("phone.js")


def test_off_13_without_small_fonts_the_frameworks_are_named(monkeypatch, tmp_path):
    monkeypatch.setattr(assets, "STATIC", tmp_path)
    named = set(re.findall(r"url\(([^)]*woff2)\)", assets.served.__wrapped__("office.css").decode()))
    assert named == {
        f"../appbuilder/css/webfonts/{font}" for font in ("fa-solid-900.woff2", "fa-regular-400.woff2")
    }


def test_off_13_used_icons_stay_and_others_go():
    css = (
        '.fa-check:before,.fa-old-check:before{content:"\\f00c"}.fa-nobody-uses:before{content:"\\f111"}'
        '.fa-spin{animation:1s}.fa.fa-nobody-uses{font-weight:400}.glyphicon-ok:before{content:"x"}'
    )
    assert "fa-check" in icons.used()
    assert icons.trim(css) == '.fa-check:before{content:"\\f00c"}.fa-spin{animation:1s}'
    assert icons.characters(icons.trim(css)) == "\uf00c"


def test_off_13_each_used_icon_has_a_rule_and_no_name_is_put_together_of_parts():
    css = assets.whole("office.css").decode()
    shapes = {"fa-fw", "fa-regular", "fa-solid-900", "fa-regular-400"}
    assert not [name for name in icons.used() - shapes if f".{name}:before" not in css]
    sources = [path for suffix in icons.WRITTEN_IN for path in icons.ROOT.rglob(f"*{suffix}")]
    joined = re.compile(r"fa-['\"{%$ ]")
    assert not [path.name for path in sources if joined.search(path.read_text(encoding="utf-8"))]
