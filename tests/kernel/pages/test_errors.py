"""Refusals and crashes: as pages of the product or as JSON, with the request's number (ACC-6, PLAT-13)."""

from __future__ import annotations

import pytest
from werkzeug.exceptions import BadRequest

from app.kernel.errors import Invalid, Stale, conflict, forbidden
from tests.support.web.pages import Page
from tests.support.web.person import Browser

# No test here depends on the kind of database.
pytestmark = pytest.mark.parametrize("database", ["sqlite"], indirect=True)

SENTENCES = {
    400: "无法识别的请求",
    403: "您没有权限执行此操作",
    404: "内容不存在，或您无权查看",
    405: "不支持这种操作方式",
    413: "提交的内容过大",
    500: "系统出错了",
}


def _raise(error):
    def view():
        raise error

    return view


@pytest.fixture
def breaking_app(fresh_app):
    """Return the application with routes that fail on purpose."""
    errors = {
        "crash": ZeroDivisionError("secret 13800001111"),
        "denied": _denial(forbidden("test.person", "您不可以")),
        "state": _denial(conflict("test.state", "现在不可以", rule="some_rule")),
        "invalid": Invalid(name="名称不对", phone="号码不对"),
        "stale": Stale(7, {"名称": ("甲", "乙")}),
        "bad": BadRequest("inner detail"),
    }
    for name, error in errors.items():
        fresh_app.add_url_rule(f"/-test/{name}", f"test_{name}", _raise(error))
        fresh_app.add_url_rule(f"/api/-test/{name}", f"test_api_{name}", _raise(error))
    return fresh_app


def _denial(decision):
    from app.kernel.errors import Denied

    return Denied(decision)


CASES = {"crash": 500, "denied": 403, "state": 409, "invalid": 422, "stale": 412, "bad": 400}


@pytest.mark.parametrize(("name", "status"), CASES.items())
@pytest.mark.parametrize("username", ["", "agent"])
def test_a_page_that_fails_looks_like_the_product_and_names_the_request(breaking_app, name, status, username):
    page = Browser(breaking_app, username).page(f"/-test/{name}", status)
    assert page.one(class_="err-code").text == str(status)
    assert page.one("p", class_="err-id").text.endswith(page.response.headers["X-Request-Id"])
    assert page.one("link", rel="icon")["href"].startswith("/static/kepan/")
    assert page.one("a", class_="btn-primary")["href"] == "/"
    body = page.response.get_data(as_text=True)
    assert not [word for word in ("Traceback", "ZeroDivision", "13800001111", "inner detail") if word in body]


@pytest.mark.parametrize(("name", "status"), CASES.items())
def test_an_api_that_fails_answers_in_its_one_shape(breaking_app, name, status):
    response = Browser(breaking_app).get(f"/api/-test/{name}")
    assert (response.status_code, response.mimetype) == (status, "application/json")
    body = response.get_json()
    assert {"code", "message"} <= set(body)
    assert body["message"]
    expected = {
        "crash": {"code": "internal", "message": "系统出错了"},
        "denied": {"code": "test.person", "message": "您不可以"},
        "state": {"code": "test.state", "message": "现在不可以", "rule": "some_rule"},
    }
    if name in expected:
        assert body == expected[name]
    if name == "invalid":
        assert body["fields"] == {"name": "名称不对", "phone": "号码不对"}
    if name == "stale":
        assert (body["version"], body["differences"]) == (7, {"名称": {"theirs": "甲", "yours": "乙"}})


def test_plat_13_the_log_of_a_crash_names_the_request_and_no_person(breaking_app, capfd):
    response = Browser(breaking_app).get("/-test/crash?phone=13900002222")
    written = "".join(capfd.readouterr())
    assert response.headers["X-Request-Id"] in written
    assert "13900002222" not in written


def test_plat_13_the_database_keeps_bound_values_out_of_its_complaints(app):
    from app.kernel.database.session import db

    with app.app_context():
        assert db.engine.hide_parameters


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/nothing-here", 404),
        ("GET", "/customers/987654", 404),
        ("GET", "/customers/99999999999999999999", 404),
        ("GET", "/customers/0", 404),
        ("GET", "/customers/-1", 404),
        ("GET", "/customers/1x", 404),
        ("POST", "/customers/", 405),
        ("DELETE", "/customers/new", 405),
        ("GET", "/operation-log/", 403),
    ],
)
def test_ordinary_refusals_are_pages_of_the_product(app, method, path, status):
    browser = Browser(app, "agent")
    response = browser.open(method, path, headers={"X-CSRFToken": browser.token})
    assert response.status_code == status
    page = Page(response)
    assert page.one("h1").text == SENTENCES[status]
    assert page.one("p", class_="err-id").text.endswith(response.headers["X-Request-Id"])


def test_a_wrong_method_says_which_are_right(app):
    browser = Browser(app, "agent")
    response = browser.open("DELETE", "/customers/new", headers={"X-CSRFToken": browser.token})
    assert {"GET", "POST"} <= set(response.headers["Allow"].split(", "))


def test_a_body_beyond_the_limit_is_413(app):
    browser = Browser(app, "agent")
    huge = {"name": "长" * (10 * 1024 * 1024 // 3), "csrf_token": browser.token}
    response = browser.open("POST", "/customers/new", data=huge)
    assert response.status_code == 413
    assert Page(response).one("h1").text == SENTENCES[413]


def test_a_form_that_cannot_be_accepted_is_422_with_what_was_typed(app):
    page = Browser(app, "agent").submit("/customers/new", {"pool": "personal", "remark": "留下的话"}, 422)
    assert page.values()["remark"] == "留下的话"
    assert set(page.errors()) == {"name", "phone"} or set(page.errors()) == {"name"}


@pytest.mark.parametrize(
    ("address", "status"), [("/customers/987654", 404), ("/nowhere", 404), ("/roles/", 403)]
)
def test_off_8_a_refusal_keeps_the_frame_and_the_way_on(app, world, address, status):
    page = Browser(app, "agent").page(address, status)
    assert page.one("aside", id="side").all("a", href="/customers/")
    assert len(page.all("main")) == 1
    assert "is-app" in page.one("body")["class"]


def test_off_8_nobody_signed_in_sees_no_frame(app, world):
    page = Browser(app).page("/nowhere", 404)
    assert not page.all("aside", id="side")


def test_off_8_in_a_drawer_a_refusal_stands_alone(app, world):
    page = Browser(app, "agent").page("/customers/987654?_drawer=1", 404)
    assert not page.all("aside", id="side")
