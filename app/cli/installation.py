"""Preparing an installation: schema, roles, demo data; and printing its address (PLAT-16)."""

from __future__ import annotations

import sys
from pathlib import Path

from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from flask import current_app
from sqlalchemy import func, select

from app.cli.backup import create_backup
from app.cli.database_dumps import OperationError
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


def initialise(*, backup: bool = True) -> int:
    """Migrate to the newest schema and deliver roles; may be repeated. Return the number of new grants.

    A database that holds data is backed up before it is migrated, and the backup is kept (PLAT-12).

    :raises StartError: when the keys are not those of this database (ACC-9), or no backup could be made.
    """
    from flask_migrate import upgrade  # noqa: PLC0415 - slow to import, and most starts need no migration

    demand_fitting_keys()
    if backup and schema_now() not in {"", schema_head()}:
        _back_up()
    upgrade(directory=str(MIGRATIONS))
    claim_database()
    return deliver_roles()


def _back_up() -> None:
    """Write a backup of the present database, and print its path.

    :raises StartError: when it could not be made; nothing was changed.
    """
    filled = has_accounts()
    db.session.rollback()
    if not filled:
        return
    try:
        made = create_backup(current_app.config["KEPAN"])
    except OperationError as error:
        message = (
            f"no backup could be made before the upgrade ({error}); mend that, or, with a backup of your own:"
            " flask kepan init --no-backup"
        )
        raise StartError(message) from error
    sys.stdout.write(f"升级前的备份 backup before the upgrade: {made}\n")
    sys.stdout.flush()


def ensure_initialised(*, backup: bool = True) -> bool:
    """Initialise unless the database has the newest schema already. Return whether it was done.

    :raises StartError: when the keys are not those of this database (ACC-9).
    """
    if schema_now() == schema_head():
        demand_keys()
        return False
    initialise(backup=backup)
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
