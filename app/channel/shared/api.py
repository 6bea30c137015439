"""The answer to a registration: the new account is signed in at once (CH-3, CH-28)."""

from __future__ import annotations

from flask import Response, jsonify

from app.kernel.database.session import db
from app.org.sessions.api import Tokens, issue_tokens
from app.org.shared.models import Account


class Registered(Tokens):
    """A new account, signed in (CH-3, CH-28)."""

    id: int
    code: str


def sign_in_newcomer(pk: int, code: str) -> tuple[Response, int]:
    """Sign a newly registered person in."""
    tokens = issue_tokens(db.session.get_one(Account, pk), by_phone=True)
    return jsonify({"id": pk, "code": code, **tokens}), 201
