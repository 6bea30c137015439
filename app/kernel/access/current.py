"""The signed-in user of the current request.  Pages and the API read it here; services take it as
``actor``.
"""

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
    """A task that a signed-in user must complete before anything else (ACC-12): until then the API answers
    ``decision`` and pages redirect to ``endpoint``.
    """

    decision: Decision
    endpoint: str


def set_actor(actor: Actor) -> None:
    """Set the signed-in user; called where the account is loaded."""
    g.kepan_actor = actor


def set_anonymous() -> None:
    """Continue as an anonymous request, without loading an account from the database."""
    g.pop("kepan_actor", None)
    g.kepan_duty = None
    g._login_user = AnonymousUserMixin()  # noqa: SLF001 - where Flask-Login keeps the loaded user


def set_duty(duty: Duty | None) -> None:
    """Set the pending duty of the signed-in user, if any."""
    g.kepan_duty = duty


def duty_or_none() -> Duty | None:
    """Return the pending duty of the signed-in user; None when there is none, or no user is signed in."""
    found: Duty | None = g.get("kepan_duty")
    return found


def actor_or_none() -> Actor | None:
    """Return the signed-in user, or None."""
    if not has_request_context():
        return None
    if "kepan_actor" not in g and not current_user.is_authenticated:
        return None
    found: Actor | None = g.get("kepan_actor")
    return found


def current_actor() -> Actor:
    """Return the signed-in user.

    :raises RuntimeError: when no user is signed in; routes check this first.
    """
    actor = actor_or_none()
    if actor is None:
        message = "nobody is signed in"
        raise RuntimeError(message)
    return actor
