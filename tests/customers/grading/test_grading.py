"""CUST-10: the grade at its boundaries, by one rule in Python and SQL, and graded anew after a change."""

from __future__ import annotations

from decimal import Decimal

import pytest
from sqlalchemy import Numeric, cast, literal, select

from app.customers.grading.services import KIND, regrade
from app.customers.profile.services import update_customer
from app.customers.shared.grading import Thresholds, grade_case, grade_of, thresholds
from app.customers.shared.queries import get_customer
from app.kernel.database.session import db
from app.kernel.errors import Invalid
from app.system.runs.models import BackgroundRun
from app.system.settings.services import change_setting
from tests.support.make import make_customer
from tests.support.traces import stored

BOUNDS = [
    # revenue, years, deal status, grade
    ("1000000.01", "3.01", "won", "A"),
    ("1000000.00", "3.01", "won", "B"),
    ("1000000.01", "3.00", "won", "B"),
    ("500000.00", "1.00", "intent", "B"),
    ("499999.99", "1.00", "intent", "C"),
    ("500000.00", "0.99", "intent", "C"),
    ("9999999.00", "0.99", "lost", "C"),
    ("100000.00", None, "won", "C"),
    ("99999.99", "9.00", "won", "D"),
    (None, "9.00", "won", "D"),
    (None, None, "won", "D"),
    ("9999999.00", "9.00", "potential", "D"),
]


def _decimal(text):
    return None if text is None else Decimal(text)


def test_cust_10_the_boundaries(world):
    for revenue, years, status, grade in BOUNDS:
        values = _decimal(revenue), _decimal(years), status
        assert grade_of(*values, Thresholds()) == grade, values
        row = select(
            cast(values[0], Numeric).label("annual_revenue"),
            cast(values[1], Numeric).label("cooperation_years"),
            literal(status).label("deal_status"),
        ).subquery()
        assert db.session.scalar(select(grade_case(row.c, Thresholds()))) == grade, values


def test_cust_10_the_settings_begin_as_the_specification_says(world):
    assert thresholds() == Thresholds()


class _Meter:
    def __init__(self):
        self.total, self.steps = 0, []

    def expect(self, total):
        self.total = total

    def at(self, done):
        self.steps.append(done)


@pytest.mark.both
def test_cust_10_a_changed_threshold_grades_all_customers_anew(world):
    agent, admin = world.actor("agent"), world.actor("admin")
    made, other = make_customer(agent), make_customer(agent)
    values = {"annual_revenue": Decimal(400_000), "cooperation_years": Decimal(2), "deal_status": "won"}
    update_customer(made.id, version=1, values=values, actor=agent)
    assert stored(made.id)["grade"] == "C"
    with pytest.raises(Invalid):
        change_setting("grade_b_revenue", value="viel", actor=admin)
    change_setting("grade_b_revenue", value="400000.00", actor=admin)
    change_setting("grade_b_years", value="2", actor=admin)
    run = db.session.scalars(select(BackgroundRun).where(BackgroundRun.kind == KIND)).one()
    assert (run.state, run.owner_id) == ("waiting", admin.id), "one run for both changes"
    db.session.commit()
    meter = _Meter()
    result = regrade({}, admin, meter)
    assert (meter.total, result.parameters["changed"]) == (2, 1)
    assert [stored(one.id)["grade"] for one in (made, other)] == ["B", "D"]
    assert regrade({}, admin, _Meter()).parameters["changed"] == 0
    version = get_customer(made.id, actor=agent).version
    update_customer(made.id, version=version, values={"cooperation_years": Decimal("1.99")}, actor=agent)
    assert stored(made.id)["grade"] == "C", "an edit reads the same thresholds"
