"""Who took a customer's evidence out of the system (CH-29, PLAT-6)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from app.audit.services import record
from app.channel.queries import get_referral
from app.kernel.database.transactions import transactional
from app.kernel.translation import N_

if TYPE_CHECKING:
    from app.kernel.access.actor import Actor


@transactional
def note_evidence_export(pk: int, rows: int, *, actor: Actor) -> None:
    """Evidence: in the log of the referral itself (CH-29)."""
    referral = get_referral(pk, actor=actor)
    record(actor, "referral.evidence", referral, N_("Evidence exported, %(rows)s events"), rows=rows)
