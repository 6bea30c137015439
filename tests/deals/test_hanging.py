"""CUST-32, CUST-22: what becomes of business records when their customer changes hands, is merged or deleted."""

from __future__ import annotations

from decimal import Decimal

import pytest
from sqlalchemy import select

from app.audit.queries import operations_of
from app.customers.shared.parts import HandOver, Merge, customer_parts
from app.customers.transfers.services import transfer_customer
from app.deals.opportunities.models import Opportunity
from app.deals.opportunities.services import lose_opportunity
from app.deals.quotes.models import Quote
from app.deals.quotes.services import refuse_quote, send_quote
from app.deals.tickets.models import Ticket
from app.deals.tickets.services import close_ticket, wait_ticket
from app.kernel.access.guard import unscoped
from app.kernel.database.session import db
from app.org.shared.models import Staff
from tests.support.make import make_customer, make_member, make_platform_customer

MODELS = (Opportunity, Quote, Ticket)


def _answers():
    return [part.answers for part in customer_parts() if part.key in {"opportunities", "quotes", "tickets"}]


def _rows(model):
    db.session.flush()
    with unscoped("the test looks"):
        return db.session.scalars(
            select(model).order_by(model.id).execution_options(populate_existing=True)
        ).all()


def _staff(actor):
    return db.session.get_one(Staff, actor.id)


def _plain(row):
    """Return all of a record but its owner."""
    return {name: value for name, value in row.__dict__.items() if name[0] != "_" and "owner" not in name}


@pytest.fixture
def all_kinds(world, deals):
    """An open record of each kind, a closed one, and an open one of a helper."""
    helper = world.actor("agent3")
    make_member(deals.customer, helper, "write")
    closing = {
        "opportunity": [lambda pk, **who: lose_opportunity(pk, reason="price", **who)],
        "quote": [send_quote, refuse_quote],
        "ticket": [close_ticket],
    }
    deals.opportunity(), send_quote(deals.quote().id, actor=deals.agent)
    wait_ticket(deals.ticket().id, actor=deals.agent)
    for kind, steps in closing.items():
        made = getattr(deals, kind)()
        for step in steps:
            step(made.id, actor=deals.agent)
        getattr(deals, kind)(helper)
    return helper


def test_cust_32_open_records_follow_the_new_owner_and_nothing_else_changes(world, deals, all_kinds):
    receiver, before = (
        world.actor("agent2"),
        {model: [_plain(row) for row in _rows(model)] for model in MODELS},
    )
    transfer_customer(deals.customer.id, owner_id=receiver.id, reason="换人", actor=world.actor("manager"))
    for model in MODELS:
        rows = _rows(model)
        owners = [row.owner_id for row in rows]
        assert owners == [receiver.id, deals.agent.id, all_kinds.id], "closed ones and a helper's stay"
        assert [_plain(row) for row in rows] == before[model], "stage, amount, history stay"
        assert {row.created_by_id for row in rows} == {deals.agent.id, all_kinds.id}
        (moved,) = db.session.scalars(operations_of(rows[0]).limit(1)).all()
        assert moved.operation == f"{model.__audit__}.hand_over"


def test_cust_32_a_claim_from_the_public_pool_takes_all_open_records_along(world, deals, all_kinds):
    receiver = world.actor("agent2")
    step = HandOver(deals.customer, None, _staff(receiver), receiver)
    for answers in _answers():
        answers.hand_over(step)
    for model in MODELS:
        assert [row.owner_id for row in _rows(model)] == [receiver.id, deals.agent.id, receiver.id]


def test_cust_32_a_platform_customers_first_handler_takes_nothing(world, deals):
    made = make_platform_customer(deals.agent, state="following")
    record = deals.opportunity(customer_id=made.id)
    mate = world.actor("agent2")
    for answers in _answers():
        answers.hand_over(HandOver(made, None, _staff(mate), mate))
    assert _rows(Opportunity)[0].owner_id == record.owner_id == deals.agent.id


def test_cust_9_a_merge_moves_all_records_and_remembers_which(world, deals, all_kinds):
    survivor = make_customer(deals.agent)
    step = Merge(survivor, deals.customer, deals.agent)
    for answers in _answers():
        answers.merge(step)
    for model in MODELS:
        rows = _rows(model)
        assert {row.customer_id for row in rows} == {survivor.id}
        assert step.moved[f"{model.__tablename__}.customer_id"] == [row.id for row in rows]


def test_cust_22_records_of_a_deleted_customer_keep_its_name_and_tickets_lose_their_words(deals, all_kinds):
    amounts = [row.amount for row in _rows(Quote)]
    for answers in _answers():
        answers.erase([deals.customer], deals.agent)
    deals.customer.name = "已删除"
    for model in MODELS:
        assert {row.name_of_customer for row in _rows(model)} == {"蓉城科技"}
    assert [row.amount for row in _rows(Quote)] == amounts == [Decimal("100.00")] * 3
    assert {(row.title, row.description) for row in _rows(Ticket)} == {("—", None)}


def test_cust_32_unshelving_recycling_and_freezing_leave_records_as_they_are(deals, all_kinds):
    before = {model: [(row.owner_id, row.status) for row in _rows(model)] for model in MODELS}
    for answers in _answers():
        for step in (answers.unshelve, answers.recycle, answers.freeze):
            step([deals.customer], deals.agent)
    assert {model: [(row.owner_id, row.status) for row in _rows(model)] for model in MODELS} == before
