"""Preparing an installation: schema, roles, demo data; and printing its address (PLAT-16)."""

from __future__ import annotations

from pathlib import Path

from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from flask import current_app
from sqlalchemy import func, select

from app.cli.key_checks import claim_database, demand_fitting_keys
from app.kernel.database.key_fingerprints import demand_keys
from app.kernel.database.session import db
from app.org.roles.delivery import deliver_roles
from app.org.shared.models import Account
from config import StartError

MIGRATIONS = Path(__file__).resolve().parents[2] / "migrations"


def schema_head() -> str:
    """Return the newest revision in the code."""
    return str(ScriptDirectory(str(MIGRATIONS)).get_current_head() or "")


def schema_now() -> str:
    """Return the revision of the database; empty when it has none."""
    with db.engine.connect() as connection:
        return str(MigrationContext.configure(connection).get_current_revision() or "")


def initialise() -> int:
    """Migrate to the newest schema and deliver roles.  Repeatable.  Return the number of new grants.

    :raises StartError: when the keys are not those of this database (ACC-9).
    """
    from flask_migrate import upgrade  # noqa: PLC0415 - slow to import, and most starts need no migration

    demand_fitting_keys()
    upgrade(directory=str(MIGRATIONS))
    claim_database()
    return deliver_roles()


def ensure_initialised() -> bool:
    """Initialise unless the database already has the newest schema.  Return whether it was initialised.

    :raises StartError: when the keys are not those of this database (ACC-9).
    """
    if schema_now() == schema_head():
        demand_keys()
        return False
    initialise()
    return True


def demand_ready() -> None:
    """Continue only with a database that has the newest schema and its own keys.

    :raises StartError: with the step to take first.
    """
    now, head = schema_now(), schema_head()
    if not now:
        message = "the database is empty; first: flask kepan init"
        raise StartError(message)
    if now != head:
        message = f"the database has schema {now}, this program needs {head}; first: flask kepan init"
        raise StartError(message)
    demand_keys()


def has_accounts() -> bool:
    """Return True once an account can sign in."""
    return bool(db.session.scalar(select(func.count()).select_from(Account)))


def ensure_demo() -> bool:
    """Load demo data into an empty database.  Return whether it was loaded."""
    from demo.loading import load_demo  # noqa: PLC0415 - not needed on ordinary starts

    if has_accounts():
        return False
    load_demo()
    return True


DEMO_ACCOUNTS = (
    "admin",
    "manager1",
    "agent1",
    "director",
    "secretary",
    "onsite1",
    "consultant1",
    "broker1",
    "auditor1",
)


def banner() -> list[str]:
    """Return the text for newcomers, printed at start."""
    settings = current_app.config["KEPAN"]
    lines = [f"客盘 Kepan: http://{settings.host}:{settings.port}", f"数据目录 data: {settings.data_dir}"]
    known = select(Account.username).where(Account.username.in_(DEMO_ACCOUNTS))
    accounts = set(db.session.scalars(known))
    if accounts == {*DEMO_ACCOUNTS}:
        lines.append(
            f"演示账号 demo accounts: {', '.join(DEMO_ACCOUNTS)} …  密码 password: {settings.demo_password}"
        )
    elif not accounts and db.session.scalar(select(Account.id).limit(1)) is None:
        lines.append("还没有账号 no account yet: flask kepan create-admin")
    return lines
