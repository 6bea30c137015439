"""POOL-20: in the list, the way to take a customer stands where it can be taken."""

from __future__ import annotations

from app.kernel.database.session import db
from app.pool.recycling.services import recycle_to_pool
from tests.support.make import make_customer
from tests.support.web.person import Browser


def test_pool_20_rows_of_the_public_pool_offer_claiming_and_others_do_not(app, world):
    agent, manager = world.actor("agent"), world.actor("manager")
    pooled, kept = make_customer(agent).id, make_customer(agent).id
    recycle_to_pool(pooled, reason="客户要求换人", actor=manager)
    db.session.commit()
    page = Browser(app, "agent").page("/customers/")
    offered = {
        row.one("a", class_="row-link")["href"]: "领取" in row.text for row in page.one("tbody").all("tr")
    }
    assert offered == {f"/customers/{pooled}": True, f"/customers/{kept}": False}
