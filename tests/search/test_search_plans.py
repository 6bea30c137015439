"""PLAT-17: a search walks the index of words, on a table large enough for a planner to care."""

from __future__ import annotations

import pytest
from sqlalchemy import event, insert, text

from app.customers.listing.finding import CUSTOMER_WORDS, CUSTOMERS
from app.customers.shared.models import Customer
from app.kernel import clock
from app.kernel.database.session import db
from app.kernel.lists.words import fill_words
from app.org.shared.models import Staff

pytestmark = [pytest.mark.both, pytest.mark.slow]

ROWS = 4_000
GIVEN = "明华丽建国文军平志伟东海强晓生光林龙飞秀英芳"


@pytest.fixture
def crowd(world, database):
    """Four thousand customers of all staff; statistics are fresh."""
    database.scene("search_crowd", _fill)


def _fill() -> None:
    with db.session.no_autoflush:
        staff = db.session.query(Staff).filter(Staff.department_id.is_not(None)).order_by(Staff.id).all()
    moment = clock.now()
    rows = [_row(n, staff[n % len(staff)], moment) for n in range(ROWS)]
    db.session.execute(insert(Customer.__table__), rows)
    fill_words(CUSTOMER_WORDS)
    db.session.commit()
    db.session.execute(text("ANALYZE"))
    db.session.commit()


def _row(n, person, moment):
    return {
        "company_id": person.company_id, "code": f"PLAN{n:06d}", "pool": "personal", "kind": "individual",
        "follow_status": "following", "version": 1, "enabled": True,
        "name": "王李张刘陈"[n % 5] + GIVEN[n % len(GIVEN)] + GIVEN[n * 7 % 19],
        "phone_index": f"{n:032d}", "phone_masked": "139****0000", "phone_last4": f"{n % 10_000:04d}",
        "owner_id": person.id, "department_id": person.department_id, "deal_status": "potential",
        "stage": "lead", "grade": "D", "created_at": moment, "created_by_id": person.id,
    }  # fmt: skip


def _plan(statement):
    """Return the lines in which the database says how it reads."""
    seen = []

    def notice(_connection, _cursor, sql, parameters, *_more):
        seen.append((sql, parameters))

    event.listen(db.engine, "before_cursor_execute", notice)
    try:
        db.session.execute(statement).all()
    finally:
        event.remove(db.engine, "before_cursor_execute", notice)
    raw = db.session.connection().connection.cursor()
    sql, parameters = seen[0]
    if db.engine.dialect.name == "postgresql":
        raw.execute("EXPLAIN " + sql, parameters)
        return [row[0] for row in raw.fetchall()]
    raw.execute("EXPLAIN QUERY PLAN " + sql, parameters)
    return [row[3] for row in raw.fetchall()]


@pytest.mark.parametrize("typed", ["wangmh", "zhangl", "7", "王明", "0042"])
@pytest.mark.parametrize("who", ["admin", "auditor", "manager", "agent", "other_agent"])
def test_plat_17_a_search_walks_the_index_of_words(world, crowd, who, typed):
    plan = _plan(CUSTOMERS.matches(world.actor(who), typed))
    walked = "\n".join(plan)
    assert "ix_customer_word_word" in walked, walked
    assert not [line for line in plan if "Seq Scan on customer_word" in line], walked
    assert not [line for line in plan if line.startswith("SCAN customer_word")], walked
