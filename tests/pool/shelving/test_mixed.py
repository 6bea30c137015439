"""OFF-4, POOL-9, POOL-10: customers of both pools at once are asked for what each kind needs, and nothing else."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from tests.support.make import make_customer, make_platform_customer, shelve, tax_id
from tests.support.traces import notifications, operations, shelf_log, stored, todos
from tests.support.web.batches import path
from tests.support.web.person import Browser

PERSONAL = {"csrf_token", "follow_status", "viewing_booked", "viewing_at", "remark"}
PLATFORM = {"csrf_token", "handler_id", "viewing_booked", "viewing_at", "remark"}


def _known(customer: Any) -> SimpleNamespace:
    return SimpleNamespace(id=shelve(customer).id)


@pytest.fixture
def personal(world) -> list[SimpleNamespace]:
    agent = world.actor("agent")
    firm = {"kind": "enterprise", "tax_id": tax_id(1)}
    return [_known(make_customer(agent)), _known(make_customer(agent, **firm)), _known(make_customer(agent))]


@pytest.fixture
def platform(world) -> list[SimpleNamespace]:
    agent = world.actor("agent")
    firm = {"kind": "enterprise", "tax_id": tax_id(2)}
    return [_known(make_platform_customer(agent)), _known(make_platform_customer(agent, **firm))]


def test_off_4_the_form_asks_for_what_the_chosen_kinds_need(app, world, personal, platform):
    browser = Browser(app, "agent")
    asked = {
        name: set(browser.page(path("shelve", *chosen)).values())
        for name, chosen in (("personal", personal), ("platform", platform), ("both", personal + platform))
    }
    assert asked == {"personal": PERSONAL, "platform": PLATFORM, "both": PERSONAL | PLATFORM}
    assert "个人客户 3 · 平台客户 2" in browser.page(path("shelve", *personal, *platform)).text


def test_off_4_a_mixed_batch_without_a_handler_comes_back_to_its_form(app, world, personal, platform):
    form = {"follow_status": "following", "remark": "再联系"}
    page = Browser(app, "agent").submit(path("shelve", *personal, *platform), form, 422)
    assert set(page.errors()) == {"handler_id"}
    assert {stored(one.id)["follow_status"] for one in personal + platform} == {"off_shelf"}


@pytest.mark.both
def test_off_4_five_of_five_are_shelved_each_with_its_log_and_notice(app, world, personal, platform):
    handler = world.actor("agent2")
    form = {
        "handler_id": handler.id, "follow_status": "pending", "remark": "再联系", "viewing_booked": "y",
    }  # fmt: skip
    Browser(app, "agent").submit(path("shelve", *personal, *platform), form, 303)
    rows = [stored(one.id) for one in personal + platform]
    assert [row["handler_id"] for row in rows] == [world.actor("agent").id] * 3 + [handler.id] * 2
    assert {row["follow_status"] for row in rows} == {"pending"}
    for one in personal + platform:
        assert (len(operations(one, "pool.shelve")), len(shelf_log(one))) == (1, 1)
    assert [note.customer_id for note in notifications(handler.id)] == [one.id for one in platform]
    assert {todo.customer_id for todo in todos(handler.id)} == {one.id for one in platform}


def test_off_4_what_the_actor_cannot_see_is_of_no_kind(app, world, personal):
    foreign = _known(make_platform_customer(world.actor("other_agent")))
    page = Browser(app, "agent").page(path("shelve", *personal, foreign))
    assert set(page.values()) == PERSONAL
