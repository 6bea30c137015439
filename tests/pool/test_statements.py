"""What an operation and a page of the pool ask of the database: few statements for each operation with its request, CUST-15."""

from __future__ import annotations

import pytest

from app.kernel.database.session import db
from tests.support.databases.statements import count_statements
from tests.support.make import make_customer, make_platform_customer, make_push
from tests.support.web.person import Browser

OPERATION = 17  # two of them keep what undo puts back (OFF-3) and read the labels anew
HANDED_OVER = 22  # each kind of business record is asked for open ones (CUST-32)
PUSH = 20  # a new record with a key of its own; tells receiver and responsible (POOL-17); the budget of look-ups (ACC-17)
WHOLE = 29  # each part of the file once (CUST-15)
LIST = 8
DETAIL = 12
TAB = 8
STATE = {"shelve": "off_shelf", "privatize": "following", "assign": "pending"}
READERS = ["agent", "agent3", "manager", "admin"]


@pytest.fixture
def bodies(world):
    handler = world.actor("agent2").id
    return {
        "unshelve": {"reason": "other", "next_contact_at": "2099-01-02T09:30:00+08:00"},
        "shelve": {"remark": "再联系", "handler_id": handler, "viewing_booked": True},
        "privatize": {},
        "publicize": {},
        "assign": {"handler_id": handler},
        "push": {"receiver_id": world.actor("agent3").id},
    }


def _cost(app, client, path, body):
    with count_statements(app) as seen:
        answer = client.post(path, body)
    assert answer.status_code in {200, 201}, answer.get_json()
    return seen


@pytest.mark.parametrize("name", ["unshelve", "shelve", "privatize", "publicize", "assign", "push"])
def test_an_operation_with_its_request_takes_few_statements(app, world, api, bodies, name):
    agent, client = world.actor("agent"), api("manager")
    demand = {"district_ids": [world.district("锦江区").id]}
    costs = []
    for _ in range(2):  # the first fills what a process remembers
        made = make_platform_customer(agent, state=STATE.get(name, "private"), demand=demand)
        costs.append(_cost(app, client, f"/customers/{made.id}/{name}", bodies[name]))
    most = {"push": PUSH, "assign": HANDED_OVER}.get(name, OPERATION)
    assert costs[1].count <= most, "\n".join(costs[1])


@pytest.mark.parametrize("name", ["accept", "reject", "withdraw", "end"])
def test_answering_or_ending_a_push_takes_at_most_15_statements(app, world, api, name):
    agent, agent3 = world.actor("agent"), world.actor("agent3")
    client = api("agent" if name in {"withdraw", "end"} else "agent3")
    state = "accepted" if name == "end" else "pending"
    costs = []
    for _ in range(2):
        push = make_push(make_customer(agent), sender=agent, receiver=agent3, state=state)
        costs.append(_cost(app, client, f"/pushes/{push.id}/{name}", {"remark": "好"}))
    assert costs[1].count <= OPERATION, "\n".join(costs[1])


def _asked(app, browser, path):
    browser.page(path)
    with count_statements(app) as seen:
        browser.page(path)
    return list(seen)


def _some_pushes(world, number):
    agent = world.actor("agent")
    for step in range(number):
        make = make_customer if step % 2 else make_platform_customer
        make_push(make(agent), sender=agent, receiver=world.actor(("agent3", "manager")[step % 2]))
    db.session.commit()


def test_the_inbox_costs_the_same_whatever_its_rows(app, world):
    paths = [f"/pushes/?page_size=100&tab={tab}" for tab in ("waiting", "received", "sent")] + [
        "/pushes/counts"
    ]
    _some_pushes(world, 4)
    browsers = [Browser(app, username) for username in READERS]
    few = [[len(_asked(app, browser, path)) for path in paths] for browser in browsers]
    _some_pushes(world, 30)
    many = [[len(_asked(app, browser, path)) for path in paths] for browser in browsers]
    assert many == few
    assert max(map(max, many)) <= LIST, many
    assert len(browsers[0].page("/pushes/?tab=sent&page_size=100").one("tbody").all("tr")) == 34


def _history(world, api, customer, number):
    for _ in range(number):
        api("agent").post(f"/customers/{customer.id}/unshelve", {"reason": "other", "remark": "x"})
        api("agent").post(f"/customers/{customer.id}/shelve", {"remark": "y"})
        make_push(customer, sender=world.actor("agent"), receiver=world.actor("agent3"), state="rejected")


def test_cust_15_a_detail_its_tabs_and_the_whole_view_cost_the_same_however_long_the_history(app, world, api):
    customer = make_customer(world.actor("agent"))
    paths = [f"/customers/{customer.id}{tab}" for tab in ("", "/tab/pushes", "/tab/shelf_log")]
    browsers = [Browser(app, username) for username in ("agent", "manager", "admin")]

    def costs():
        pages = [[len(_asked(app, browser, path)) for path in paths] for browser in browsers]
        api("agent").get(f"/customers/{customer.id}/360")
        with count_statements(app) as seen:
            assert api("agent").get(f"/customers/{customer.id}/360").status_code == 200
        return pages, seen.count

    _history(world, api, customer, 2)
    short = costs()
    _history(world, api, customer, 12)
    assert costs() == short
    assert max(page[0] for page in short[0]) <= DETAIL, short
    assert max(max(page[1:]) for page in short[0]) <= TAB, short
    assert short[1] <= WHOLE, short


def test_a_list_with_private_and_pending_rows_costs_no_more(app, world):
    agent = world.actor("agent")
    counts = []
    for number in (1, 12):
        for _ in range(number):
            for state in ("pending", "private", "following", "off_shelf"):
                make_platform_customer(agent, state=state)
        db.session.commit()
        counts.append([len(_asked(app, Browser(app, name), "/customers/?page_size=100")) for name in READERS])
    assert counts[0] == counts[1]
    assert max(counts[0]) <= LIST, counts
