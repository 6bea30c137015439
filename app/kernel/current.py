"""The signed-in person of the present request.  Faces read it here; services take it as ``actor``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import g, has_request_context
from flask_login import current_user

if TYPE_CHECKING:
    from app.kernel.actor import Actor


def set_actor(actor: Actor) -> None:
    """Say who is signed in; called where the account is loaded."""
    g.kepan_actor = actor


def actor_or_none() -> Actor | None:
    """The signed-in person, or None."""
    if not has_request_context():
        return None
    if "kepan_actor" not in g and not current_user.is_authenticated:
        return None
    found: Actor | None = g.get("kepan_actor")
    return found


def current_actor() -> Actor:
    """The signed-in person.

    :raises RuntimeError: when nobody is; routes check first.
    """
    actor = actor_or_none()
    if actor is None:
        message = "nobody is signed in"
        raise RuntimeError(message)
    return actor
