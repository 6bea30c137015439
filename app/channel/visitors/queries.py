"""Queries of walk-in visitors: always scoped to the actor, marked for the guard (CH-15, CH-28)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import Select, select

from app.channel.shared.permissions import VisitorPermission
from app.channel.visitors.models import Visitor
from app.kernel.access.guard import scoped

if TYPE_CHECKING:
    from app.kernel.access.actor import Actor


def visible_visitors(actor: Actor) -> Select[Visitor]:
    """CH-28: visitors see themselves, the office sees all."""
    found = scoped(select(Visitor))
    if actor.opens_all or actor.may(VisitorPermission.READ):
        return found
    return found.where(Visitor.id == actor.id)
