"""OFF-16: every page of the office answers a move with its content alone, and a browser with the whole page."""

from __future__ import annotations

import pytest

from tests.support.web.pages import Page
from tests.support.web.person import Browser
from tests.support.web.routes import PUBLIC, all_routes

# No test here depends on the kind of database.
pytestmark = pytest.mark.parametrize("database", ["sqlite"], indirect=True)

MOVE = {"HX-Request": "true"}


def _is_of_the_office(route) -> bool:
    outside = route.is_api or route.rule.startswith("/m/") or route.endpoint in PUBLIC
    return route.method == "GET" and not outside


@pytest.fixture
def pages(app, customer) -> dict[str, tuple[Page, Page]]:
    """Return the whole page and the content alone of each address that has both."""
    admin = Browser(app, "admin")
    paths = {r.path({"customers": customer}) for r in all_routes(app) if _is_of_the_office(r)}
    found = {}
    for path in sorted(paths | {"/nothing-here", "/customers/987654"}):
        with admin.get(path) as whole:
            if whole.mimetype != "text/html" or "<!DOCTYPE html>" not in whole.get_data(as_text=True):
                continue
        found[path] = Page(whole), Page(admin.get(path, headers=MOVE))
    return found


def _tags(node) -> list[tuple[str, str]]:
    return [(one.tag, one["class"]) for one in node.all()]


@pytest.mark.slow
def test_off_16_a_move_gets_the_content_of_every_page_alone(pages):
    assert len(pages) > 40
    for path, (whole, content) in pages.items():
        assert content.response.status_code == whole.response.status_code, path
        assert content.one("title").text == whole.one("title").text, path
        assert content.one("h1").text == whole.one("h1").text, path
        for shown in whole.all("div", class_="page"):
            assert _tags(content.one("div", class_="page")) == _tags(shown), path
        assert "HX-Request" in whole.response.headers["Vary"], path
        assert "HX-Request" in content.response.headers["Vary"], path
        assert content.response.headers["Cache-Control"] == "no-store", path
        _check_bare(path, content)
        _check_frame(path, whole, content)


def _check_bare(path: str, content: Page) -> None:
    """Nothing runs or looks by itself, and nothing of the frame is there."""
    tags = {node.tag for node in content.all()}
    assert not tags & {"html", "script", "style", "link", "aside", "header", "main"}, path
    wrong = [n for n in content.all() if any(a in {"style", "nonce"} or a.startswith("on") for a in n.attrs)]
    assert not wrong, (path, wrong[:3])


def _check_frame(path: str, whole: Page, content: Page) -> None:
    """The answer says which entry of the menu, which crumbs and which kind of page it is."""
    frame = next(node for node in content.all("div") if "data-frame" in node.attrs)
    if not whole.all("ol", class_="crumb"):
        return  # a refusal, which has no frame of its own
    active = [node["href"] for node in whole.all("a", class_="nav-item") if node["aria-current"]]
    assert frame["data-entry"] == "".join(active), path
    assert frame.one("ol", class_="crumb").text == whole.one("ol", class_="crumb").text, path
    assert frame["data-frame"] == whole.one("body")["class"], path
