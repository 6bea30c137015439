"""Who may undo what they have just done: a pure rule, no queries (OFF-3)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from flask_babel import lazy_gettext as _

from app.kernel.errors import ALLOW, MESSAGES, Decision, conflict, forbidden

if TYPE_CHECKING:
    from app.audit.undo.models import UndoStep
    from app.kernel.access.actor import Actor

UNDO_FOR = timedelta(seconds=30)


@dataclass(frozen=True)
class UndoFacts:
    """What the rule reads beside the step: the moment, the record's place in the operation log, and who wrote
    its last row.
    """

    now: datetime
    number: int
    acted_by_id: int
    acted_by: str


def can_undo(actor: Actor, step: UndoStep, facts: UndoFacts) -> Decision:
    """OFF-3: the person who did it, who still has the permission, for 30 seconds and while the record has no
    newer row in the operation log.
    """
    resource, name = step.operation.split(".")
    if step.actor_id != actor.id:
        return forbidden("undo.not_yours", _("Only who did this can undo it"))
    if not actor.has_permission(name, resource):
        return forbidden(*MESSAGES[403])
    if step.undone_at is not None:
        return conflict("undo.undone", _("This was undone already"))
    if facts.now - step.created_at > UNDO_FOR:
        return conflict("undo.too_late", _("Too late: this could be undone for 30 seconds"))
    if facts.number != step.number:
        return _acted_since(actor, facts)
    return ALLOW


def _acted_since(actor: Actor, facts: UndoFacts) -> Decision:
    if facts.acted_by_id == actor.id:
        return conflict("undo.acted_since", _("You have done something else with it since"))
    return conflict("undo.acted_since", _("%(name)s has acted since", name=facts.acted_by))


def row_changed_since() -> Decision:
    """Refuse a step one of whose rows is no longer as the operation left it: a to-do that was done, say."""
    return conflict("undo.acted_since", _("A colleague has acted since"))
