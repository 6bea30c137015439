"""Policies of to-dos: pure rules, no queries (PLAT-3)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask_babel import lazy_gettext as _

from app.kernel.errors import ALLOW, Decision, conflict

if TYPE_CHECKING:
    from app.kernel.access.actor import Actor
    from app.notices.models import Todo


def can_complete_todo(_actor: Actor, todo: Todo) -> Decision:
    """PLAT-3: one's own to-do, once."""
    return conflict("todo.done", _("This to-do was done before")) if todo.state == "done" else ALLOW
