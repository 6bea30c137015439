"""CUST-12: shipping marks of customers, with their author and time."""

from __future__ import annotations

from app.customers.shipping_marks.queries import marks_of
from app.customers.shipping_marks.services import add_mark, delete_mark, update_mark
from app.kernel.database.session import db
from tests.support.make import make_customer
from tests.support.traces import denied, operations


def test_cust_12_a_mark_keeps_its_author_and_time(world):
    agent, boss = world.actor("agent"), world.actor("manager")
    made = make_customer(agent, kind="enterprise")
    mark = add_mark(made.id, text="N/M\nCHENGDU", actor=agent)
    written = mark.created_at
    update_mark(mark.id, values={"text": "K.P.\nCHENGDU"}, actor=boss)
    [kept] = db.session.scalars(marks_of(made))
    assert (kept.text, kept.author_id, kept.created_at) == ("K.P.\nCHENGDU", agent.id, written)
    [logged] = operations(made, "customer.update_shipping_mark")
    assert logged.differences == {"mark_text": ["N/M\nCHENGDU", "K.P.\nCHENGDU"]}
    with denied("customer.not_responsible", 403):
        delete_mark(mark.id, actor=world.actor("finance"))
    delete_mark(mark.id, actor=agent)
    assert db.session.scalars(marks_of(made)).all() == []
