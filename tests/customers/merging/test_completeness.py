"""CUST-32: whatever names a customer goes along when files are merged; a new table without an answer fails here."""

from __future__ import annotations

import pytest
from sqlalchemy import event

from app.customers.merging.kept import _OWN, customer_columns
from app.customers.shared.models import Customer
from app.customers.shared.parts import Merge, merge_parts
from app.kernel.database.session import Model, db
from tests.support.make import make_customer

# The merge itself moves these, field by field: tests/customers/merging/test_merge.py.
OF_THE_FILE = {"customer_district"}


def test_cust_32_every_table_that_names_a_customer_has_an_answer_to_merges(world):
    agent = world.actor("agent")
    stays, goes = make_customer(agent), make_customer(agent)
    said: list[str] = []

    def note(_connection, _cursor, statement, *_rest):
        said.append(statement.lower())

    db.session.flush()
    event.listen(db.engine, "before_cursor_execute", note)
    try:
        merge_parts(Merge(stays, goes, agent))
        db.session.flush()
    finally:
        event.remove(db.engine, "before_cursor_execute", note)
    unanswered = [
        f"{table.name}.{column.name}"
        for table, columns in customer_columns().items()
        for column in columns
        if table.name not in OF_THE_FILE
        and not any(_concerns(statement, table.name, column.name) for statement in said)
    ]
    assert not unanswered, f"no part's `merge` moves them (docs/extending.md): {unanswered}"
    assert any(_concerns(statement, "attachment", "subject_id") for statement in said)


def _concerns(statement: str, table: str, column: str) -> bool:
    words = statement.replace('"', " ").replace(".", " ").replace(",", " ").replace("=", " ").split()
    return table in words and column in words


def test_cust_32_what_is_derived_or_kept_by_merges_is_named(world):
    naming = {
        table.name
        for table in Model.metadata.sorted_tables
        if any(key.column is Customer.__table__.c.id for key in table.foreign_keys)
    }
    assert {table.name for table in customer_columns()} == naming - _OWN
    assert naming >= _OWN - {"customer_word"}


@pytest.mark.parametrize(
    "table", ["follow_up", "push", "todo", "notification", "referral", "customer_member"]
)
def test_cust_32_the_walk_finds_what_is_known(bare, table):
    assert table in {one.name for one in customer_columns()}
