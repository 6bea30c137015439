"""Refusal of demo accounts where others can reach the server (PLAT-16)."""

from __future__ import annotations

from importlib import import_module
from importlib.util import find_spec
from typing import TYPE_CHECKING

from flask import current_app
from sqlalchemy import select
from sqlalchemy.exc import SQLAlchemyError
from werkzeug.security import check_password_hash

from app.kernel.database.session import db, transaction_intent
from app.kernel.pages.exposure import note_demo_accounts
from app.org.shared.models import Account
from config import DEMO_PASSWORD, refuse_exposed

if TYPE_CHECKING:
    from flask import Flask

    from config import Settings


def has_demo_accounts() -> bool:
    """Return True if a demo account can sign in with the password that is printed at start or documented.

    A server may be installed without the demo data.
    """
    if find_spec("demo") is None:
        return False
    settings: Settings = current_app.config["KEPAN"]
    names = [person.username for person in import_module("demo.names").all_people()]
    statement = select(Account.password).where(Account.username.in_(names), Account.active).distinct()
    with transaction_intent(to_change=False):
        hashes = db.session.scalars(statement).all()
    return any(
        check_password_hash(stored, password)
        for stored in hashes
        if stored
        for password in {DEMO_PASSWORD, settings.demo_password}
    )


def refuse_exposed_demo(app: Flask) -> None:
    """Check for demo accounts before serving; an unreachable database is not ready anyway.

    :raises InsecureSettingsError: when others could sign in with them.
    """
    with app.app_context():
        try:
            present = has_demo_accounts()
        except SQLAlchemyError:
            present = False
        finally:
            db.session.remove()
            db.engine.dispose()  # gunicorn's workers open connections of their own
    note_demo_accounts(app, present=present)
    if present:
        refuse_exposed(
            app.config["KEPAN"],
            "demo accounts with a known password",
            "use a database without demo data or change every demo account's password",
        )
