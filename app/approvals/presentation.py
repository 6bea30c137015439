"""How requests are shown: state with the present level, and the difference as before → after (APP-6)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask_babel import gettext

from app.approvals import choices
from app.approvals.kinds import difference_of
from app.kernel.pages.formatting import code_tag, tag

if TYPE_CHECKING:
    from markupsafe import Markup

    from app.approvals.models import ApprovalRequest


def state_tags(request: ApprovalRequest) -> list[Markup]:
    """Return the state as a tag; of an open request also its present level."""
    tags = [code_tag(choices.STATE, request.state)]
    if request.is_open:
        at = gettext("Level %(level)s of %(levels)s", level=request.level, levels=len(request.levels))
        tags.append(tag(at, "blue"))
    return tags


def difference_in_words(request: ApprovalRequest) -> str:
    """Say in one line what a request asks to change."""
    return "; ".join(f"{one.label}: {one.before} → {one.after}" for one in difference_of(request))


def deciders_in_words(request: ApprovalRequest) -> str:
    """Name the people who may decide at the present level of an open request."""
    if not request.is_open:
        return ""
    return "、".join(one.approver.display_name for one in request.steps if one.level == request.level)
