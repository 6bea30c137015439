"""PLAT-9: ``Idempotency-Key`` on creations: the first answer again, never a second record."""

from __future__ import annotations

import pytest

from tests.support.make import make_customer

pytestmark = pytest.mark.both


def _post(client, body, key, path="/customers"):
    return client.post(path, body, headers={"Idempotency-Key": key})


def test_plat_9_the_same_key_and_fields_give_the_first_answer_again(api, body):
    agent = api("agent")
    first = _post(agent, body, "key-1")
    again = _post(agent, dict(reversed(body.items())), "key-1")
    assert (first.status_code, again.status_code) == (201, 201)
    assert again.get_json() == first.get_json()
    assert agent.get("/customers").get_json()["total"] == 1


def test_plat_9_without_a_key_the_second_one_is_a_duplicate(api, body):
    agent = api("agent")
    assert agent.post("/customers", body).status_code == 201
    assert agent.post("/customers", body).status_code == 409
    assert _post(agent, body, " ").status_code == 409


def test_plat_9_the_same_key_with_other_fields_is_422(api, body):
    agent = api("agent")
    _post(agent, body, "key-1")
    answer = _post(agent, {**body, "phone": "13900000001"}, "key-1")
    assert answer.status_code == 422
    assert set(answer.get_json()["fields"]) == {"idempotency_key"}
    assert agent.get("/customers").get_json()["total"] == 1


def test_plat_9_a_key_is_its_owners_own(api, body):
    assert _post(api("agent"), body, "key-1").status_code == 201
    other = _post(api("agent3"), body, "key-1")
    assert other.status_code == 201
    assert other.get_json()["owner"]["name"] == "林书瑶"


def test_plat_9_a_key_is_for_one_address(api, body, customer):
    agent = api("agent")
    note = {"content": "谈过", "method": "phone"}
    assert _post(agent, note, "key-1", f"/customers/{customer}/follow-ups").status_code == 201
    assert _post(agent, body, "key-1").status_code == 422
    again = _post(agent, note, "key-1", f"/customers/{customer}/follow-ups")
    assert again.status_code == 201
    assert agent.get(f"/customers/{customer}/follow-ups").get_json()["total"] == 1


def test_plat_9_a_refused_creation_leaves_its_key_free(api, world, body):
    agent = api("agent")
    make_customer(world.actor("agent"), phone=body["phone"])
    assert _post(agent, body, "key-1").status_code == 409
    assert _post(agent, {**body, "name": ""}, "key-1").status_code == 422
    assert _post(agent, {**body, "phone": "13900000001"}, "key-1").status_code == 201


@pytest.mark.parametrize("length", [128, 129])
def test_plat_9_a_key_has_at_most_128_characters(api, body, length):
    answer = _post(api("agent"), body, "k" * length)
    assert answer.status_code == (201 if length == 128 else 422)
