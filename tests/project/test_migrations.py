"""PLAT-12: migrations make exactly what the models declare, from empty and back, on both databases."""

from __future__ import annotations

import re
from contextlib import contextmanager

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from flask_migrate import downgrade, upgrade
from sqlalchemy import inspect, text

from app import create_app
from app.audit.services import verify
from app.cli.installation import MIGRATIONS, initialise, schema_head, schema_now
from app.customers.queries import get_customer
from app.kernel.database.session import Model, db
from tests.support.empty import empty_database
from tests.support.make import make_customer, make_platform_customer
from tests.support.world import build_world

BACKENDS = ["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)]


@contextmanager
def application(backend: str, directory):
    """An application's context over an empty database."""
    with empty_database(backend, directory) as url:
        app = create_app({"KEPAN_DATA_DIR": str(directory), "KEPAN_DATABASE_URL": url})
        with app.app_context():
            try:
                yield app
            finally:
                db.session.remove()
                db.engine.dispose()


@pytest.fixture(params=BACKENDS)
def backend(request) -> str:
    return request.param


def test_plat_12_upgrade_from_empty_makes_what_the_models_declare(backend, tmp_path):
    with application(backend, tmp_path):
        upgrade(directory=str(MIGRATIONS))
        assert schema_now() == schema_head() != ""
        with db.engine.connect() as connection:
            options = {"compare_type": True, "compare_server_default": True}
            context = MigrationContext.configure(connection, opts=options)
            assert compare_metadata(context, Model.metadata) == []


def test_plat_12_checks_and_partial_indexes_are_the_models_too(backend, tmp_path):
    """Autogeneration is blind to these: the whole schema is compared with one made from the models."""
    with application(backend, tmp_path):
        upgrade(directory=str(MIGRATIONS))
        migrated = _schema(backend)
    with application(backend, tmp_path):
        Model.metadata.create_all(db.engine)
        declared = _schema(backend)
    migrated.pop("alembic_version")
    assert "customer" in declared
    assert _differences(migrated, declared) == {}


def test_plat_12_downgrade_to_nothing_and_up_again(backend, tmp_path):
    with application(backend, tmp_path):
        upgrade(directory=str(MIGRATIONS))
        full = _schema(backend)
        downgrade(directory=str(MIGRATIONS), revision="base")
        assert set(inspect(db.engine).get_table_names()) == {"alembic_version"}
        upgrade(directory=str(MIGRATIONS))
        assert _schema(backend) == full


def test_plat_12_an_upgrade_keeps_what_was_stored(backend, tmp_path):
    """A database of the first revision, with people, customers and their log, is brought up to date."""
    with application(backend, tmp_path):
        initialise()
        world = build_world()
        customer = make_customer(world.actor("agent"), name="周先生")
        number = customer.phone.reveal()
        make_platform_customer(world.actor("manager"))
        db.session.remove()
        downgrade(directory=str(MIGRATIONS), revision="0001")
        before = _rows()
        assert "shelf_log" not in before
        assert all(before[name] for name in ("customer", "staff", "ab_user", "operation_log", "audit_head"))
        upgrade(directory=str(MIGRATIONS))
        after = _rows()
        for table, rows in before.items():
            if table != "alembic_version":
                kept = [
                    {name: row[name] for name in old} for old, row in zip(rows, after[table], strict=True)
                ]
                assert kept == rows, table
        assert not list(verify())
        found = get_customer(customer.id, actor=world.actor("agent"))
        assert found.phone.reveal() == number


def _rows() -> dict[str, list[dict[str, object]]]:
    """Everything that is stored, as it is stored."""
    with db.engine.connect() as connection:
        return {
            table: sorted(
                (dict(row._mapping) for row in connection.execute(text(f'SELECT * FROM "{table}"'))),
                key=lambda row: repr(list(row.items())[:3]),
            )
            for table in inspect(connection).get_table_names()
        }


def test_plat_12_there_is_one_newest_revision():
    scripts = ScriptDirectory(str(MIGRATIONS))
    assert len(scripts.get_heads()) == 1
    assert len(scripts.get_bases()) == 1


def _differences(one: dict[str, set[str]], other: dict[str, set[str]]) -> dict[str, list[str]]:
    found = {name: one.get(name, set()) ^ other.get(name, set()) for name in {*one, *other}}
    return {name: sorted(lines) for name, lines in found.items() if lines}


def _schema(backend: str) -> dict[str, set[str]]:
    """Table → everything that the database itself says of it."""
    with db.engine.connect() as connection:
        return (_sqlite_schema if backend == "sqlite" else _postgres_schema)(connection)


# Columns that a later migration added stand in one line, each with its foreign key in the same breath.
_INLINE_KEY = re.compile(r"(\w+) INTEGER CONSTRAINT (\w+) REFERENCES (\w+ \(\w+\))")
_ADDED = re.compile(r", (?=\w+ (?:INTEGER|DATETIME|BOOLEAN|TEXT|VARCHAR|NUMERIC)\b)")


def _sqlite_schema(connection) -> dict[str, set[str]]:
    rows = connection.execute(text("SELECT tbl_name, sql FROM sqlite_master WHERE sql IS NOT NULL")).all()
    found: dict[str, set[str]] = {}
    for table, said in rows:
        sql = _ADDED.sub(
            r"\n", _INLINE_KEY.sub(r"\1 INTEGER\nCONSTRAINT \2 FOREIGN KEY(\1) REFERENCES \3", said)
        )
        parts = sql.split("\n") if sql.startswith("CREATE TABLE") else [sql]
        lines = {re.sub(r"\s+", " ", part).strip(" ,;").replace('"', "") for part in parts}
        found.setdefault(table, set()).update(lines)
    return found


_POSTGRES = """
SELECT c.relname AS name, 'column ' || a.attname || ' ' || format_type(a.atttypid, a.atttypmod)
       || CASE WHEN a.attnotnull THEN ' not null' ELSE '' END
       || coalesce(' default ' || pg_get_expr(d.adbin, d.adrelid), '') AS said
  FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
  LEFT JOIN pg_attrdef d ON d.adrelid = c.oid AND d.adnum = a.attnum
 WHERE c.relkind = 'r' AND c.relnamespace = 'public'::regnamespace
UNION ALL
SELECT c.relname, 'constraint ' || k.conname || ' ' || pg_get_constraintdef(k.oid)
  FROM pg_constraint k JOIN pg_class c ON c.oid = k.conrelid
 WHERE c.relnamespace = 'public'::regnamespace
UNION ALL
SELECT tablename, indexdef FROM pg_indexes WHERE schemaname = 'public'
"""


def _postgres_schema(connection) -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for table, said in connection.execute(text(_POSTGRES)):
        # The framework's models name a sequence where the migration says SERIAL: both number the keys.
        found.setdefault(table, set()).add(re.sub(r" default nextval\(.*\)$", "", said))
    return found
