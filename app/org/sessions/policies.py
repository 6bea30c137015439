"""Policies of sign-in: pure rules, no queries (ACC-12)."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from app.kernel.access.actor import Actor


def requires_second_factor(actor: Actor, required_roles: frozenset[str]) -> bool:
    """ACC-12: one of the actor's roles is named in the settings."""
    return bool(actor.roles & required_roles)
