"""Preparing an installation: schema, roles, demo data; and saying where it is (PLAT-16)."""

from __future__ import annotations

from pathlib import Path

from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from flask import current_app
from sqlalchemy import func, select

from app.kernel.db import db
from app.org.bootstrap import deliver
from app.org.models import Account

MIGRATIONS = Path(__file__).resolve().parents[2] / "migrations"


def schema_head() -> str:
    """The newest revision that the code has."""
    return str(ScriptDirectory(str(MIGRATIONS)).get_current_head() or "")


def schema_now() -> str:
    """The revision of the database; empty when it holds none."""
    with db.engine.connect() as connection:
        return str(MigrationContext.configure(connection).get_current_revision() or "")


def initialise() -> int:
    """Migrate to the newest schema and deliver roles.  Repeatable.  Answers how many grants were new."""
    from flask_migrate import upgrade  # noqa: PLC0415 - slow to import, and most starts need no migration

    upgrade(directory=str(MIGRATIONS))
    return deliver()


def ensure_initialised() -> bool:
    """Initialise unless the database is at the newest schema already.  Answers whether it was done."""
    if schema_now() == schema_head():
        return False
    initialise()
    return True


def has_accounts() -> bool:
    """True once anybody can sign in."""
    return bool(db.session.scalar(select(func.count()).select_from(Account)))


def ensure_demo() -> bool:
    """Load demo data into an empty database.  Answers whether it was done."""
    from app.operate.demo import load_demo  # noqa: PLC0415 - not needed on ordinary starts

    if has_accounts():
        return False
    load_demo()
    return True


def banner() -> list[str]:
    """What a newcomer needs to know, printed at start."""
    settings = current_app.config["KEPAN"]
    lines = [f"客盘 Kepan: http://{settings.host}:{settings.port}", f"数据目录 data: {settings.data_dir}"]
    accounts = set(db.session.scalars(select(Account.username).limit(100)))
    if {"admin", "agent1", "auditor1"} <= accounts:
        lines.append(
            f"演示账号 demo accounts: admin, manager1, agent1, agent2, agent3, sales1, auditor1 …  "
            f"密码 password: {settings.demo_password}"
        )
    elif not accounts:
        lines.append("还没有账号 no account yet: flask kepan create-admin")
    return lines
