"""CH-11, CH-14, CH-17: the statements of the most frequent operations, however many rows there are."""

from __future__ import annotations

import pytest
from sqlalchemy import text

from app.channel.ranking.queries import ranking
from app.channel.referrals.bindings import live_bindings
from app.channel.referrals.expiry import expire_due_bindings
from app.channel.referrals.services import enter_referral, report_referral
from app.channel.scans.services import scan
from app.kernel.database.session import db
from tests.support.channel.scene import PHONES, at
from tests.support.databases.statements import count_statements

pytestmark = pytest.mark.both

MOST = 18  # with the account and the version that each request reads: 20
BY_KEY = ("pk_binding_key", "ix_binding_key_fragment")  # with few rows both cost the same
MOST_OF_TWO = 21  # entering and reporting together are two operations; and the words under which it is found


def _asked(seen) -> int:
    """Return the statements without those that begin, mark and end transactions."""
    return len([one for one in seen if not one.startswith(("BEGIN", "SAVEPOINT", "RELEASE"))])


def test_report_and_scan_cost_at_most_twenty_statements(app, channel):
    broker, onsite = channel.actor("broker1"), channel.actor("onsite")
    consultant = channel.actor("consultant").id
    referral = channel.enter("broker1")

    def cost(call):
        db.session.remove()
        with count_statements(app) as seen:
            call()
        return _asked(seen)

    token = report_referral(referral.id, actor=broker).qr_token
    found = {
        "enter and report": cost(
            lambda: enter_referral(
                family_name="李", given_name="雷", phones=PHONES, report=True, actor=broker
            )
        ),
        "report": cost(lambda: report_referral(referral.id, actor=broker)),
        "scan": cost(lambda: scan(token=token, consultant_id=consultant, actor=onsite)),
        "revisit": cost(lambda: scan(token=token, consultant_id=consultant, actor=onsite)),
    }
    assert found.pop("enter and report") <= MOST_OF_TWO
    assert {name: number for name, number in found.items() if number > MOST} == {}, found


def test_ch_17_a_batch_of_the_job_costs_a_fixed_number_of_statements(app, channel, database):
    for number in range(12):
        channel.bound("broker1", f"客{number}")
    with at(days=31):
        costs = []
        for size in (2, 10):
            db.session.remove()
            with count_statements(app) as seen:
                assert expire_due_bindings(size) == size
            costs.append(_asked(seen))
    if database.backend == "postgres":  # SQLite writes each inserted row in a statement of its own
        assert costs[0] == costs[1] <= 10


def test_ch_26_the_ranking_is_one_statement(app, channel):
    channel.report("broker1")
    director = channel.actor("director")
    with count_statements(app) as seen:
        assert len(ranking(director)) == 1
    assert _asked(seen) == 1


def test_ch_18_the_look_up_of_bindings_is_by_index_only(app, channel, database):
    """PostgreSQL, with expensive sequential scans: keys are found by their primary key, bindings by
    theirs.
    """
    if database.backend == "sqlite":
        return
    channel.bound("broker1")
    with count_statements(app) as seen:
        live_bindings(channel.project.id, "王小明", ["1381234"])
    looked_up = next(one for one in seen if "binding_key" in one)
    db.session.execute(text("SET LOCAL enable_seqscan = off"))
    values = {"project_id_1": channel.project.id, "name_key_1": "王小明", "fragment_1_1": "1381234"}
    plan = "\n".join(db.session.connection().exec_driver_sql(f"EXPLAIN {looked_up}", values).scalars())
    assert any(f"Index Scan using {name} on binding_key" in plan for name in BY_KEY)
    assert "pk_binding" in plan
    assert "Seq Scan" not in plan
