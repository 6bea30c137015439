"""The operations on opportunities, one declaration each (CUST-16)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask_babel import lazy_gettext as _

from app.deals.opportunities import forms, policies, services
from app.deals.opportunities.choices import STAGE
from app.kernel.pages.answers import Answer
from app.kernel.pages.board import wanted_stage
from app.kernel.pages.operations import Operation, OperationApi, OperationBatch, OperationPage

if TYPE_CHECKING:
    from app.deals.opportunities.models import Opportunity


def _next_stage(record: Opportunity) -> dict[str, Any]:
    """Return the stage to which the card was moved, else the one that follows."""
    stages = [*STAGE.labels]
    following = stages[stages.index(record.stage) + 1 :]
    return {"stage": wanted_stage(stages) or (following[0] if following else None)}


MOVE = Operation(
    name="move",
    label=_("Move stage"),
    icon="fa-forward-step",
    form=forms.MoveForm,
    policy=policies.can_work_on,
    service=services.move_opportunity,
    answer=Answer(_("%(name)s was moved"), _("%(num)s opportunities were moved")),
    page=OperationPage(initial=_next_stage, in_list=True, is_main=True),
    api=OperationApi(summary="Moves an open opportunity to another stage (CUST-16)."),
    batch=OperationBatch(),
)
WIN = Operation(
    name="win",
    label=_("Mark as won"),
    icon="fa-trophy",
    form=None,
    policy=policies.can_work_on,
    service=services.win_opportunity,
    answer=Answer(_("%(name)s was marked as won")),
    api=OperationApi(summary="Marks an open opportunity as won (CUST-16)."),
)
LOSE = Operation(
    name="lose",
    label=_("Mark as lost"),
    icon="fa-flag",
    form=forms.LoseForm,
    policy=policies.can_work_on,
    service=services.lose_opportunity,
    answer=Answer(_("%(name)s was marked as lost")),
    api=OperationApi(summary="Marks an open opportunity as lost, with a reason (CUST-16)."),
)
REOPEN = Operation(
    name="reopen",
    label=_("Open again"),
    icon="fa-rotate-left",
    form=None,
    policy=policies.can_reopen,
    service=services.reopen_opportunity,
    answer=Answer(_("%(name)s was reopened")),
    api=OperationApi(summary="Takes up a won or lost opportunity again (CUST-16)."),
)
ON_OPPORTUNITIES = (MOVE, WIN, LOSE, REOPEN)
