"""What the APIs of channel sales share: the values that were sent, and the answer to a registration."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask import Response, jsonify

from app.kernel.api.base import json_body
from app.kernel.database.session import db
from app.org.sessions.api import Tokens, issue_tokens
from app.org.shared.models import Account

if TYPE_CHECKING:
    from app.kernel.fields.forms import BaseForm


class Registered(Tokens):
    """A new account, signed in (CH-3, CH-28)."""

    id: int
    code: str


def sign_in_newcomer(pk: int, code: str) -> tuple[Response, int]:
    """Sign a newly registered person in."""
    tokens = issue_tokens(db.session.get_one(Account, pk), by_phone=True)
    return jsonify({"id": pk, "code": code, **tokens}), 201


def sent_values(form: BaseForm) -> dict[str, Any]:
    """Return only the values that the caller sent, an empty text for none."""
    sent = json_body()
    return {
        name: "" if value is None else value
        for name, value in form.values().items()
        if sent.get(name) is not None
    }
