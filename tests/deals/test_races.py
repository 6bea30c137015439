"""CUST-16, CUST-32: several people at once, with real threads on both databases."""

from __future__ import annotations

from decimal import Decimal
from functools import partial

import pytest

from app.audit.services import verify
from app.customers.transfers.services import transfer_customer
from app.deals.opportunities.models import Opportunity
from app.deals.opportunities.services import create_opportunity, lose_opportunity, win_opportunity
from app.deals.quotes.models import Quote
from app.deals.quotes.services import add_line
from app.kernel.access.guard import unscoped
from app.kernel.database.session import db
from tests.support.databases.race import race, sorted_out

pytestmark = pytest.mark.both


def _read(model, pk):
    with unscoped("the test looks"):
        return db.session.get(model, pk, populate_existing=True)


def test_cust_16_an_opportunity_is_won_or_lost_once(app, world, deals):
    pk = deals.opportunity().id
    db.session.commit()
    win = partial(win_opportunity, pk, actor=deals.agent)
    lose = partial(lose_opportunity, pk, reason="price", actor=world.actor("manager"))
    won, codes = sorted_out(race(app, [win, lose] * 3))
    found = _read(Opportunity, pk)
    assert (len(won), set(codes)) == (1, {f"opportunity.{found.status}"})
    assert list(verify()) == []


def test_cust_16_lines_added_at_once_all_count(app, deals):
    pk = deals.quote(lines=[]).id
    db.session.commit()
    calls = [partial(add_line, pk, line=deals.line(price="0.10"), actor=deals.agent) for _ in range(4)]
    won, codes = sorted_out(race(app, calls))
    found = _read(Quote, pk)
    assert (len(won), codes, found.amount) == (4, [], Decimal("0.40"))
    assert [one.place for one in found.lines] == [1, 2, 3, 4]


def test_cust_32_a_record_made_during_a_transfer_belongs_to_one_of_the_two(app, world, deals):
    receiver, pk = world.actor("agent2"), deals.customer.id
    db.session.commit()
    give = partial(transfer_customer, pk, owner_id=receiver.id, reason="换人", actor=world.actor("manager"))
    make = partial(create_opportunity, customer_id=pk, title="x", amount=Decimal(1), actor=deals.agent)
    race(app, [give, make])
    with unscoped("the test looks"):
        owners = db.session.scalars(db.select(Opportunity.owner_id)).all()
    assert owners in ([], [receiver.id]), "made before: it follows; after: the former owner is refused"
