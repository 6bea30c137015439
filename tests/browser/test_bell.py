"""OFF-9 in a real browser: a push is accepted from the bell; push and accept take at most six clicks."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from app.kernel.database.session import db
from app.pool.pushes.services import push_customer, withdraw_push
from tests.support.make import make_customer
from tests.support.web.visits import SIZES, form_of, picture, visiting

pytestmark = [
    pytest.mark.browser,
    pytest.mark.parametrize("database", ["sqlite"], indirect=True),
]
MOST_CLICKS = 6


class _Clicks:
    """Counts the clicks of a journey."""

    def __init__(self) -> None:
        self.number = 0

    def __call__(self, place) -> None:
        place.click()
        self.number += 1


def test_off_9_push_and_accept_take_at_most_six_clicks(chromium, live, world):
    made = make_customer(world.actor("agent"), name="钱先生")
    receiver, click = world.actor("agent3").name, _Clicks()
    with visiting(chromium, live, "desktop", "agent") as page:
        page.goto(f"/customers/{made.id}")
        push = page.locator(".page-ops a[data-drawer='推送']")
        push.wait_for(state="attached")
        if not push.is_visible():
            click(page.locator(".page-ops .dropdown > button"))
        click(push)
        form = form_of(page)
        # The cursor stands in the chooser, the first required field (OFF-2): a key opens it.
        form.locator("#receiver_id + .select2-container--focus, .select2-container--open").first.wait_for()
        if not form.locator(".select2-container--open").count():
            page.keyboard.press("Enter")
        form.locator(".select2-search__field").fill(receiver)
        click(form.locator(".select2-results__option", has_text=receiver).first)
        click(form.locator(".form-bar .btn-primary"))
        expect(page.locator(".toast-success")).to_be_visible()
    with visiting(chromium, live, "desktop", "agent3") as page:
        click(page.locator("[data-bell]"))
        picture(page, "bell", "desktop")
        click(page.locator("#bell-panel [data-deed]", has_text="接受"))
        expect(page.locator(".toast-success")).to_contain_text("钱先生")
        expect(page.locator("#bell-panel [data-deed]")).to_have_count(0)
        expect(page.locator("header [data-badge=pushes]")).to_be_hidden()
        expect(page.locator("header [data-badge=notifications]")).to_be_hidden()
    assert click.number <= MOST_CLICKS


@pytest.mark.parametrize("size", SIZES)
def test_off_9_the_bell_by_keys_and_a_refusal_in_its_line(chromium, live, world, size):
    agent, receiver = world.actor("agent"), world.actor("agent3")
    push = push_customer(make_customer(agent, name="孙女士").id, receiver_id=receiver.id, actor=agent)
    db.session.commit()
    with visiting(chromium, live, size, "agent3") as page:
        page.goto("/todos/")
        page.focus("[data-bell]")
        page.keyboard.press("Enter")
        expect(page.locator("#bell-panel .nt-a")).to_contain_text("孙女士")
        picture(page, "bell-keys", size)
        page.keyboard.press("ArrowDown")
        expect(page.locator("#bell-panel .nt-a")).to_be_focused()
        page.keyboard.press("Escape")
        expect(page.locator("#bell-panel")).to_be_hidden()
        expect(page.locator("[data-bell]")).to_be_focused()
        page.keyboard.press("Enter")
        accept = page.locator("#bell-panel [data-deed]", has_text="接受")
        expect(accept).to_be_visible()
        withdraw_push(push.id, actor=agent)
        db.session.commit()
        with page.expect_response("**/accept") as answer:
            accept.click()
        assert answer.value.status == 409
        expect(page.locator("#bell-panel .nt-no")).to_contain_text("推送已撤回")
        picture(page, "bell-refused", size)
        page.click("#bell-panel [data-nt-all]")
        expect(page.locator("header [data-badge=notifications]")).to_be_hidden()
