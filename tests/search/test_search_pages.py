"""PLAT-17: the dialog's parts of a page, and the search of the API."""

from __future__ import annotations

import pytest

from tests.support.make import make_customer
from tests.support.web.clients import sign_in

NUMBER = "13900018877"


@pytest.fixture
def customer(world):
    return make_customer(world.actor("agent"), name="濮存昕", phone=NUMBER)


def _text(client, **given):
    response = client.get("/search/", query_string=given)
    assert response.status_code == 200
    return response.get_data(as_text=True)


def test_plat_17_a_line_shows_what_tells_records_apart(client, world, customer):
    sign_in(client, "agent")
    found = _text(client, q="pcx")
    assert f'href="/customers/{customer.id}"' in found
    for shown in ("濮存昕", customer.code, "139****8877", world.actor("agent").name, "跟进中"):
        assert shown in found
    assert NUMBER not in found


def test_plat_17_pages_and_commands_one_may_open(client, world, customer):
    sign_in(client, "agent")
    assert "data-drawer" in _text(client, q="xzkh")
    assert 'href="/customers/"' in _text(client, q="kehu")
    assert "/staff/" not in _text(client, q="员工")
    sign_in(client, "auditor")
    assert "data-drawer" not in _text(client, q="xzkh")
    sign_in(client, "admin")
    assert "/staff/" in _text(client, q="yuang")


def test_plat_17_before_anything_is_typed(client, world, customer):
    sign_in(client, "agent")
    assert "濮存昕" not in _text(client)
    assert "濮存昕" in _text(client, of=f"customer:{customer.id},customer:x,broker:1,,:")
    sign_in(client, "other_agent")
    assert "濮存昕" not in _text(client, of=f"customer:{customer.id}")


@pytest.mark.parametrize(
    ("typed", "said"), [(NUMBER, "后四位"), ("p", "再输入一个"), ("没有这个人", "没有找到")]
)
def test_plat_17_why_nothing_is_found_is_said(client, world, customer, typed, said):
    sign_in(client, "agent")
    found = _text(client, q=typed)
    assert said in found
    assert 'role="option"' not in found


def test_plat_17_who_may_search_has_the_box_in_the_head(client, world):
    sign_in(client, "agent")
    assert 'id="find-box"' in client.get("/customers/").get_data(as_text=True)


def test_plat_17_the_api_finds_the_same(api, world, customer):
    found = api("agent").get("/search", q="pucunxin").json["items"]
    assert [one["id"] for one in found] == [customer.id]
    owner = world.actor("agent").name
    assert found[0] == {
        "kind": "customer", "id": customer.id, "title": "濮存昕", "url": f"/customers/{customer.id}",
        "subtitle": f"{customer.code} · 139****8877 · {owner} · 跟进中",
    }  # fmt: skip
    assert api("other_agent").get("/search", q="pucunxin").json == {"items": []}
    refused = api("agent").get("/search", q=NUMBER)
    assert refused.status_code == 422
    assert "q" in refused.json["fields"]
