"""Accounts for tests of signing in: stored rows, passwords, second factors, a moving clock."""

from __future__ import annotations

from contextlib import contextmanager
from datetime import timedelta
from typing import TYPE_CHECKING

import pyotp
from sqlalchemy import select

from app.audit.models import OperationLog
from app.kernel import clock
from app.kernel.database.session import db
from app.kernel.settings.declarations import find_setting
from app.org.accounts import services as accounts
from app.org.sessions import second_factor as secondfactor
from app.org.sessions.actors import actor_by_username
from app.org.shared.models import Account
from tests.support.people.world import PASSWORD

if TYPE_CHECKING:
    from collections.abc import Iterator


def account(username: str) -> Account:
    """Return the account as it is committed."""
    db.session.rollback()
    found = select(Account).where(Account.username == username).execution_options(populate_existing=True)
    return db.session.scalars(found).one()


def username_of(pk: int) -> str:
    """Return the user name of the account, with which a browser or a client of the tests signs in."""
    return db.session.scalars(select(Account.username).where(Account.id == pk)).one()


def account_operations(username: str) -> list[str]:
    """Return the codes of the account's logged operations, oldest first."""
    rows = select(OperationLog.operation).where(
        OperationLog.record_type == "account", OperationLog.record_id == account(username).id
    )
    return list(db.session.scalars(rows.order_by(OperationLog.number)))


def set_setting(name: str, value: object) -> None:
    """Store a setting."""
    find_setting(name).store(value)
    db.session.commit()


@contextmanager
def later(**span: float) -> Iterator[None]:
    """Set the clock this much later."""
    with clock.frozen(clock.now() + timedelta(**span)):
        yield


class Authenticator:
    """An authenticator app, with the account's second factor switched on."""

    def __init__(self, username: str) -> None:
        actor = actor_by_username(username)
        self.secret, sealed = secondfactor.new_sealed_secret(account(username))
        self.recovery = accounts.enable_second_factor(
            sealed=sealed, code=self.code(), password=PASSWORD, actor=actor
        )

    def code(self) -> str:
        """Return the code that the app shows now."""
        return pyotp.TOTP(self.secret).at(clock.now())
