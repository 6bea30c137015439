"""CUST-13: customers are found by a part of their name or short name."""

from __future__ import annotations

import pytest
from sqlalchemy import select
from werkzeug.datastructures import MultiDict

from app.customers.listing.filters import SPEC
from app.customers.listing.models import CustomerGram
from app.customers.listing.name_search import pieces, rebuild
from app.customers.profile.services import update_customer
from app.customers.shared.queries import visible_customers
from app.kernel.database.session import db
from app.kernel.lists.paging import fetch_page
from app.kernel.lists.requests import apply_filters, read_list_request
from tests.support.make import make_customer

pytestmark = pytest.mark.both


def _found(actor, text):
    asked = read_list_request(SPEC, MultiDict({"name": text})).enforce()
    statement = apply_filters(visible_customers(actor), SPEC, asked, actor)
    return {one.id for one in fetch_page(statement, SPEC, asked).items}


def test_pieces_are_first_characters_and_neighbours():
    assert pieces("王小明") == {"王", "王小", "小明"}
    assert pieces("Ａb C", None, "") == {"a", "ab", "bc"}
    assert pieces(None) == set()


@pytest.mark.parametrize(
    ("text", "finds"),
    [("王", True), ("王小", True), ("小明", True), ("王小明", True), ("华信", True), ("小", False),
     ("王明", False), ("小明王", False), ("王小红", False), ("信华", False), ("%", False), ("__", False)],
)  # fmt: skip
def test_cust_13_a_part_of_the_name_or_short_name(world, text, finds):
    actor = world.actor("agent")
    customer = make_customer(actor, name="王小明", short_name="华信")
    assert (customer.id in _found(actor, text)) is finds


def test_cust_13_latin_names_whatever_the_case(world):
    actor = world.actor("agent")
    customer = make_customer(actor, name="Smith & Sons 100%")
    assert all(
        customer.id in _found(actor, text)
        for text in ("smith", "SONS", "0%", "Smith &", "s", "smith&sons", "ＳＭＩＴＨ")
    )


def test_cust_13_a_renamed_customer_is_found_by_the_new_name_only(world):
    actor = world.actor("agent")
    customer = make_customer(actor, name="王小明")
    update_customer(customer.id, version=customer.version, values={"name": "李大力"}, actor=actor)
    assert customer.id in _found(actor, "大力")
    assert customer.id not in _found(actor, "小明")


def test_rows_written_past_the_session_are_brought_up(world):
    actor = world.actor("agent")
    customer = make_customer(actor, name="王小明")
    table = CustomerGram.__table__
    db.session.execute(table.delete().where(table.c.customer_id == customer.id))
    db.session.commit()
    assert customer.id not in _found(actor, "小明")
    assert rebuild() == 1
    assert rebuild() == 0
    kept = set(db.session.scalars(select(CustomerGram.gram).where(CustomerGram.customer_id == customer.id)))
    assert kept == pieces("王小明")
    assert customer.id in _found(actor, "小明")


def test_plat_18_another_short_name_leaves_the_name_findable(world):
    actor = world.actor("agent")
    customer = make_customer(actor, name="四川（天府）置业", short_name="天府")
    update_customer(customer.id, version=customer.version, values={"short_name": "TF 置业"}, actor=actor)
    for text in ("四川(天府)", "tf置业", "TF 置", "天府）置"):
        assert customer.id in _found(actor, text), text
    assert customer.id not in _found(actor, "置业tf")
