"""HAND-7: one page shows how far the handovers of each colleague have come."""

from __future__ import annotations

from datetime import timedelta

import pytest

from app.handover.cockpit.queries import progress_of_colleagues
from app.kernel import clock
from app.kernel.database.session import db
from tests.support.databases.statements import count_statements
from tests.support.handovers import make_handover
from tests.support.web.person import Browser


@pytest.mark.both
def test_hand_7_each_colleague_in_scope_with_open_handovers(app, world):
    for stage in ("preparation", "review", "review", "completed", "cancelled"):
        make_handover(world, stage=stage)
    make_handover(world, owner="agent3", receiver="agent", superior="manager2", stage="completed")
    with clock.frozen(clock.now() + timedelta(days=3)):
        [row] = progress_of_colleagues(world.actor("regional"))
        assert (row.staff_id, row.total, row.share_done, row.days_waiting) == (
            world.actor("agent").id, 4, 25, 3
        )  # fmt: skip
    assert row.stages == {"preparation": 1, "review": 2, "confirmation": 0, "completed": 1, "cancelled": 1}
    assert progress_of_colleagues(world.actor("manager2")) == []
    assert [one.staff_id for one in progress_of_colleagues(world.actor("agent3"))] == [row.staff_id], (
        "the receiver sees those to them"
    )


def test_hand_7_the_page_leads_to_the_lists_and_costs_a_fixed_number_of_statements(app, world):
    make_handover(world, stage="review")
    db.session.commit()
    manager = Browser(app, "manager")
    page = manager.get("/handover-progress/").get_data(as_text=True)
    assert "陈晓雯" in page
    assert f"former_owner_id={world.actor('agent').id}" in page
    assert "陈晓雯" not in Browser(app, "other_agent").get("/handover-progress/").get_data(as_text=True)
    assert Browser(app, "finance").get("/handover-progress/").status_code == 403
    with count_statements(app) as few:
        manager.get("/handover-progress/")
    make_handover(world, owner="agent2", stage="review")
    db.session.commit()
    with count_statements(app) as many:
        manager.get("/handover-progress/")
    assert len(few) == len(many) <= 8
