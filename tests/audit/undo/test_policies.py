"""OFF-3: who may undo what they have just done, as a table."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from app.audit.undo.models import UndoStep
from app.audit.undo.policies import UndoFacts, can_undo
from app.kernel.access.actor import Actor

AT = datetime(2026, 3, 2, 4, 0, tzinfo=UTC)
ME, COLLEAGUE = 7, 8
MAY = frozenset({("can_unshelve", "Customer")})


@pytest.mark.parametrize(
    ("actor_id", "permissions", "seconds", "number", "undone", "code", "status"),
    [
        (ME, MAY, 0, 5, False, "", 409),
        (ME, MAY, 30, 5, False, "", 409),
        (ME, MAY, 31, 5, False, "undo.too_late", 409),
        (ME, MAY, 1, 6, False, "undo.acted_since", 409),
        (ME, MAY, 1, 6, True, "undo.undone", 409),
        (ME, MAY, 31, 6, True, "undo.undone", 409),
        (ME, frozenset(), 1, 5, False, "auth.forbidden", 403),
        (COLLEAGUE, MAY, 1, 5, False, "undo.not_yours", 403),
        (COLLEAGUE, frozenset(), 1, 5, False, "undo.not_yours", 403),
    ],
)
def test_off_3_undo_is_for_who_did_it_at_once_and_before_anybody_else(
    bare, actor_id, permissions, seconds, number, undone, code, status
):
    actor = Actor(id=actor_id, username="x", name="x", permissions=permissions)
    step = UndoStep(actor_id=ME, operation="Customer.unshelve", number=5, created_at=AT)
    if undone:
        step.close(AT)
    facts = UndoFacts(AT + timedelta(seconds=seconds), number, COLLEAGUE, "李四")
    verdict = can_undo(actor, step, facts)
    assert (bool(verdict), verdict.code) == (not code, code)
    assert verdict or verdict.status == status


def test_off_3_the_refusal_names_who_acted_since(bare):
    actor = Actor(id=ME, username="x", name="x", permissions=MAY)
    step = UndoStep(actor_id=ME, operation="Customer.unshelve", number=5, created_at=AT)
    theirs = can_undo(actor, step, UndoFacts(AT, 6, COLLEAGUE, "李四"))
    mine = can_undo(actor, step, UndoFacts(AT, 6, ME, "我"))
    assert "李四" in theirs.reason
    assert "我" not in mine.reason
