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
from app.kernel.db import Model, db
from app.operate.setup import MIGRATIONS, schema_head, schema_now
from tests.support.empty import empty_database

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


def _sqlite_schema(connection) -> dict[str, set[str]]:
    rows = connection.execute(text("SELECT tbl_name, sql FROM sqlite_master WHERE sql IS NOT NULL")).all()
    found: dict[str, set[str]] = {}
    for table, sql in rows:
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
