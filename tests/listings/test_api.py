"""LST-1, LST-3, LST-4: listings and matches in the REST API, as ``spec/api.md`` has them."""

from __future__ import annotations

from decimal import Decimal

import pytest

from app.kernel.database.session import db
from tests.support.listings import make_community, make_listing
from tests.support.make import make_customer
from tests.support.web.clients import ApiClient


@pytest.fixture
def scene(app, world):
    """A customer of agent who looks for a home, a listing over the budget, and clients."""
    agent = world.actor("agent")
    place = make_community(agent, world, name="锦绣花园")
    customer = make_customer(agent, demand={"kind": "buy", "price_max": Decimal(1_000_000)})
    listing = make_listing(agent, place, price=1_050_000)
    found = {"customer": customer.id, "listing": listing.id, "place": place.id}
    db.session.commit()
    names = ("agent", "agent2", "agent3", "auditor", "onsite", "broker", "other_agent")
    return found, {name: ApiClient(app, name) for name in names}


def test_lst_1_entered_read_edited_and_refused_in_the_order_of_checks(scene):
    found, clients = scene
    agent = clients["agent"]
    body = {"community_id": found["place"], "kind": "rent", "price": "3,500", "area": "89.5㎡", "rooms": 0}
    made = agent.post("/listings", body)
    assert made.status_code == 201
    record = made.get_json()
    assert (record["price"], record["area"], record["rooms"], record["status"]) == (3500, 89.5, 0, "active")
    assert (record["community"]["name"], record["agent"]["name"]) == ("锦绣花园", "陈晓雯")
    path = f"/listings/{record['id']}"
    assert clients["onsite"].get(path).status_code == 200
    assert clients["broker"].get(path).status_code == 403
    assert clients["other_agent"].get(path).status_code == 404
    assert clients["auditor"].patch(path, {"price": 1}).status_code == 403
    assert clients["other_agent"].patch(path, {"price": "x"}).status_code == 404
    assert clients["agent2"].patch(path, {"price": "x"}).status_code == 422
    assert clients["agent2"].patch(path, {"price": 1}).get_json()["code"] == "listing.not_keeper"
    assert agent.patch(path, {"price": 3400, "version": 1}).get_json()["version"] == 2
    assert agent.patch(path, {"price": 3300, "version": 1}).status_code == 412
    assert agent.post(f"{path}/reserve", {}).get_json()["status"] == "reserved"
    assert agent.post(f"{path}/reserve", {}).get_json()["code"] == "listing.reserved"


def test_lst_3_matches_say_why_and_a_refused_one_stays_out(scene):
    found, clients = scene
    path = f"/customers/{found['customer']}"
    (one,) = clients["agent"].get(f"{path}/matches").get_json()["items"]
    assert (one["listing"]["id"], one["score"], one["interest"]) == (found["listing"], 91, None)
    assert one["reasons"] == [{"condition": "price", "fits": False, "message": "总价超预算 5%"}]
    assert clients["agent3"].get(f"{path}/matches").status_code == 404
    assert clients["onsite"].get(f"{path}/matches").status_code == 403
    said = f"{path}/listings/{found['listing']}"
    assert clients["agent"].post(said, {"state": "sold"}).status_code == 422
    assert clients["agent"].post(f"{path}/listings/999999", {"state": "liked"}).status_code == 404
    assert clients["auditor"].post(said, {"state": "liked"}).status_code == 403
    kept = clients["agent"].post(said, {"state": "refused", "reason": "临街"}).get_json()
    assert (kept["state"], kept["reason"], kept["by"]["name"]) == ("refused", "临街", "陈晓雯")
    assert clients["agent"].get(f"{path}/matches").get_json() == {"items": []}
    clients["agent"].post(said, {"state": "open"})
    assert [row["interest"] for row in clients["agent"].get(f"{path}/matches").get_json()["items"]] == [
        "open"
    ]


def test_lst_4_who_may_see_the_customers_of_a_listing(scene):
    found, clients = scene
    path = f"/listings/{found['listing']}/matches"
    (one,) = clients["agent"].get(path).get_json()["items"]
    assert (one["customer"]["id"], one["score"]) == (found["customer"], 91)
    assert [*one["customer"]] == ["id", "name"], "no number"
    assert clients["agent2"].get(path).get_json() == {"items": []}
    assert clients["onsite"].get(path).get_json() == {"items": []}
    assert clients["other_agent"].get(path).status_code == 404


def test_lst_1_communities_are_those_of_the_company(scene):
    _found, clients = scene
    assert [one["name"] for one in clients["agent"].get("/communities").get_json()["items"]] == ["锦绣花园"]
    assert clients["other_agent"].get("/communities").get_json()["items"] == []
