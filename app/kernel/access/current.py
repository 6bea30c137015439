"""The signed-in person of the present request.  Faces read it here; services take it as ``actor``."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from flask import g, has_request_context
from flask_login import AnonymousUserMixin, current_user

if TYPE_CHECKING:
    from app.kernel.access.actor import Actor
    from app.kernel.errors import Decision


@dataclass(frozen=True)
class Duty:
    """What a signed-in person has to do before anything else (ACC-12): the API answers ``decision`` until it
    is done, pages lead to ``endpoint``.
    """

    decision: Decision
    endpoint: str


def set_actor(actor: Actor) -> None:
    """Say who is signed in; called where the account is loaded."""
    g.kepan_actor = actor


def set_nobody() -> None:
    """Go on as if nobody had signed in, without asking the database who it is."""
    g.pop("kepan_actor", None)
    g.kepan_duty = None
    g._login_user = AnonymousUserMixin()  # noqa: SLF001 - where Flask-Login keeps whom it has loaded


def set_duty(duty: Duty | None) -> None:
    """Say what the signed-in person has to do first, if anything."""
    g.kepan_duty = duty


def duty_or_none() -> Duty | None:
    """What the signed-in person has to do first; None when nothing, or when nobody is signed in."""
    found: Duty | None = g.get("kepan_duty")
    return found


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
