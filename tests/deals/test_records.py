"""CUST-15, CUST-16, CUST-20: the services of opportunities, quotes and tickets, with log, notice and rollback."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest

from app.audit.queries import operations_of
from app.deals.opportunities import services as opportunities
from app.deals.opportunities.models import Opportunity
from app.deals.quotes import services as quotes
from app.deals.quotes.models import Quote
from app.deals.tickets import services as tickets
from app.kernel import clock
from app.kernel.access.guard import unscoped
from app.kernel.database.session import db
from app.kernel.errors import NotFound, Stale
from tests.support.make import make_customer, make_member, make_push
from tests.support.traces import denied, invalid, notifications


def _log(record):
    return [row.operation for row in reversed(db.session.scalars(operations_of(record)).all())]


def _read(model, pk):
    with unscoped("the test looks"):
        return db.session.get(model, pk, populate_existing=True)


def test_cust_16_an_opportunity_from_the_first_contact_to_lost_and_back(world, deals):
    made = deals.opportunity(stage="needs", currency="USD")
    assert (made.owner_id, made.status, made.company_id) == (
        deals.agent.id,
        "open",
        deals.customer.company_id,
    )
    opportunities.move_opportunity(made.id, stage="proposal", actor=deals.agent)
    with denied("opportunity.same_stage"):
        opportunities.move_opportunity(made.id, stage="proposal", actor=deals.agent)
    lost = opportunities.lose_opportunity(made.id, reason="price", remark="贵", actor=world.actor("manager"))
    assert (lost.status, lost.lost_reason, lost.closed_at is not None) == ("lost", "price", True)
    with denied("opportunity.lost"):
        opportunities.win_opportunity(made.id, actor=deals.agent)
    again = opportunities.reopen_opportunity(made.id, actor=deals.agent)
    assert (again.status, again.stage, again.lost_reason, again.closed_at) == ("open", "proposal", None, None)
    assert opportunities.win_opportunity(made.id, actor=deals.agent).status == "won"
    assert _log(made) == [f"opportunity.{one}" for one in ("create", "move", "lose", "reopen", "win")]
    assert len(notifications(deals.agent.id)) == 1, "the owner hears of what others do"
    assert made.version == 5


def test_cust_16_a_quote_is_a_draft_until_it_is_sent_and_answered(deals):
    made = deals.quote(
        lines=[deals.line("甲", "3", "3.460", "0", "6"), deals.line("乙", "6", "4.713", "0", "6")]
    )
    assert made.code.startswith("QUO")
    assert (made.net, made.tax, made.amount) == (Decimal("38.66"), Decimal("2.32"), Decimal("40.98"))
    added = quotes.add_line(made.id, line=deals.line("丙", "6", "4.501", "0", "6"), actor=deals.agent)
    quote = _read(Quote, made.id)
    assert (added.place, quote.amount) == (3, Decimal("69.61"))
    assert quotes.contract_values(quote)["amount"] == Decimal("69.61")
    with denied("quote.not_sent"):
        quotes.accept_quote(made.id, actor=deals.agent)
    quotes.send_quote(made.id, actor=deals.agent)
    with denied("quote.sent"):
        quotes.update_quote(made.id, values={"title": "x"}, actor=deals.agent)
    assert quotes.refuse_quote(made.id, answer="太贵", actor=deals.agent).answer == "太贵"
    assert quotes.reopen_quote(made.id, actor=deals.agent).answered_at is None
    edited = quotes.update_quote(made.id, values={"lines": [deals.line("丁", "2", "1")]}, actor=deals.agent)
    assert [(one.place, one.item) for one in edited.lines] == [(1, "丁")]
    assert edited.amount == Decimal("2.00")
    assert _log(made) == [
        f"quote.{one}" for one in ("create", "update", "send", "refuse", "reopen", "update")
    ]


def test_cust_16_a_quote_has_lines_or_one_amount(deals):
    made = deals.quote(lines=[], amount=Decimal("500.00"))
    assert (made.amount, made.tax, made.lines) == (500, 0, [])
    assert quotes.update_quote(made.id, values={"amount": Decimal(7)}, actor=deals.agent).amount == 7
    both = {"lines": [deals.line()], "amount": Decimal(1)}
    with invalid("amount"):
        deals.quote(**both)
    with invalid("lines"):
        deals.quote(lines=[deals.line(quantity="100000000", price="10000000000")])


def test_cust_16_a_ticket_waits_is_solved_closed_and_reopened(world, deals):
    made = deals.ticket(priority="urgent", due_at=clock.now() + timedelta(hours=2))
    assert (made.kind, made.is_open) == ("other", True)
    assert tickets.wait_ticket(made.id, actor=deals.agent).is_open
    assert tickets.reopen_ticket(made.id, actor=deals.agent).status == "open"
    solved = tickets.solve_ticket(made.id, solution="换锁", actor=world.actor("manager"))
    assert (solved.is_open, solved.solution) == (False, "换锁")
    ended = solved.ended_at
    assert tickets.close_ticket(made.id, actor=deals.agent).ended_at == ended
    with denied("ticket.closed"):
        tickets.close_ticket(made.id, actor=deals.agent)
    assert _log(made) == [f"ticket.{one}" for one in ("create", "wait", "reopen", "solve", "close")]
    assert len(notifications(deals.agent.id)) == 1


def test_cust_15_a_helper_who_may_not_open_the_customer_sees_that_record_only(world, deals):
    helper = world.actor("agent3")
    made_by_owner = deals.opportunity()
    make_member(deals.customer, helper, "write")
    own = deals.opportunity(helper, title="我的")
    assert opportunities.get_opportunity(made_by_owner.id, actor=helper) is not None
    db.session.execute(db.text("DELETE FROM customer_member"))
    assert opportunities.get_opportunity(own.id, actor=helper).title == "我的"
    with pytest.raises(NotFound):
        opportunities.get_opportunity(made_by_owner.id, actor=helper)
    assert opportunities.get_opportunity(own.id, actor=deals.agent).owner_id == helper.id, "whoever made it"


def test_pool_17_a_push_that_waits_opens_no_record_and_an_accepted_one_all(world, deals):
    made, receiver = deals.ticket(), world.actor("agent3")
    push = make_push(deals.customer, sender=deals.agent, receiver=receiver)
    with pytest.raises(NotFound):
        tickets.get_ticket(made.id, actor=receiver)
    push.state = "accepted"
    db.session.flush()
    assert tickets.get_ticket(made.id, actor=receiver).id == made.id


def test_cust_16_a_record_is_given_to_a_colleague_of_the_company_who_is_told(world, deals):
    mate = world.actor("agent2")
    made = deals.ticket(owner_id=mate.id)
    assert (made.owner_id, made.created_by_id, len(notifications(mate.id))) == (mate.id, deals.agent.id, 1)
    for stranger in ("other_agent", "finance"):
        with invalid("owner_id"):
            deals.ticket(owner_id=world.actor(stranger).id)
    back = tickets.update_ticket(made.id, values={"owner_id": deals.agent.id}, version=1, actor=deals.agent)
    assert (back.owner_id, back.version) == (deals.agent.id, 2)


def test_cust_20_a_save_over_a_newer_one_is_refused_with_both_values(deals):
    made = deals.opportunity()
    opportunities.update_opportunity(made.id, values={"title": "乙"}, version=1, actor=deals.agent)
    with pytest.raises(Stale) as refused:
        opportunities.update_opportunity(
            made.id, values={"title": "丙", "amount": Decimal("1000.00")}, version=1, actor=deals.agent
        )
    assert [*refused.value.differences.values()] == [("乙", "丙")]
    assert _read(Opportunity, made.id).title == "乙"
    rows = db.session.scalars(operations_of(made)).all()
    assert rows[0].differences == {"title": ["年度采购", "乙"]}


def test_cust_2_cust_15_refusals_leave_no_record(world, deals):
    with pytest.raises(NotFound):
        deals.opportunity(world.actor("agent3"))
    deals.customer.enabled = False
    db.session.flush()
    with denied("customer.disabled"):
        deals.ticket()
    with unscoped("the test counts"):
        assert db.session.scalars(db.select(Opportunity)).all() == []


def test_cust_16_an_account_without_a_staff_profile_writes_for_the_responsible_person(world):
    agent = world.actor("agent")
    made = make_customer(agent)
    director = world.actor("admin")
    found = opportunities.create_opportunity(
        customer_id=made.id, title="x", amount=Decimal(1), actor=director
    )
    assert found.owner_id in {agent.id, director.id}
