"""How handovers are shown: stage, who acts next and for how long they have waited (HAND-7)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask_babel import gettext, ngettext

from app.handover.handovers.choices import STAGE
from app.kernel import clock
from app.kernel.pages.formatting import code_tag, tag

if TYPE_CHECKING:
    from markupsafe import Markup

    from app.handover.handovers.models import Handover


def days_waiting(handover: Handover) -> int:
    """Return the whole days since the stage began."""
    return (clock.now() - handover.stage_since).days


def turn_of(handover: Handover) -> str:
    """Return who acts next; empty for an ended one."""
    if not handover.is_open:
        return ""
    return handover.acting.display_name if handover.acting else gettext("An administrator")


def waiting_text(handover: Handover) -> str:
    """Return for how long the next person has been waited for."""
    if not handover.is_open:
        return ""
    days = days_waiting(handover)
    return ngettext("%(num)s day", "%(num)s days", days) if days else gettext("Since today")


def stage_tags(handover: Handover) -> list[Markup]:
    """Return the stage, and on an open handover for how long it has waited."""
    tags = [code_tag(STAGE, handover.stage)]
    if handover.is_open and days_waiting(handover):
        tags.append(tag(waiting_text(handover), "red"))
    return tags
