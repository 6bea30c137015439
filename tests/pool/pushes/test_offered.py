"""POOL-17: until a push is accepted its receiver sees basic information only, on pages and in the API."""

from __future__ import annotations

from decimal import Decimal

import pytest

from app.customers.follow_ups.services import follow_up
from app.customers.shared.policies import NO_FACTS, can_see_history
from app.customers.shared.queries import sees_history
from app.kernel.database.session import db
from app.kernel.errors import NotFound
from app.kernel.files.attachments import files_by_subject, get_file
from app.pool.pushes.services import accept_push
from tests.support.databases.statements import count_statements
from tests.support.documents import upload
from tests.support.make import make_customer, make_push
from tests.support.policy_cases import ACTORS, customer_in, verdict_of
from tests.support.web.person import Browser

HISTORY = ("follow-ups", "shelf-log", "edits", "operation-log", "reveals")


@pytest.fixture
def offered(world, api):
    """A customer with a past that was pushed to agent3."""
    agent = world.actor("agent")
    made = make_customer(agent)
    api("agent").post(f"/customers/{made.id}/follow-ups", {"content": "预算八十万", "method": "phone"})
    return made, make_push(made, sender=agent, receiver=world.actor("agent3"))


def test_pool_17_the_past_is_shown_once_it_is_accepted(api, world, offered):
    made, push = offered
    client, path = api("agent3"), f"/customers/{made.id}"
    assert client.get(path).status_code == 200
    for part in HISTORY:
        refused = client.get(f"{path}/{part}")
        assert (refused.status_code, refused.get_json()["code"]) == (403, "customer.basics_only"), part
    whole = client.get(f"{path}/360").get_json()
    assert "预算" not in str(whole)
    assert [one["id"] for one in whole["pushes"]] == [push.id], "one's own offer"
    accept_push(push.id, actor=world.actor("agent3"))
    db.session.commit()
    assert [one["content"] for one in client.get(f"{path}/follow-ups").get_json()["items"]] == ["预算八十万"]
    assert all(client.get(f"{path}/{part}").status_code == 200 for part in HISTORY)


def test_pool_17_pages_show_the_basics_the_files_and_the_offer(app, world, offered):
    made, push = offered
    browser = Browser(app, "agent3")
    page = browser.page(f"/customers/{made.id}")
    assert browser.get(f"/customers/{made.id}/tab/follow_ups").status_code == 404
    assert "分级标签" not in page.text
    assert browser.get(f"/customers/{made.id}/tab/pushes").status_code == 200
    accept_push(push.id, actor=world.actor("agent3"))
    db.session.commit()
    assert "预算八十万" in browser.page(f"/customers/{made.id}/tab/follow_ups").text
    assert "分级标签" in browser.page(f"/customers/{made.id}").text


def test_pool_17_the_team_the_group_and_what_hangs_on_follow_ups_wait_too(world, api, offered):
    made, push = offered
    row = follow_up(made.id, content="见附件", method="visit", files=[upload()], actor=world.actor("agent"))
    (attached,) = files_by_subject("follow_up", [row.id])[row.id]
    client, receiver = api("agent3"), world.actor("agent3")
    for part in ("members", "linked"):
        assert client.get(f"/customers/{made.id}/{part}").get_json()["code"] == "customer.basics_only"
    assert client.get(f"/files/{attached.id}").status_code == 404
    with pytest.raises(NotFound):
        get_file(attached.id, actor=receiver)
    accept_push(push.id, actor=receiver)
    db.session.commit()
    assert get_file(attached.id, actor=receiver)
    assert client.get(f"/customers/{made.id}/members").status_code == 200


def test_pool_17_the_figures_of_sales_are_no_basics(world, api):
    agent = world.actor("agent")
    made = make_customer(agent, kind="enterprise", annual_revenue=Decimal(800000))
    push = make_push(made, sender=agent, receiver=world.actor("agent3"))
    client = api("agent3")

    def shown():
        (listed,) = client.get("/customers").get_json()["items"]
        return {client.get(f"/customers/{made.id}").get_json()["annual_revenue"], listed["annual_revenue"]}

    assert shown() == {None}
    accept_push(push.id, actor=world.actor("agent3"))
    db.session.commit()
    assert shown() == {800000}


def test_pool_17_only_those_to_whom_it_was_just_offered_are_kept_from_it():
    made = customer_in("personal", "following", False)
    kept_out = {
        who
        for who in ACTORS
        if (verdict := verdict_of(can_see_history, who, made, False)) is not None and not verdict.allowed
    }
    assert "push_pending" in kept_out
    assert not kept_out & {
        "owner",
        "superior",
        "push_accepted",
        "read_member",
        "write_member",
        "auditor",
        "admin",
    }


def test_pool_17_whoever_is_responsible_costs_no_further_statement(app, world):
    made = make_customer(world.actor("agent"))
    for name in ("agent", "manager", "admin", "auditor"):
        actor = world.actor(name)
        with count_statements(app) as seen:
            assert sees_history(made, actor)
        assert seen == [], name
    assert not can_see_history(world.actor("agent3"), made, NO_FACTS)
