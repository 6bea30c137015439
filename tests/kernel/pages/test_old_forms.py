"""Typed values are not lost when the session has ended meanwhile: the form is opened again (ui.md)."""

from __future__ import annotations

import pytest

from app.customers.shared.models import Customer
from app.kernel.access.guard import unscoped
from app.kernel.database.session import db
from tests.support.web.person import Browser


def nobody() -> bool:
    with unscoped("test: nothing was created"):
        return db.session.query(Customer).count() == 0


@pytest.mark.parametrize("path", ["/customers/new", "/m/login", "/login/"])
def test_a_form_of_an_earlier_session_leads_back_to_its_page(app, world, path):
    browser = Browser(app, "" if "login" in path else "agent")
    answer = browser.client.post(path, data={"name": "甲", "csrf_token": "old"})
    assert answer.status_code == 400
    page = browser.open("POST", path, data={"name": "甲"})
    assert page.status_code == 400
    assert f'href="{path}" data-unsent' in page.get_data(as_text=True)
    assert "登录状态已变化" in page.get_data(as_text=True)
    assert nobody()


def test_an_operation_without_a_page_says_what_to_do(app, world):
    answer = Browser(app, "agent").open("POST", "/inbox/read")
    assert answer.status_code == 400
    assert "请返回重新打开页面" in answer.get_data(as_text=True)


def test_after_signing_out_the_form_has_to_be_sent_again(app, world):
    browser = Browser(app)
    answer = browser.post("/customers/new", {"name": "甲"})
    assert (answer.status_code, answer.location) == (302, "/login/?next=/customers/new")
    page = browser.page(answer.location)
    assert "请登录后重新提交" in page.text
    assert "data-unsent" in page.response.get_data(as_text=True)
    assert nobody()


def test_after_an_operation_without_a_page_one_lands_at_the_start(app, world):
    answer = Browser(app).post("/inbox/read")
    assert answer.location == "/login/"
