"""The match of keys and database (ACC-9): the database stores a fingerprint of its keys.

With other keys, duplicate phone numbers are not found, no number can be revealed and the chains of the
operation log break.  So the application serves nothing until the key file has been compared with the
fingerprint, and never with keys that differ from it.
"""

from __future__ import annotations

import hashlib
import hmac
from typing import TYPE_CHECKING, Any

import structlog
from cryptography.fernet import InvalidToken
from flask import Response, request
from sqlalchemy import CheckConstraint, Integer, String, inspect, select
from sqlalchemy.exc import IntegrityError, SQLAlchemyError
from sqlalchemy.orm import Mapped, mapped_column

from app.kernel.database.session import Model, db, transaction_intent
from app.kernel.keys import FILE_NAME, Encrypted, key_ring
from config import StartError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from flask import Flask
    from sqlalchemy import Connection

    from app.kernel.keys import Keys


log = structlog.get_logger("kepan.keys")

_PUT_BACK = (
    f"put this installation's {FILE_NAME} there (from a backup, or from another machine) and start again"
)
MISSING = (
    f"{FILE_NAME} is missing in the data directory, and keys are made for an empty database only; {_PUT_BACK}"
)
FOREIGN = f"{FILE_NAME} in the data directory holds the keys of another database; {_PUT_BACK}"
UNMARKED = "the database does not say which keys are its own yet; flask kepan init"
_SAMPLE = "kepan"
_ALWAYS_ANSWERED = {"healthz", "static", "appbuilder.static"}


class KeyFingerprint(Model):
    """The one row that identifies the keys of this database.

    It has two fingerprints for the keys that never change, and a sample value for the ciphers: a rotation
    encrypts it again like every other value.
    """

    __tablename__ = "key_fingerprint"
    __table_args__ = (CheckConstraint("id = 1", name="only"),)

    id: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    index_print: Mapped[str] = mapped_column(String(64), nullable=False)
    audit_print: Mapped[str] = mapped_column(String(64), nullable=False)
    sample_cipher: Mapped[str] = mapped_column(Encrypted(), nullable=False)


def _fingerprint(key: str, purpose: str) -> str:
    """Return a digest that reveals nothing of the key, which has 256 bits."""
    return hmac.new(key.encode(), f"kepan fingerprint {purpose}".encode(), hashlib.sha256).hexdigest()


def can_read(keys: Keys, cipher: str) -> bool:
    """Return True if the ciphers decrypt the value."""
    try:
        keys.fernet.decrypt(cipher.encode())
    except InvalidToken:
        return False
    return True


def is_of(keys: Keys, fingerprint: Mapping[str, Any]) -> bool:
    """Return True if the stored fingerprint was taken of these keys."""
    return (
        fingerprint["index_print"] == _fingerprint(keys.index_key, "index")
        and fingerprint["audit_print"] == _fingerprint(keys.audit_key, "audit")
        and can_read(keys, fingerprint["sample_cipher"])
    )


def _stored(connection: Connection) -> Mapping[str, Any] | None:
    table = KeyFingerprint.__table__
    found = connection.execute(select(table)).mappings().first()
    return None if found is None else dict(found)


def has_fingerprint() -> bool:
    """Return True if the database has a fingerprint."""
    with transaction_intent(to_change=False), db.engine.connect() as connection:
        known = inspect(connection).has_table(KeyFingerprint.__tablename__)
        return known and _stored(connection) is not None


def note_fingerprint() -> None:
    """Store the fingerprint of the current keys, unless there is one; the caller has checked that
    they fit.
    """
    present = key_ring().present()
    values = {
        "id": 1,
        "index_print": _fingerprint(present.index_key, "index"),
        "audit_print": _fingerprint(present.audit_key, "audit"),
        "sample_cipher": present.fernet.encrypt(_SAMPLE.encode()).decode(),
    }
    try:
        with db.engine.begin() as connection:
            if _stored(connection) is None:
                connection.execute(KeyFingerprint.__table__.insert().values(values))
    except IntegrityError:
        return  # another process was first; demand_keys compares


def keys_problem() -> str:
    """Return why the current keys cannot be used, and what to do; empty when they fit.

    Once they fit, the database is not asked again before the key file changes.

    :raises SQLAlchemyError: when the database does not respond.
    """
    ring = key_ring()
    if ring.is_stand_in:
        return MISSING
    present = ring.present()
    if ring.confirmed is present:
        return ""
    with transaction_intent(to_change=False), db.engine.connect() as connection:
        if not inspect(connection).has_table(KeyFingerprint.__tablename__):
            return ""  # before `flask kepan init`, which checks it
        stored = _stored(connection)
    if stored is None:
        return UNMARKED
    if not is_of(present, stored):
        return FOREIGN
    ring.confirmed = present
    return ""


def demand_keys() -> None:
    """Continue with fitting keys only.

    :raises StartError: when they do not fit.
    """
    problem = keys_problem()
    if problem:
        raise StartError(problem)


def init_key_guard(app: Flask) -> None:
    """Return 503 for everything but ``/healthz`` while the keys do not fit; the log says what to do."""
    said = ""

    @app.before_request
    def refuse() -> Response | None:
        nonlocal said
        if request.endpoint in _ALWAYS_ANSWERED:
            return None
        try:
            problem = keys_problem()
        except SQLAlchemyError:
            return None  # the request itself meets the same error and handles it
        if not problem:
            return None
        if problem != said:
            log.error("keys_do_not_fit", advice=problem)
            said = problem
        text = "Not ready. The operator finds the reason in the log and with: flask kepan doctor\n"
        return Response(text, 503, {"Retry-After": "60"}, mimetype="text/plain")
