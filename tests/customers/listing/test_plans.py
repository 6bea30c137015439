"""The hot statements walk their indexes (CUST-13, POOL-3), on a table large enough for a planner to care; and
a page asks the same number of questions whatever its rows.
"""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import event, insert, text
from werkzeug.datastructures import MultiDict

from app.customers.listing.filters import SPEC
from app.customers.listing.name_search import rebuild
from app.customers.shared.models import Customer
from app.customers.shared.queries import visible_customers
from app.kernel import clock
from app.kernel.database.session import db
from app.kernel.fields.phones import PhoneNumber
from app.kernel.lists.asking import charge_filters
from app.kernel.lists.counts import count_up_to
from app.kernel.lists.paging import fetch_page
from app.kernel.lists.requests import Position, apply_filters, read_list_request
from app.org.shared.models import Staff
from tests.support.databases.statements import count_statements
from tests.support.processes.runners import until
from tests.support.web.clients import sign_in

pytestmark = pytest.mark.both

ROWS = 20_000
NUMBER = "13912345678"
FEW = 200  # rows that a sort may take
EARLY = ROWS // 10  # rows of which a planner may find a table's beginning cheaper than an index
GIVEN = "明华丽建国文军平志伟东海强晓生光林龙飞秀英芳"


@pytest.fixture
def crowd(world, database):
    """Twenty thousand customers of all staff, every fifth a platform customer; statistics are fresh."""
    database.scene("crowd", _fill)
    if db.engine.dialect.name == "postgresql":
        with db.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            until(lambda: _settled(connection))


def _fill() -> None:
    with db.session.no_autoflush:
        staff = db.session.query(Staff).filter(Staff.department_id.is_not(None)).order_by(Staff.id).all()
    moment = clock.now()
    number = PhoneNumber.seal(NUMBER)
    rows = [_row(n, staff[n % len(staff)], moment, number) for n in range(ROWS)]
    db.session.execute(insert(Customer.__table__), rows)
    db.session.commit()
    rebuild()
    if db.engine.dialect.name == "sqlite":
        db.session.execute(text("ANALYZE"))
        db.session.commit()


def _settled(connection):
    """Whether indexes alone answer: a snapshot of the server's own statistics run may keep rows from being marked."""
    connection.execute(text("VACUUM (ANALYZE) customer, customer_gram, staff"))
    marked = text("SELECT relallvisible > 0.9 * relpages FROM pg_class WHERE relname = 'customer'")
    return connection.scalar(marked)


def _row(n, person, moment, number):
    platform = n % 5 == 0
    own = number if n == ROWS // 2 else PhoneNumber(None, f"{n:032d}", "139****0000", f"{n % 10_000:04d}")
    return {
        "company_id": person.company_id,
        "code": f"PLAN{n:06d}",
        "pool": "platform" if platform else "personal",
        "kind": "individual",
        "follow_status": ("pending" if n % 10 == 0 else "following") if platform else "following",
        "version": 1,
        "name": "王李张刘陈"[n % 5] + GIVEN[n % len(GIVEN)] + GIVEN[n * 7 % 19],
        "phone_index": own.index,
        "phone_masked": own.masked,
        "phone_last4": own.last4,
        "enabled": True,
        "owner_id": None if platform else person.id,
        "department_id": person.department_id,
        "handler_id": person.id if n % 10 == 0 else None,
        "deal_status": "potential",
        "stage": "lead",
        "grade": "D",
        "created_at": moment - timedelta(minutes=ROWS - n),
        "created_by_id": person.id,
        "last_follow_up_at": moment - timedelta(minutes=n) if n % 3 else None,
    }


def _plan(run):
    """What the database says about the first statement that ``run`` executes: (step, rows) pairs or lines."""
    seen = []

    def notice(_connection, _cursor, statement, parameters, *_more):
        seen.append((statement, parameters))

    event.listen(db.engine, "before_cursor_execute", notice)
    try:
        run()
    finally:
        event.remove(db.engine, "before_cursor_execute", notice)
    statement, parameters = next(one for one in seen if one[0].startswith("SELECT"))
    raw = db.session.connection().connection.cursor()
    if db.engine.dialect.name == "postgresql":
        raw.execute("EXPLAIN (ANALYZE, FORMAT JSON) " + statement, parameters)
        return [*_steps(raw.fetchone()[0][0]["Plan"])]
    raw.execute("EXPLAIN QUERY PLAN " + statement, parameters)
    return [row[3] for row in raw.fetchall()]


def _steps(node):
    yield node
    for child in node.get("Plans", ()):
        yield from _steps(child)


def _indexes(plan):
    if plan and isinstance(plan[0], str):
        return {word for line in plan for word in line.split() if word.startswith("ix_")}
    return {step["Index Name"] for step in plan if "Index Name" in step}


def _assert_walks(plan):
    """No table of customers is read whole, and nothing large is sorted."""
    if plan and isinstance(plan[0], str):
        whole = [line for line in plan if line.startswith("SCAN customer") and "USING" not in line]
        assert not whole, plan
        return
    for step in plan:
        name = step["Node Type"]
        if name == "Seq Scan" and step["Relation Name"].startswith("customer"):
            assert _touched(step) <= EARLY, step
        if name == "Sort":
            assert step["Plans"][0]["Actual Rows"] <= FEW, step


def _touched(step):
    return step["Actual Loops"] * (step["Actual Rows"] + step.get("Rows Removed by Filter", 0))


HOT = [
    ("admin", {}, "ix_customer_created"),
    ("manager", {}, "ix_customer_owner_created"),
    ("agent", {}, "ix_customer_owner_created"),
    ("admin", {"owner_id": "agent", "follow_status": "following"}, "ix_customer_owner_status"),
    ("admin", {"owner_id": "agent"}, "ix_customer_owner_created"),
    ("admin", {"phone": NUMBER}, "ix_customer_phone"),
    ("admin", {"name": "王明"}, "ix_customer_gram_gram"),
    ("admin", {"name": "王"}, "ix_customer_gram_gram"),
    ("admin", {"after": "middle"}, "ix_customer_created"),
    ("admin", {"before": "middle"}, "ix_customer_created"),
    ("admin", {"order_by": "-last_follow_up_at"}, "ix_customer_followed"),
    ("admin", {"page": "400"}, "ix_customer_created"),
]


@pytest.mark.slow
def test_the_hot_lists_walk_their_indexes(world, crowd):
    middle = Position("-created_at", clock.now() - timedelta(minutes=ROWS // 2), ROWS // 2).word()
    people = {"agent": str(world.actor("agent").id), "middle": middle}
    for who, given, index in HOT:
        actor = world.actor(who)
        args = MultiDict({name: people.get(value, value) for name, value in given.items()})
        asked = read_list_request(SPEC, args).enforce()
        charge_filters(visible_customers(actor), SPEC, asked, actor)
        statement = apply_filters(visible_customers(actor), SPEC, asked, actor)
        plan = _plan(lambda s=statement, a=asked: fetch_page(s, SPEC, a))
        assert index in _indexes(plan), (who, given, plan)
        _assert_walks(plan)


@pytest.mark.slow
def test_counts_stop_early_and_read_no_table(world, crowd):
    people = ["agent", "manager"]
    if db.engine.dialect.name == "sqlite":
        people.remove("manager")  # SQLite takes the scope for 25 people, more than own anything in this world
    for who in people:
        statement = visible_customers(world.actor(who))
        plan = _plan(lambda s=statement: count_up_to(s, 100))
        assert any(name.startswith("ix_customer_owner_") for name in _indexes(plan)), (who, plan)
        _assert_walks(plan)


@pytest.mark.slow
def test_a_page_asks_the_same_whatever_its_rows(app, client, world, crowd):
    sign_in(client, "manager")
    counts = {}
    for size in (10, 100):
        client.get(f"/customers/?page_size={size}")  # what a process keeps in memory is there now
        with count_statements(app) as seen:
            assert client.get(f"/customers/?page_size={size}").status_code == 200
        counts[size] = len([one for one in seen if one.startswith(("SELECT", "WITH"))])
    assert counts[10] == counts[100] <= 8
